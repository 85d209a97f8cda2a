"""A collage in the database: what is submitted before and after it is found in its parts, and the lead says where."""

from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image

from desk import content_of, examined
from fanal.casework.evidence.models import Content
from fanal.casework.leads import matching
from fanal.casework.leads.actions import propose
from fanal.casework.leads.models import Lead
from fanal.casework.prints.models import Print
from fanal.engine.fingerprint.prints import Cell, cell_at
from fanal.engine.match.explain import Reason, reason_from
from world import cast, picture, submitted

pytestmark = pytest.mark.django_db(transaction=True)

CELL = (160, 120)
GAP = 8


def collage(folder: Path, *seeds: int) -> Path:
    """Write a row of small pictures on white into a new folder; return it."""
    folder.mkdir()
    width, height = CELL
    page = Image.new("RGB", (GAP + len(seeds) * (width + GAP), height + 2 * GAP), "white")
    for place, seed in enumerate(seeds):
        page.paste(picture(seed).resize(CELL, Image.Resampling.LANCZOS), (GAP + place * (width + GAP), GAP))
    page.save(folder / "collage.png")
    return folder


def original(folder: Path, seed: int) -> Path:
    """Write a picture as it is into a new folder; return it."""
    folder.mkdir()
    picture(seed).save(folder / "original.png")
    return folder


def reason_between(first: Content, second: Content) -> Reason | None:
    """Compare the later of two contents with all; return why their fingerprints link them, read from the first."""
    with transaction.atomic():
        propose(matching.resembling([first.pk, second.pk]))
    lead = Lead.objects.filter(left=min(first.pk, second.pk), right=max(first.pk, second.pk)).first()
    found = [one for one in lead.findings if one["technique"] == "pdq/1"] if lead else []
    if not found:
        return None
    reason = reason_from(found[0]["detail"]["reason"])
    return reason if first.pk < second.pk else reason.reversed


def test_a_collage_finds_what_was_there_and_is_found_by_what_comes(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    before = submitted(who.france, original(tmp_path / "before", 2))
    examined([before])
    page = submitted(who.australia, collage(tmp_path / "page", 1, 2, 3))
    examined([page])
    shown = content_of(page, "collage.png")
    places = {cell_at(time) for time in Print.objects.filter(content=shown).values_list("time", flat=True)}
    assert {Cell(2, 6, 31, 88), Cell(34, 6, 31, 88), Cell(67, 6, 31, 88)} <= places
    why = reason_between(shown, content_of(before, "original.png"))
    assert why is not None
    assert why.cell == Cell(34, 6, 31, 88)
    after = submitted(who.france, original(tmp_path / "after", 3))
    examined([after])
    why = reason_between(content_of(after, "original.png"), shown)
    assert why is not None
    assert why.cell_there == Cell(67, 6, 31, 88)


def test_two_collages_that_share_a_part_are_not_linked_by_its_fingerprint(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    one = submitted(who.france, collage(tmp_path / "one", 1, 2, 3))
    other = submitted(who.australia, collage(tmp_path / "other", 4, 5, 3))
    examined([one, other])
    assert reason_between(content_of(one, "collage.png"), content_of(other, "collage.png")) is None
