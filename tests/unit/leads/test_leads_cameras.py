"""A camera in several submissions is one lead a pair of submissions, however many pictures it took."""

from itertools import combinations
from pathlib import Path

import pytest
from django.db import transaction

from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.leads import matching
from fanal.casework.leads.actions import propose
from fanal.casework.leads.models import Lead
from fanal.casework.prints import actions, cameras
from fanal.core.access.database.reading import as_prepared
from fanal.core.access.models import Agency
from fanal.engine.fingerprint.camera import TECHNIQUE as CAMERA
from fanal.engine.fingerprint.camera import camera_prints, device_of
from fanal.engine.match.camera import links
from fanal.engine.media.findings import Findings
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

SERIAL = {"camera_make": "Lantern", "camera_model": "L2", "camera_serial": "330045321"}
CODED = {"camera_make": "Lantern", "camera_model": "L2", "jpeg_tables": "rare", "jpeg_signature": "ab" * 8}


def seized(
    agency: Agency, folder: Path, count: int, facts: dict[str, str], seen: Visibility = Visibility.ALL_CONNECTED
) -> list[int]:
    """Submit so many files of a camera, write their prints and compare them; return their contents."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04}").write_text(f"{folder.name} {number}")
    submitted(agency, folder, visibility=seen)
    mine = Content.objects.filter(exhibits__submission__label=folder.name)
    found = list(mine.order_by("pk").values_list("pk", flat=True))
    prints = camera_prints(facts, (640, 480))
    made = {pk: Findings("image/jpeg", "image", 640, 480, facts=facts, prints=prints) for pk in found}
    with transaction.atomic():
        actions.write(made, {}, {})
    compared(found)
    return found


def compared(contents: list[int]) -> None:
    with transaction.atomic():
        propose(matching.resembling(contents))


def linked() -> set[tuple[int, int]]:
    return set(Lead.objects.values_list("left", "right"))


def test_of_many_pictures_only_the_first_of_each_submission_is_linked(tmp_path: Path) -> None:
    who = cast()
    first = seized(who.france, tmp_path / "first", 30, SERIAL)
    assert linked() == set()
    second = seized(who.new_zealand, tmp_path / "second", 20, SERIAL)
    third = seized(who.new_zealand, tmp_path / "third", 5, SERIAL)
    assert linked() == set(combinations((first[0], second[0], third[0]), 2))
    lead = Lead.objects.first()
    assert lead is not None
    assert lead.technique == CAMERA
    assert "not the same picture" in lead.why
    assert "L2, 330045321" in lead.why
    compared([first[0], first[9], second[0], third[2]])
    assert len(linked()) == 3


def test_contents_far_apart_of_one_submission_are_still_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "_JUST_BEFORE", 1)
    who = cast()
    first = seized(who.france, tmp_path / "first", 3, SERIAL)
    second = seized(who.new_zealand, tmp_path / "second", 3, SERIAL)
    compared([*first, *second])
    assert linked() == {(first[0], second[0])}


def test_of_a_crowd_each_agency_comes_before_a_second_submission_of_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "MOST_SUBMISSIONS", 2)
    who = cast()
    crowd = [seized(who.france, tmp_path / f"crowd{number}", 1, SERIAL)[0] for number in range(3)]
    other = seized(who.new_zealand, tmp_path / "other", 1, SERIAL)[0]
    last = seized(who.britain, tmp_path / "last", 1, SERIAL)[0]
    assert {left for left, right in linked() if right == last} == {crowd[0], other}


def test_another_camera_is_not_linked_and_a_common_coding_says_nothing(tmp_path: Path) -> None:
    who = cast()
    seized(who.france, tmp_path / "first", 2, SERIAL)
    seized(who.new_zealand, tmp_path / "second", 2, {**SERIAL, "camera_serial": "330045322"})
    seized(who.france, tmp_path / "third", 2, CODED)
    seized(who.new_zealand, tmp_path / "fourth", 2, CODED)
    assert linked() == set()


def test_a_rare_coding_is_one_unsure_lead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LEAST_KNOWN", 4)
    who = cast()
    first = seized(who.france, tmp_path / "first", 3, CODED)
    second = seized(who.new_zealand, tmp_path / "second", 3, CODED)
    assert linked() == {(first[0], second[0])}
    lead = Lead.objects.get()
    assert lead.confidence < 0.5
    assert lead.why.startswith("Perhaps")


def test_what_an_agency_may_not_see_is_not_counted(tmp_path: Path) -> None:
    who = cast()
    first = seized(who.france, tmp_path / "first", 3, SERIAL)
    seized(who.new_zealand, tmp_path / "second", 4, SERIAL, Visibility.OWN)
    (mine,) = cameras.devices_seen(who.france, first[0])
    assert (mine.files, mine.submissions, mine.device.name) == (3, 1, "Lantern L2, 330045321")
    (theirs,) = cameras.devices_seen(who.new_zealand, first[0])
    # Digests of hidden files tell nothing of their camera.
    submitted(who.france, tmp_path / "second", label="digests", hash_only=True)
    assert cameras.devices_seen(who.france, first[0]) == [mine]
    assert (theirs.files, theirs.submissions) == (7, 2)


def test_a_kept_plan_knows_that_cameras_are_asked_for() -> None:
    # The index of cameras holds no other prints: a plan that learns only later what is asked for cannot use it.
    device = device_of(camera_prints(SERIAL, (640, 480))[0].data)
    statement, values = as_prepared(*cameras._bearing(device).query.sql_with_params())
    assert f"'{CAMERA}'" in statement
    assert CAMERA not in values
