"""Clues: found in what is there and in what comes, seen only by those who may, judged, and never forgotten."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from PIL import Image

from desk import content_of, examined
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.leads.findings import Box
from fanal.casework.registry.actions import (
    Words,
    judge_sighting,
    keep_clue,
    restore_clue,
    withdraw_clue,
    withdraw_judgement,
)
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import (
    clues_drawn_on,
    filters_of,
    history_of,
    listed_clues,
    pointed_to,
    sightings_in,
    sightings_of,
    titles_of,
    visible_clue,
    visible_clues,
    visible_sighting,
    waiting_sightings,
)
from fanal.core.access.models import Agency
from fanal.core.jobs.events import JobShelved
from fanal.kit.errors import Conflict, Invalid, NotFound
from fanal.kit.events import tell
from labour import all_done
from leaves import room
from programs import program
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

MIDDLE = Box(0.25, 0.25, 0.5, 0.5)
BOTTLE = Words("Shampoo bottle", "A hexagon on its label.", ["Bottle", "bottle ", "soap"], ["fr", "BE"])


def given(agency: Agency, folder: Path, visibility: Visibility, **pictures: Image.Image) -> Submission:
    """Submit pictures and have them examined and compared."""
    folder.mkdir()
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.jpg", quality=92)
    submission = submitted(agency, folder, visibility=visibility)
    examined([submission])
    all_done("match")
    return submission


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


@pytest.fixture
def mine(who: Cast, tmp_path: Path) -> Content:
    """A picture of France that all may see."""
    return content_of(given(who.france, tmp_path / "fr", Visibility.ALL_CONNECTED, mine=room(20)), "mine.jpg")


def kept(content: Content, who: Cast, kind: str = "clue", *, shared: bool = True, words: Words = BOTTLE) -> Clue:
    made = keep_clue(content.pk, MIDDLE, kind, words, who.camille, shared=shared)
    all_done("match")
    made.refresh_from_db()
    return made


def names(agency: Agency, clue: Clue) -> list[str]:
    return sorted(Path(seen.content.exhibits.get().path).stem for seen in sightings_of(agency, clue))


def test_a_clue_is_found_in_what_is_there_and_in_what_comes(who: Cast, mine: Content, tmp_path: Path) -> None:
    shown = Visibility.ALL_CONNECTED
    given(who.new_zealand, tmp_path / "nz", shown, before=room(21, 20), other=room(31))
    clue = kept(mine, who)
    assert clue.state == Clue.State.READY
    assert (list(clue.tags), list(clue.countries)) == (["bottle", "soap"], ["BE", "FR"])
    assert names(who.france, clue) == ["before"]
    given(who.australia, tmp_path / "au", shown, after=room(22, 20), another=room(32))
    assert names(who.france, clue) == ["after", "before"]
    late = Sighting.objects.latest("created_at")
    assert "points of it lie alike" in late.why
    assert {tuple(point)[:2] <= (1.0, 1.0) for point in late.detail["points"]} == {True}
    assert pointed_to(sightings_in(who.australia, late.content_id)) == ["BE", "FR"]
    assert set(waiting_sightings(who.new_zealand)) == {Sighting.objects.exclude(pk=late.pk).get()}
    assert waiting_sightings(who.france).count() == 2
    assert waiting_sightings(who.britain).count() == 0


def test_nobody_sees_by_a_clue_what_they_may_not_see(who: Cast, mine: Content, tmp_path: Path) -> None:
    given(who.new_zealand, tmp_path / "nz", Visibility.OWN, secret=room(21, 20))
    unshared, shared = kept(mine, who, shared=False), kept(mine, who)
    assert [names(agency, shared) for agency in (who.new_zealand, who.france, who.britain)] == [["secret"], [], []]
    assert list(visible_clues(who.britain)) == [shared]
    assert names(who.new_zealand, unshared) == []
    with pytest.raises(NotFound):
        visible_clue(who.new_zealand, unshared.pk)
    hidden = Sighting.objects.get(clue=shared)
    with pytest.raises(NotFound):
        judge_sighting(hidden.pk, "same", who.camille)
    with pytest.raises(NotFound):
        withdraw_clue(shared.pk, who.mere)
    secret = Content.objects.get(pk=hidden.content_id)
    with pytest.raises(NotFound):
        keep_clue(secret.pk, MIDDLE, "clue", BOTTLE, who.camille, shared=False)
    # What is its own agency's alone is no reference for all, and no shared clue.
    for kind, for_all in (("reference", True), ("clue", True)):
        with pytest.raises(Conflict):
            keep_clue(secret.pk, MIDDLE, kind, BOTTLE, who.mere, shared=for_all)
    assert keep_clue(secret.pk, MIDDLE, "clue", BOTTLE, who.mere, shared=False).shared is False
    assert visible_clues(who.france).count() == 2


def test_what_is_withdrawn_is_its_agencys_own_again(who: Cast, mine: Content) -> None:
    clue = kept(mine, who)
    assert visible_clue(who.britain, clue.pk) == clue
    withdraw_clue(clue.pk, who.camille)
    with pytest.raises(NotFound):
        visible_clue(who.britain, clue.pk)
    assert list(listed_clues(who.britain, "withdrawn")) == []
    assert filters_of(who.britain) == ([], [])
    assert filters_of(who.france) == (["BE", "FR"], ["bottle", "soap"])


def test_whoever_has_digests_alone_does_not_learn_that_something_was_boxed(who: Cast, tmp_path: Path) -> None:
    secret = content_of(given(who.new_zealand, tmp_path / "nz", Visibility.OWN, secret=room(21)), "secret.jpg")
    everywhere = keep_clue(secret.pk, MIDDLE, "ubiquitous", BOTTLE, who.mere, shared=True)
    submitted(who.france, tmp_path / "nz", label="digests", hash_only=True)
    assert visible_clue(who.france, everywhere.pk) == everywhere
    (told,) = json.loads(program(who.camille).get("/clues?kind=ubiquitous").content)["items"]
    assert (told["id"], told["content"], told["box"]) == (str(everywhere.pk), None, None)
    assert list(clues_drawn_on(who.france, secret.pk)) == []
    assert list(clues_drawn_on(who.new_zealand, secret.pk)) == [everywhere]


def test_what_an_unconnected_agency_keeps_is_its_own(who: Cast, mine: Content, tmp_path: Path) -> None:
    ours = content_of(given(who.france, tmp_path / "own", Visibility.OWN, ours=room(23)), "ours.jpg")
    clue = kept(mine, who, "ubiquitous")
    Agency.objects.filter(pk=who.france.pk).update(connected=False)
    who.camille.agency.refresh_from_db()
    for kind, shared in (("clue", True), ("reference", True), ("ubiquitous", True)):
        with pytest.raises(Conflict):
            keep_clue(ours.pk, MIDDLE, kind, BOTTLE, who.camille, shared=shared)
    assert keep_clue(ours.pk, MIDDLE, "clue", BOTTLE, who.camille, shared=False).shared is False
    assert titles_of(who.britain, [str(clue.pk)]) == {str(clue.pk): "Shampoo bottle"}
    Agency.objects.filter(pk=who.britain.pk).update(connected=False)
    who.britain.refresh_from_db()
    assert titles_of(who.britain, [str(clue.pk)]) == {}


@pytest.mark.parametrize(
    ("words", "box"),
    [
        (Words(" "), MIDDLE),
        (Words("x" * 201), MIDDLE),
        (Words("a", countries=["XX"]), MIDDLE),
        (Words("a", tags=["y" * 51]), MIDDLE),
        (Words("a", description="z" * 4001), MIDDLE),
        (Words("a"), Box(0.9, 0.9, 0.3, 0.3)),
        (Words("a"), Box(0, 0, 1.00005, 1)),
        (Words("a"), Box(float("nan"), 0, 0.5, 0.5)),
    ],
)
def test_what_cannot_be_kept_is_said(who: Cast, mine: Content, words: Words, box: Box) -> None:
    with pytest.raises(Invalid):
        keep_clue(mine.pk, box, "clue", words, who.camille, shared=False)
    assert not Clue.objects.exists()


def test_what_was_judged_different_never_returns(who: Cast, mine: Content, tmp_path: Path) -> None:
    given(who.new_zealand, tmp_path / "nz", Visibility.ALL_CONNECTED, seen=room(21, 20))
    clue = kept(mine, who, "reference")
    (seen,) = sightings_of(who.new_zealand, clue)
    judge_sighting(seen.pk, "different", who.mere, "another brand")
    assert sightings_in(who.new_zealand, seen.content_id).count() == 0
    withdraw_clue(clue.pk, who.camille)
    assert sightings_of(who.new_zealand, clue).count() == 0
    assert [one.pk for one in listed_clues(who.france, "withdrawn")] == [clue.pk]
    restore_clue(clue.pk, who.camille)
    all_done("match")
    assert [one.state for one in sightings_of(who.new_zealand, clue)] == ["different"]
    withdraw_judgement(seen.pk, who.mere)
    assert visible_sighting(who.new_zealand, seen.pk).state == "open"
    assert [(made.verdict, made.withdrawn_at is None) for made in history_of(seen)] == [("different", False)]


def test_clues_are_filtered(who: Cast, mine: Content) -> None:
    clue, place = (
        kept(mine, who),
        kept(mine, who, "reference", words=Words("Wallpaper", tags=["wall"], countries=["NZ"])),
    )
    assert set(listed_clues(who.mere.agency)) == {clue, place}
    assert list(listed_clues(who.france, kind="reference")) == [place]
    assert list(listed_clues(who.france, country="FR")) == [clue]
    assert list(listed_clues(who.france, tag="wall")) == [place]


def test_a_box_without_anything_to_find_says_so(who: Cast, tmp_path: Path) -> None:
    blank = Image.fromarray(np.full((480, 640), 200, np.uint8))
    grey = content_of(given(who.france, tmp_path / "fr", Visibility.ALL_CONNECTED, grey=blank), "grey.jpg")
    assert kept(grey, who).state in {Clue.State.READY, Clue.State.FAILED}
    assert not Sighting.objects.exists()


@pytest.mark.parametrize("task", ["registry.learn", "registry.search"])
def test_a_clue_whose_job_was_shelved_does_not_wait_for_ever(who: Cast, tmp_path: Path, task: str) -> None:
    delivery = given(who.france, tmp_path / "fr", Visibility.ALL_CONNECTED, room=room(1))
    clue = keep_clue(content_of(delivery, ".jpg").pk, MIDDLE, "clue", BOTTLE, who.camille, shared=False)
    assert _shelved(clue, "registry.look") == Clue.State.WAITING
    assert _shelved(clue, task) == Clue.State.FAILED
    all_done("match")
    clue.refresh_from_db()
    assert clue.state == Clue.State.READY
    assert _shelved(clue, task) == Clue.State.READY


def _shelved(clue: Clue, task: str) -> str:
    with transaction.atomic():
        tell(JobShelved(1, task, {"clue": str(clue.pk)}, "jobs.worker_died", "Three workers died."))
    clue.refresh_from_db()
    return str(clue.state)
