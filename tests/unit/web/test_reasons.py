"""A reason is kept as facts: it reads from both sides and in every language of the desk."""

import json
import re

import pytest
from django.utils import translation

from fanal.engine.fingerprint.prints import Cell
from fanal.engine.match import explain
from fanal.engine.match.explain import Kind, Reason, reason_from
from fanal.engine.match.extent import Extent
from fanal.engine.match.orientation import Orientation

REASONS = [
    explain.explain_exact(),
    explain.explain_held(),
    *(explain.explain_pictures(distance, Orientation.LEFT) for distance in (0, 1, 2, 7, 30)),
    explain.explain_picture_in_film(3, Orientation.MIRRORED, 65.2),
    explain.explain_film_of_picture(3, Orientation.SAME, 65.2),
    *(explain.explain_films(list(range(frames)), Orientation.HALF, 3, 3700) for frames in (1, 2, 5, 11, 100)),
    explain.explain_text("+33 5 61 00 00 00"),
    *(
        explain.explain_thumbnail(4, Orientation.LEFT, here=here, there=there)
        for here, there in ((True, False), (False, True), (True, True))
    ),
    *(explain.explain_shown(40, mirrored=True, extent=extent, turn=-30) for extent in Extent),
    explain.explain_shown(40, mirrored=False, extent=Extent.WHOLE, turn=30),
    explain.explain_camera("Lantern L2, 330045321"),
    explain.explain_lens("35mm F2, 77"),
    explain.explain_coding("Lantern L2"),
    explain.explain_part(explain.explain_pictures(4, Orientation.SAME)),
    explain.explain_cell(explain.explain_pictures(4, Orientation.LEFT), here=Cell(33, 0, 33, 50), there=None),
    explain.explain_cell(explain.explain_pictures(4, Orientation.LEFT), here=None, there=Cell(33, 0, 33, 50)),
]


@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_a_reason_survives_being_kept(reason: Reason) -> None:
    assert reason_from(json.loads(json.dumps(reason.plain()))) == reason


@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_a_reason_read_from_the_other_side_and_back_is_itself(reason: Reason) -> None:
    assert reason.reversed.reversed == reason


def test_the_other_side_says_it_the_other_way_round() -> None:
    shown = explain.explain_picture_in_film(2, Orientation.LEFT, 5)
    assert shown.reversed.kind is Kind.FILM_OF_PICTURE
    assert str(shown.reversed) == (
        "The film shows the picture at 0:05, turned by 90° to the right: 2 of 256 fingerprint bits differ."
    )
    films = explain.explain_films([1, 2], Orientation.SAME, 3, 61)
    assert "from 1:01, there from 0:03" in str(films.reversed)


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_every_reason_is_said_in_every_language(reason: Reason, language: str) -> None:
    with translation.override(language):
        said = reason.sentence(translation)
    assert said != str(reason)
    assert "%(" not in said
    numbers = set(re.findall(r"\d+:\d\d(?::\d\d)?|256|90°", str(reason)))
    assert numbers <= set(re.findall(r"\d+:\d\d(?::\d\d)?|256|90°", said))
    with translation.override("en"):
        assert reason.sentence(translation) == str(reason)


def test_french_reads_like_french() -> None:
    with translation.override("fr"):
        said = explain.explain_pictures(4, Orientation.MIRRORED).sentence(translation)
    assert said == "La même image, en miroir : 4 des 256 bits de l’empreinte diffèrent."
