"""Tiles put the right still in front: the one that shows the second a lead speaks of."""

import pytest

from fanal.casework.evidence.models import Content
from fanal.casework.leads.models import Lead
from fanal.doors.web.moments import Stretch, moments_of, stills_of
from fanal.doors.web.tiles import Still, Tile
from fanal.engine.media.refusals import Refusal


def film(*times: float) -> Tile:
    """Return the tile of a film with stills at these seconds, the first of them its face."""
    content = Content(family="video", duration=max(times) + 1)
    stills = tuple(Still(position, time) for position, time in enumerate(times, start=1))
    return Tile(content, "", stills, stills[0], 4, 3)


def still() -> Tile:
    """Return the tile of a picture."""
    only = Still(1, None)
    return Tile(Content(family="image"), "", (only,), only, 4, 3)


def lead(left: Tile, right: Tile, *segments: tuple[tuple[float, float], tuple[float, float]]) -> Lead:
    """Return a lead between two tiles' contents that agree in these stretches."""
    return Lead(
        left=left.content, right=right.content, detail={"segments": [list(map(list, pair)) for pair in segments]}
    )


def test_a_picture_in_a_film_is_shown_beside_its_second() -> None:
    picture, recording = still(), film(0, 10, 20, 30)
    moments = moments_of(lead(picture, recording, ((0, 0), (19, 20))))
    chosen = stills_of(picture, recording, moments)
    assert moments == ([], [Stretch(19, 20)])
    assert chosen == (None, Still(3, 20))
    assert recording.showing(chosen[1]).chosen == Still(3, 20)
    assert picture.showing(chosen[0]) == picture


@pytest.mark.parametrize("shift", [0.0, 4.0, 11.0])
def test_two_films_are_shown_at_the_same_moment(shift: float) -> None:
    one, other = film(*range(0, 60, 7)), film(*(shift + second for second in range(2, 60, 5)))
    moments = moments_of(lead(one, other, ((14, 45), (14 + shift, 45 + shift))))
    here, there = stills_of(one, other, moments)
    assert here is not None
    assert there is not None
    assert (there.time or 0) - (here.time or 0) == pytest.approx(shift)
    assert 14 <= (here.time or 0) <= 45


def test_a_film_without_stills_shows_its_face() -> None:
    empty = Tile(Content(family="video", duration=3.0), "", (), None, 4, 3)
    assert stills_of(empty, empty, ([Stretch(1, 2)], [Stretch(1, 2)])) == (None, None)


def test_stretches_read_as_people_say_times() -> None:
    assert str(Stretch(61.4, 3723)) == "1:01–1:02:03"


def test_a_shelved_tile_says_why() -> None:
    shelved = Tile(Content(state="shelved", refusal=int(Refusal.ENCRYPTED)), "", (), None, 4, 3)
    assert shelved.refusal == "The archive is locked with a password."
    assert still().refusal == ""
    assert still().length == ""
    assert film(0, 64.6).length == "1:06"
