"""Verbs of the audit log: record what is done, and sign what the log has become."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial

from django.db import Error as DatabaseFault
from django.db import transaction
from django.db.transaction import TransactionManagementError

from fanal.core.audit import place, table
from fanal.core.audit.entry import Entry, to_leaf
from fanal.core.audit.errors import AuditUnavailable, LogAltered, Unloggable
from fanal.core.audit.keys import signing_key
from fanal.core.audit.models import Checkpoint as CheckpointRow
from fanal.core.audit.sink import FileSink
from fanal.core.audit.table import TableNodes, Turn
from fanal.engine.merkle.checkpoint import Checkpoint
from fanal.engine.merkle.errors import MalformedNote, ProofFailed
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.keys import SigningKey
from fanal.engine.merkle.proofs import check_consistency, consistency_proof
from fanal.engine.merkle.tree import MissingNode
from fanal.kit import clock
from fanal.kit.actor import Actor

__all__ = ["AuditUnavailable", "Entry", "LogAltered", "Unloggable", "record", "record_all", "sign_checkpoint"]

PATIENCE = 5.0
"""Seconds to wait for the turn to append before the action is refused."""


def record(action: str, *, actor: Actor, subject: str = "", detail: Mapping[str, object] | None = None) -> int:
    """Log one thing, in the caller's transaction; return the index of its leaf.

    Other writers wait from here until the caller's transaction ends: call it last. When it raises, the transaction
    is rolled back even if the caller goes on. Raises AuditUnavailable; Unloggable for what the log has no words for;
    TransactionManagementError outside `transaction.atomic`.
    """
    return record_all([Entry(action, actor, subject, detail or {})])


def record_all(entries: Sequence[Entry]) -> int:
    """Log several things at once with one wait and one sync; return the index of the first. Raises as `record` does."""
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("What is done and its log entry need one transaction: use transaction.atomic.")
    with _nothing_unlogged():
        key, sink = signing_key(place.key_file()), FileSink(place.sink_folder())
        turn = table.take_turn(PATIENCE)  # others wait from here to the commit: what could be done before is done
        _refuse_altered(turn, key)
        first, at = turn.frontier.size, clock.now()
        leaves = [to_leaf(entry, index, at) for index, entry in enumerate(entries, start=first)]
        frontier = table.append(turn.frontier, leaves, [leaf_hash(leaf) for leaf in leaves], at)
        sink.append(first, leaves)
        transaction.on_commit(partial(sink.note_kept, frontier.size, frontier.root()), robust=True)
    return first


def sign_checkpoint() -> str | None:
    """Sign the log as it stands, unless that is done; return the signed note, None for an empty log.

    To be called each minute and by `fanal verify`, outside any transaction. Nothing is signed that does not contain
    what was signed before. Raises LogAltered, AuditUnavailable.
    """
    with transaction.atomic(durable=True), _nothing_unlogged():
        key = signing_key(place.key_file())
        turn = table.take_turn(PATIENCE)
        _refuse_altered(turn, key)
        last = table.last_checkpoint()
        if turn.frontier.size == turn.signed:
            return last.note if last else None
        root = turn.frontier.root()
        if last is not None:
            _refuse_fork(last, turn, root)
        note = Checkpoint(key.name, turn.frontier.size, root).signed(key)
        CheckpointRow.objects.create(size=turn.frontier.size, root=root, at=clock.now(), key=_verifier(key), note=note)
        FileSink(place.sink_folder()).note_checkpoint(turn.frontier.size, note)
    return note


@contextmanager
def _nothing_unlogged() -> Iterator[None]:
    """Turn any fault of a sink or the key into AuditUnavailable, and make sure that the transaction cannot commit."""
    try:
        yield
    except (AuditUnavailable, Unloggable):
        transaction.set_rollback(True)
        raise
    except (DatabaseFault, OSError, MalformedNote, MissingNode, ValueError) as fault:
        transaction.set_rollback(True)
        raise AuditUnavailable("This cannot be logged now, so it was not done.") from fault


def _refuse_altered(turn: Turn, key: SigningKey) -> None:
    """Raise where the signing key is not the log's own, or the log is shorter than what was signed."""
    if turn.key is not None and turn.key != _verifier(key):
        raise AuditUnavailable("The audit key in the data folder is not the one that signed this log.")
    if turn.frontier.size < turn.signed:
        raise LogAltered(f"{turn.signed} leaves were signed, only {turn.frontier.size} are left.")


def _refuse_fork(last: CheckpointRow, turn: Turn, root: bytes) -> None:
    size = turn.frontier.size
    try:
        proof = consistency_proof(last.size, size, TableNodes())
        check_consistency(last.size, size, bytes(last.root), root, proof)
    except ProofFailed as fault:
        raise LogAltered(f"The log of {size} leaves does not contain the {last.size} that were signed.") from fault


@lru_cache(maxsize=8)
def _verifier(key: SigningKey) -> str:
    return str(key.verifier)
