"""Rules, holds and orders: what may go, who says so, and what goes with it."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from desk import content_of, examined
from fanal.casework.evidence.models import Content, Exhibit, Submission, Visibility
from fanal.casework.evidence.queries import visible_contents
from fanal.casework.prints.actions import write, write_added
from fanal.casework.prints.models import Computed
from fanal.casework.prints.models import Print as KeptPrint
from fanal.casework.readings.actions import write as write_reading
from fanal.casework.readings.models import Reading
from fanal.casework.retention.actions import end_rule, lay_hold, lift_hold, make_rule, propose_deletion
from fanal.casework.retention.models import Deletion, Tombstone
from fanal.casework.retention.queries import deleted_before, due_by, months_after
from fanal.core.access.models import User
from fanal.core.approvals.actions import agree
from fanal.core.approvals.queries import in_words
from fanal.core.audit.models import Leaf
from fanal.engine.fingerprint.prints import Print
from fanal.engine.media.findings import Findings
from fanal.engine.media.refusals import Refusal
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from labour import all_done
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = ("court", "TA-2026-77", "The court of Foix orders it.")


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def ariane(who: Cast) -> User:
    """A supervisor of France."""
    return enrolled(who.france, "ariane", "supervisor")


def deleted(subject: str, by: User, second: User) -> Deletion:
    agree(propose_deletion(subject, *ORDER, by).pk, second)
    return Deletion.objects.get(subject__startswith=subject.split(":")[0], agency=by.agency)


def aged(submission: Submission, days: int) -> None:
    Submission.objects.filter(pk=submission.pk).update(created_at=clock.now() - timedelta(days=days))


def test_months_are_those_of_the_calendar() -> None:
    day = datetime(2025, 1, 31, 8, tzinfo=UTC)
    assert months_after(day, 1) == datetime(2025, 2, 28, 8, tzinfo=UTC)
    assert months_after(day, 12) == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert months_after(day, 37) == datetime(2028, 2, 29, 8, tzinfo=UTC)


def test_what_falls_due_is_told_and_nothing_goes_by_itself(who: Cast, ariane: User, tmp_path: Path) -> None:
    old, young = (submitted(who.france, folder_of_pictures(tmp_path / name, range(1))) for name in ("old", "young"))
    aged(old, 400)
    assert due_by(who.france, clock.now()) == []
    rule = make_rule(12, "seized_device", "", ariane)
    (due,) = due_by(who.france, clock.now())
    assert (due.submission.pk, due.hold) == (old.pk, None)
    assert {one.submission.pk for one in due_by(who.france, clock.now() + timedelta(days=370))} == {old.pk, young.pk}
    assert due_by(who.new_zealand, clock.now()) == []
    make_rule(24, "", "", ariane)
    assert due_by(who.france, clock.now()) == [], "the longest time holds"
    with pytest.raises(Conflict, match="No rule"):
        propose_deletion(f"submission:{old.pk}", "rule", "", "Its time is over.", who.camille)
    for one in due_rules(who):
        if one.pk != rule.pk:
            end_rule(one.pk, ariane)
    proposal = propose_deletion(f"submission:{old.pk}", "rule", "", "Its time is over.", who.camille)
    assert Exhibit.objects.filter(submission=old).count() == 1
    agree(proposal.pk, ariane)
    assert (Exhibit.objects.filter(submission=old).count(), Exhibit.objects.filter(submission=young).count()) == (0, 1)
    assert due_by(who.france, clock.now()) == []


def due_rules(who: Cast) -> list:  # type: ignore[type-arg]
    from fanal.casework.retention.queries import rules_of

    return list(rules_of(who.france))


def test_a_hold_stops_rules_and_orders_until_it_is_lifted(who: Cast, ariane: User, tmp_path: Path) -> None:
    kept = submitted(who.france, folder_of_pictures(tmp_path / "a", range(2)))
    aged(kept, 400)
    make_rule(1, "", "", ariane)
    waits = propose_deletion(f"submission:{kept.pk}", *ORDER, who.camille)
    hold = lay_hold(f"content:{content_of(kept, '0001.jpg').pk}", "CJ-9", "An appeal.", who.camille)
    assert [one.hold for one in due_by(who.france, clock.now())] == [hold]
    with pytest.raises(Conflict, match="legal hold"):
        agree(waits.pk, ariane)
    for ground in ("rule", "court"):
        with pytest.raises(Conflict, match="legal hold"):
            propose_deletion(f"submission:{kept.pk}", ground, "X-1", "Now.", who.camille)
    free = content_of(kept, "0000.jpg")
    deleted(f"content:{free.pk}", who.camille, ariane)
    assert Exhibit.objects.filter(submission=kept).count() == 1
    with pytest.raises(Refused):
        lift_hold(hold.pk, who.camille)
    lift_hold(hold.pk, ariane)
    with pytest.raises(Conflict, match="number of files"):
        agree(waits.pk, ariane)
    assert Leaf.objects.filter(action__in=["retention.held", "retention.lifted"]).count() == 2


def test_another_agency_that_submitted_the_same_bytes_loses_nothing(who: Cast, ariane: User, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "a", range(2))
    ours = submitted(who.france, folder)
    theirs = submitted(who.new_zealand, folder, visibility=Visibility.OWN)
    (tmp_path / "a" / "IMG_0001.jpg").unlink()
    examined([ours, theirs])
    before = list(Content.objects.order_by("pk").values())
    deleted(f"submission:{ours.pk}", who.camille, ariane)
    assert list(Content.objects.order_by("pk").values()) == before
    assert visible_contents(who.new_zealand).count() == 2
    assert visible_contents(who.france).count() == 0
    assert Tombstone.objects.filter(agency=who.france).count() == 2
    assert not Leaf.objects.filter(action="evidence.erased").exists()
    told = Leaf.objects.filter(action__startswith="retention.", agency=str(who.france.pk))
    assert set(told.values_list("action", flat=True)) == {"retention.deleted", "retention.buried"}


def test_with_a_file_go_the_archives_that_held_it_and_the_rest_stays(who: Cast, ariane: User, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with zipfile.ZipFile(tmp_path / "a" / "archive.zip", "w") as archive:
        archive.writestr("wanted.txt", "wanted")
        archive.writestr("other.txt", "other")
    ours = submitted(who.france, tmp_path / "a")
    all_done("examine")
    assert set(ours.exhibits.values_list("path", flat=True)) == {"archive.zip", "wanted.txt", "other.txt"}
    wanted = content_of(ours, "wanted.txt")
    proposal = propose_deletion(bytes(wanted.sha256 or b"").hex(), *ORDER, who.camille)
    assert "2 files" in in_words(proposal)
    agree(proposal.pk, ariane)
    assert list(ours.exhibits.values_list("path", "parent")) == [("other.txt", None)]


def test_who_submits_deleted_bytes_again_is_told_and_nobody_else(who: Cast, ariane: User, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "a", range(2))
    first = submitted(who.france, folder)
    examined([first])
    deleted(f"submission:{first.pk}", who.camille, ariane)
    again, theirs = submitted(who.france, folder), submitted(who.new_zealand, folder)
    assert deleted_before(who.france, [again.pk, theirs.pk]) == {again.pk: 2}
    assert deleted_before(who.new_zealand, [again.pk, theirs.pk]) == {}
    examined([again])
    assert set(again.exhibits.values_list("content__state", flat=True)) == {"examined"}


def test_work_that_ends_after_an_erasure_writes_nothing(who: Cast, ariane: User, tmp_path: Path) -> None:
    gone = submitted(who.france, folder_of_pictures(tmp_path / "gone", range(1)))
    kept = submitted(who.france, folder_of_pictures(tmp_path / "kept", range(1, 2)))
    erased, there = (Content.objects.get(exhibits__submission=one).pk for one in (gone, kept))
    deleted(f"submission:{gone.pk}", who.camille, ariane)

    print_of_it = Print("pdq/1", bytes(32))
    found = Findings("image/jpeg", "image", 640, 480, facts={"software": "GIMP"}, prints=(print_of_it,))
    with transaction.atomic():
        write({erased: found, there: found}, {}, {})
        write({}, {erased: Refusal.MALFORMED}, {})
        write_added("mean-colour/1", {erased: [print_of_it]}, {})
        write_reading(erased, [])
    content = Content.objects.get(pk=erased)
    assert (content.state, content.media_type, content.facts) == (Content.State.HASH_ONLY, "", {})
    assert set(KeptPrint.objects.values_list("content", flat=True)) == {there}
    assert not Computed.objects.exists()
    assert not Reading.objects.exists()
    examined_then = [entry["detail"] for entry in entries("prints.examined")]
    assert examined_then == [{"examined": [there], "shelved": {}}]


def entries(action: str) -> list[dict[str, Any]]:
    kept = Leaf.objects.filter(action=action).order_by("index").values_list("entry", flat=True)
    return [json.loads(entry) for entry in kept]


def test_only_what_is_its_own_is_deleted_with_a_ground(who: Cast, ariane: User, tmp_path: Path) -> None:
    theirs = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(1)))
    picture = content_of(theirs, ".jpg")
    for subject in (f"submission:{theirs.pk}", "submission:x", f"content:{picture.pk}", "exhibit:99999999", "x"):
        with pytest.raises(NotFound):
            propose_deletion(subject, *ORDER, who.camille)
        with pytest.raises(NotFound):
            lay_hold(subject, "CJ-9", "", who.camille)
    ours = submitted(who.france, folder_of_pictures(tmp_path / "b", range(1)))
    for ground, reference in (("whim", "1"), ("court", "")):
        with pytest.raises(Invalid):
            propose_deletion(f"submission:{ours.pk}", ground, reference, "Why not.", who.camille)
    with pytest.raises(Invalid, match="whole submissions"):
        propose_deletion(f"content:{content_of(ours, '.jpg').pk}", "rule", "", "Why not.", who.camille)
    with pytest.raises(Refused):
        make_rule(12, "", "", who.camille)
    with pytest.raises(Invalid):
        make_rule(0, "", "", ariane)
