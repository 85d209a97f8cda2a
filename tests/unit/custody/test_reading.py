"""What auditors read of the log: their own people's deeds, what others did with their material, and nothing hidden."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from desk import at_the_desk, content_of, examined
from fanal.casework.custody import reading
from fanal.casework.custody.reading import Wanted
from fanal.casework.evidence.models import Visibility
from fanal.casework.sharing.actions import disclose
from fanal.core.access.models import User
from fanal.core.audit.actions import sign_checkpoint
from fanal.core.audit.check import verifier_key
from fanal.core.audit.models import Leaf
from fanal.core.audit.place import sink_folder
from fanal.core.audit.state import state
from fanal.engine.merkle.checkpoint import open_checkpoint
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.keys import VerifierKey
from fanal.engine.merkle.proofs import check_inclusion
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Invalid, NotFound
from programs import program
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def auditor(who: Cast) -> User:
    """The auditor of France."""
    return enrolled(who.france, "aude", "auditor")


def looked(person: User, content: int) -> Client:
    """Have somebody look at a picture."""
    client = at_the_desk(person)
    assert client.get(f"/contents/{content}/previews/1/").status_code == 200
    return client


def test_what_is_done_with_ones_material_is_told_unless_it_tells_of_others(who: Cast, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "a", range(1))
    ours = submitted(who.france, folder)
    examined([ours])
    content = content_of(ours, ".jpg").pk
    looked(who.camille, content)
    looked(who.mere, content)
    about = f"content:{content}"
    (seen,) = reading.lines(who.france, Wanted(ours=False, action="media.served", about=about))
    assert (seen.agency, seen.person, seen.detail) == ("NZ", "", None)
    (own,) = reading.lines(who.france, Wanted(action="media.served"))
    assert (own.agency, own.person) == ("FR", "Camille")
    assert own.detail is not None
    assert reading.lines(who.australia, Wanted(ours=False, about=about)) == []

    submitted(who.britain, folder, visibility=Visibility.OWN, label="hidden")
    looked(who.edith, content)
    told = reading.lines(who.france, Wanted(ours=False, action="media.served", about=about))
    assert [line.agency for line in told] == ["NZ"]
    hidden = Leaf.objects.filter(agency=str(who.britain.pk)).latest("index").index
    assert hidden not in {line.index for line in reading.lines(who.france, Wanted(ours=False))}
    with pytest.raises(NotFound):
        reading.proof(who.france, hidden)


def test_what_one_s_own_question_hit_is_for_the_one_who_was_hit(who: Cast, auditor: User, tmp_path: Path) -> None:
    kept = submitted(who.britain, folder_of_pictures(tmp_path / "a", range(1)), visibility=Visibility.OWN)
    disclose(who.britain, answers=True, contact="desk@gb.example", actor=SYSTEM)
    digest = bytes(content_of(kept, ".jpg").sha256 or b"").hex()
    assert program(who.camille).post("/check", {"sha256": [digest]}).status_code == 200
    assert Leaf.objects.filter(action="sharing.answered").exists()
    assert reading.lines(who.france, Wanted(action="sharing.answered")) == []
    (told,) = reading.lines(who.britain, Wanted(ours=False, action="sharing.answered"))
    assert (told.agency, told.detail) == ("FR", None)


def test_each_entry_is_proved_against_a_signed_checkpoint(who: Cast, auditor: User) -> None:
    at_the_desk(who.camille)
    sign_checkpoint()
    desk = at_the_desk(auditor)
    (line,) = reading.lines(who.france, Wanted(person="camille", action="access.signed_in"))
    told = json.loads(desk.get(f"/log/{line.index}/proof/").content)
    point = open_checkpoint(told["checkpoint"], VerifierKey.parse(verifier_key()))
    path = [bytes.fromhex(one) for one in told["proof"]]
    assert leaf_hash(told["leaf"].encode()).hex() == told["hash"]
    check_inclusion(line.index, point.size, bytes.fromhex(told["hash"]), point.root, path)
    assert json.loads(told["leaf"])["action"] == "access.signed_in"

    exported = [json.loads(one) for one in desk.get("/log/export/?person=camille").content.splitlines()]
    assert told["leaf"] in [one["leaf"] for one in exported]
    for one in exported:
        path = [bytes.fromhex(step) for step in one["proof"]]
        check_inclusion(one["index"], point.size, bytes.fromhex(one["hash"]), point.root, path)


def test_reading_the_log_is_in_the_log(who: Cast, auditor: User) -> None:
    desk = at_the_desk(auditor)
    assert desk.get("/log/?person=camille&since=2026-01-01").status_code == 200
    read = json.loads(Leaf.objects.filter(action="audit.read").latest("index").entry)
    assert read["actor"]["reference"] == str(auditor.pk)
    assert (read["detail"]["person"], read["detail"]["whose"]) == ("camille", "ours")
    assert desk.get("/log/?action=access.signed_in&about=content:1").status_code == 200
    assert desk.get("/log/export/").status_code == 200
    assert Leaf.objects.filter(action="audit.exported", agency=str(who.france.pk)).count() == 1
    for wrong in ("person=mere", "action=made.up", "since=yesterday", "before=x", "until=2026-02-31"):
        assert desk.get(f"/log/?{wrong}").status_code == 422
    for person in (who.camille, who.mere):
        assert at_the_desk(person).get("/log/").status_code == 403


def test_entries_are_found_by_time_and_go_on_page_by_page(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        at_the_desk(who.camille)
    everything = reading.lines(who.france, Wanted(action="access.signed_in"))
    first = reading.lines(who.france, Wanted(action="access.signed_in"), most=2)
    rest = reading.lines(who.france, Wanted(action="access.signed_in", before=first[-1].index), most=2)
    assert [*first, *rest] == everything
    later = clock.now() + timedelta(hours=1)
    assert reading.lines(who.france, Wanted(since=later)) == []
    assert reading.lines(who.france, Wanted(until=later, action="access.signed_in")) == everything
    with pytest.raises(Invalid):
        reading.lines(who.france, Wanted(person="mere"))


def test_programs_read_the_same(who: Cast, auditor: User) -> None:
    at_the_desk(who.camille)
    sign_checkpoint()
    asking = program(auditor)
    (item,) = json.loads(asking.get("/log?person=camille&action=access.signed_in").content)["items"]
    proved = json.loads(asking.get(f"/log/{item['index']}/proof").content)
    assert proved["hash"] == item["hash"]
    standing = json.loads(asking.get("/log/state").content)
    assert standing["second_sink_agrees"]
    assert standing["signed"] > item["index"]
    assert program(who.camille, "read").get("/log").status_code == 403


def test_a_second_sink_that_ends_otherwise_is_seen(who: Cast) -> None:
    assert state().sink_agrees
    for segment in sink_folder().glob("leaves-*.jsonl"):
        segment.write_bytes(segment.read_bytes()[:-400])
    assert not state().sink_agrees
