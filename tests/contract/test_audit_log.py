"""What everyone who records may rely on, and what an intruder runs into."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import IntegrityError

from audited import append, behind_its_back, rewrite_segment
from fanal.core.audit import check, place, queries
from fanal.core.audit.actions import (
    AuditUnavailable,
    Entry,
    LogAltered,
    Unloggable,
    record,
    record_all,
    sign_checkpoint,
)
from fanal.core.audit.copy import prove_folder
from fanal.core.audit.export import export
from fanal.core.audit.keys import signing_key
from fanal.core.audit.models import Checkpoint, Leaf, Node
from fanal.core.audit.vocabulary import ACTIONS
from fanal.engine.merkle import checkpoint as checkpoints
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.keys import VerifierKey
from fanal.engine.merkle.proofs import check_consistency, check_inclusion
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, NotFound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]


def faults() -> str:
    """Return what verifying finds wrong."""
    return " ".join(fault.sentence for fault in check.verify().faults)


def test_an_entry_is_a_leaf_with_who_what_and_when() -> None:
    append(3)
    leaf = Leaf.objects.get(index=2)
    assert json.loads(leaf.entry)["index"] == 2
    assert (leaf.action, leaf.subject, leaf.agency) == ("media.revealed", "content:1", None)
    assert bytes(leaf.hash) == leaf_hash(leaf.entry.encode())


def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(TransactionManagementError):
        record("media.revealed", actor=SYSTEM)


def test_what_is_rolled_back_was_not_done_and_leaves_no_gap() -> None:
    append(2)
    with transaction.atomic():
        record("media.revealed", actor=SYSTEM)
        transaction.set_rollback(True)
    assert append(2) == [2, 3]
    report = check.verify()
    assert report.holds, report.faults
    assert (report.size, report.orphans) == (4, 1)


def test_many_at_once_leave_no_gap() -> None:
    def some(_: int) -> list[int]:
        try:
            return append(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        indexes = [index for found in pool.map(some, range(6)) for index in found]
    assert sorted(indexes) == list(range(120))
    assert check.verify().holds


def test_several_entries_take_one_turn() -> None:
    with transaction.atomic():
        assert record_all([Entry("media.previewed", SYSTEM, f"content:{number}") for number in range(100)]) == 0
        assert record("media.previewed", actor=SYSTEM) == 100
    assert check.verify().size == 101


@pytest.mark.parametrize(
    ("action", "subject", "detail"),
    [
        ("media.stolen", "", {}),
        ("media.revealed", "x" * 201, {}),
        ("media.revealed", "", {"too long": "x" * (1 << 20)}),
        ("media.revealed", "", {"no number": float("nan")}),
        ("media.revealed", "", {"too large": 2**53}),
        ("media.revealed", "", {"no JSON": object()}),
        ("media.revealed", "", {"no JSON": b"bytes"}),
    ],
)
def test_what_the_log_has_no_words_for_is_refused(action: str, subject: str, detail: dict[str, object]) -> None:
    with transaction.atomic(), pytest.raises(Unloggable):
        record(action, actor=SYSTEM, subject=subject, detail=detail)
    assert queries.size() == 0


def test_every_verb_says_what_it_means() -> None:
    assert all(sentence.endswith(".") and "." in verb for verb, sentence in ACTIONS.items())


@pytest.mark.parametrize("table", ["audit_leaf", "audit_node", "audit_checkpoint"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET hash = ''"])
def test_rows_are_never_changed_or_removed(table: str, statement: str) -> None:
    append(2)
    sign_checkpoint()
    change = statement.replace("hash", "root") if table == "audit_checkpoint" else statement
    with pytest.raises(IntegrityError, match="only grows"), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_a_checkpoint_is_signed_once_a_size() -> None:
    assert sign_checkpoint() is None
    append(3)
    note = sign_checkpoint()
    assert note is not None
    assert sign_checkpoint() == note == queries.latest_checkpoint()
    assert Checkpoint.objects.count() == 1
    found = checkpoints.open_checkpoint(note, signing_key(place.key_file()).verifier)
    assert (found.size, found.root) == (3, bytes(Checkpoint.objects.get().root))


def test_leaves_and_checkpoints_are_proven_to_others() -> None:
    append(11, "content:7")
    old = checkpoints.peek(str(sign_checkpoint()))[1]
    append(6)
    new = checkpoints.peek(str(sign_checkpoint()))[1]
    for index in range(17):
        found = queries.inclusion(index)
        root = checkpoints.peek(found.checkpoint)[1].root
        check_inclusion(index, found.size, leaf_hash(found.leaf), root, found.proof)
    check_consistency(old.size, new.size, old.root, new.root, queries.consistency(old.size, new.size))
    assert [leaf.index for leaf in queries.leaves_about("content:7", limit=3)] == [10, 9, 8]
    assert [leaf.index for leaf in queries.leaves_about("content:7", before=8, limit=2)] == [7, 6]
    append(1)
    for missing in (17, 18, -1):
        with pytest.raises(NotFound):
            queries.inclusion(missing)
    with pytest.raises(NotFound):
        queries.consistency(5, 19)


def test_the_key_is_secret_and_stays() -> None:
    append(1)
    key = signing_key(place.key_file())
    assert place.key_file().stat().st_mode & 0o777 == 0o600
    assert signing_key(place.key_file()) == key
    place.key_file().chmod(0o644)
    with pytest.raises(PermissionError):
        signing_key(place.key_file())


def test_processes_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    gate = threading.Barrier(8)

    def make(_: int) -> str:
        gate.wait()
        return signing_key(tmp_path / "keys" / "audit.ed25519").secret_text()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["audit.ed25519"]


def cut_to(size: int) -> tuple[str, str]:
    """Return what takes the end of the log away, leaving no trace in the tables."""
    return (
        f"DELETE FROM audit_leaf WHERE index >= {size}",
        f"DELETE FROM audit_node WHERE (position + 1) << level > {size}",
    )


CHANGES = {
    "a leaf": "UPDATE audit_leaf SET entry = replace(entry, 'content:1', 'content:2') WHERE index = 5",
    "when": "UPDATE audit_leaf SET at = at + interval '1 second' WHERE index = 5",
    "a hash": "UPDATE audit_leaf SET hash = sha256('x') WHERE index = 5",
    "a leaf in the middle": "DELETE FROM audit_leaf WHERE index = 5",
    "a subtree": "UPDATE audit_node SET hash = sha256('x') WHERE level = 1 AND position = 2",
    "a subtree gone": "DELETE FROM audit_node WHERE level = 2 AND position = 1",
    "a note": "UPDATE audit_checkpoint SET note = replace(note, E'\\n13\\n', E'\\n12\\n')",
    "the end": "DELETE FROM audit_leaf WHERE index >= 5",
    "everything": "DELETE FROM audit_leaf",
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_intruder_in_the_database_is_found(change: str) -> None:
    append(13)
    sign_checkpoint()
    append(4)
    assert faults() == ""
    behind_its_back(CHANGES[change])
    report = check.verify()
    assert not report.holds
    if "note" not in change:
        assert report.first_bad_leaf is not None
        assert report.first_bad_leaf <= 5


def test_an_intruder_who_signs_again_is_betrayed_by_the_second_sink() -> None:
    append(13)
    sign_checkpoint()
    behind_its_back(*cut_to(8), "DELETE FROM audit_checkpoint")
    sign_checkpoint()
    assert Checkpoint.objects.get().size == 8
    report = check.verify()
    assert "leaves from 8 on are gone" in str(report.faults[0])
    # Nor does it help to go on as if nothing had been there.
    append(9)
    assert not check.verify().holds


def test_an_end_removed_before_any_checkpoint_is_betrayed_too() -> None:
    append(13)
    behind_its_back(*cut_to(12))
    assert "leaves from 12 on are gone" in faults()


def test_an_intruder_who_rewrites_all_of_the_table_is_betrayed_by_the_second_sink() -> None:
    append(13)
    sign_checkpoint()
    behind_its_back("DELETE FROM audit_leaf", "DELETE FROM audit_node", "DELETE FROM audit_checkpoint")
    append(13, "content:99")
    sign_checkpoint()
    assert not check.verify().holds


def test_nothing_more_is_recorded_or_signed_on_a_log_that_lost_its_end() -> None:
    append(13)
    sign_checkpoint()
    behind_its_back(*cut_to(12))
    with pytest.raises(LogAltered):
        append(1)
    with pytest.raises(LogAltered):
        sign_checkpoint()


def test_nothing_is_signed_on_a_fork() -> None:
    append(13)
    sign_checkpoint()
    behind_its_back("UPDATE audit_node SET hash = sha256('x') WHERE level = 3")
    append(1)
    with pytest.raises(LogAltered):
        sign_checkpoint()


@pytest.mark.parametrize("place_", [0, 6, 12])
def test_an_intruder_in_the_second_sink_is_found(place_: int, fresh_data: Path) -> None:
    append(13)
    sign_checkpoint()
    assert faults() == ""

    def line_of(lines: list[bytes]) -> int:
        return next(at for at, line in enumerate(lines) if f'"index":{place_},'.encode() in line)

    rewrite_segment(fresh_data, lambda lines: [line.replace(b"content:1", b"content:2") for line in lines])
    assert "has another leaf 0" in faults()
    rewrite_segment(fresh_data, lambda lines: [line.replace(b"content:2", b"content:1") for line in lines])
    assert faults() == ""
    rewrite_segment(fresh_data, lambda lines: lines[: line_of(lines)] + lines[line_of(lines) + 1 :])
    assert f"has no leaf {place_}" in faults()


def test_nonsense_in_the_second_sink_hides_nothing_and_breaks_nothing(fresh_data: Path, tmp_path: Path) -> None:
    nonsense = [
        b"\xff\n",
        b"{}\n",
        b'{"action"\n',
        b'{"action":1}\n',
        b'{"action":1,"index":-1}\n',
        b'{"action":1,"index":99}\n',
        b'{"kept"\n',
        b'{"kept":7}\n',
        b'{"kept":{"root":"zz","size":1}}\n',
    ]
    append(3)
    rewrite_segment(fresh_data, lambda lines: [*nonsense, *lines, *nonsense])
    assert faults() == ""
    rewrite_segment(fresh_data, lambda lines: [*lines, b'{"checkpoint":"no note"}\n'])
    assert "does not hold" in faults()
    key = export(tmp_path / "copy", SYSTEM)
    assert "does not hold" in str(prove_folder(tmp_path / "copy", VerifierKey.parse(key)).faults[0])


def test_a_log_without_its_subtrees_takes_nothing() -> None:
    append(4)
    behind_its_back("DELETE FROM audit_node")
    with pytest.raises(AuditUnavailable):
        append(1)


def test_a_lost_second_sink_is_found(fresh_data: Path) -> None:
    append(3)
    rewrite_segment(fresh_data, lambda _: [])
    assert "has no leaf 0" in faults()


def test_a_copy_proves_itself(tmp_path: Path) -> None:
    append(13)
    sign_checkpoint()
    append(4)
    folder = tmp_path / "copy"
    key = VerifierKey.parse(export(folder, SYSTEM))
    report = prove_folder(folder, key)
    assert report.holds, report.faults
    assert (report.size, report.checkpoints) == (18, 2)
    with pytest.raises(Conflict):
        export(folder, SYSTEM)
    leaves = folder / "leaves.jsonl"
    leaves.write_bytes(leaves.read_bytes().replace(b'"number":3', b'"number":4'))
    assert prove_folder(folder, key).first_bad_leaf == 3
    with pytest.raises(NotFound):
        prove_folder(tmp_path, key)


def test_the_tables_hold_complete_subtrees_only() -> None:
    append(13)
    assert {(node.level, node.position) for node in Node.objects.all()} == {
        (level, position) for level in range(1, 4) for position in range(13 >> level)
    }
