"""What is seen everywhere does not count: no leads rest on it, those that did are set aside, and come back."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desk import content_of, examined
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead
from fanal.casework.leads.queries import counting, set_aside, visible_leads
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue, restore_clue, withdraw_clue
from fanal.casework.registry.models import Clue, Sighting
from labour import all_done
from leaves import leaves
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

BAR = 180
"""Pixels of a band across each picture."""
ABOVE = 240
AROUND = Box(0, ABOVE / (480 + BAR), 1, BAR / (480 + BAR))


def framed(seed: int) -> Image.Image:
    """Return a picture with a band across its middle, the same in all: along the edges it would not count anyway."""
    picture, band = leaves(seed), leaves(77, 640, BAR, 300)
    return Image.fromarray(np.concatenate([picture[:ABOVE], band, picture[ABOVE:]]))


def given(who: Cast, folder: Path, *seeds: int) -> list[int]:
    folder.mkdir()
    for seed in seeds:
        framed(seed).save(folder / f"{seed}.jpg", quality=92)
    submission = submitted(who.france, folder)
    examined([submission])
    all_done("match")
    return [content_of(submission, f"{seed}.jpg").pk for seed in seeds]


def marked(content: int, who: Cast) -> Clue:
    clue = keep_clue(content, AROUND, "ubiquitous", Words("Band of a programme"), who.camille, shared=True)
    all_done("match")
    return clue


def waiting(who: Cast) -> int:
    return counting(visible_leads(who.france)).filter(state="open").count()


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


def test_leads_that_rest_on_it_are_set_aside_and_come_back(who: Cast, tmp_path: Path) -> None:
    pictures = given(who, tmp_path / "one", 1, 2, 3)
    copy = framed(1).resize((512, 480))
    (tmp_path / "copy").mkdir()
    copy.save(tmp_path / "copy" / "copy.jpg", quality=80)
    examined([submitted(who.france, tmp_path / "copy")])
    all_done("match")
    assert waiting(who) == 6
    clue = marked(pictures[0], who)
    # The picture and its copy share more than the bar.
    assert waiting(who) == 1
    assert [lead.aside for lead in set_aside(visible_leads(who.france))] == [{"sources": [str(clue.pk)]}] * 5
    # What comes with the bar is not even proposed.
    later = given(who, tmp_path / "two", 4, 5)
    assert Sighting.objects.filter(clue=clue, content__in=later).count() == 2
    assert (waiting(who), Lead.objects.count()) == (1, 6)
    withdraw_clue(clue.pk, who.camille)
    assert waiting(who) == 6
    all_done("match")
    assert waiting(who) == Lead.objects.count() == 15
    restore_clue(clue.pk, who.camille)
    all_done("match")
    assert (waiting(who), set_aside(visible_leads(who.france)).count()) == (1, 14)


def test_where_it_was_judged_different_it_counts(who: Cast, tmp_path: Path) -> None:
    one, two = given(who, tmp_path / "one", 1, 2)
    marked(one, who)
    assert waiting(who) == 0
    judge_sighting(Sighting.objects.get(content=two).pk, "different", who.camille)
    # The side on which it was drawn still says that it does not count.
    assert waiting(who) == 0
    given(who, tmp_path / "two", 3)
    assert waiting(who) == 0
