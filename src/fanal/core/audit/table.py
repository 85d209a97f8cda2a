"""The first sink: the tables of leaves, complete subtrees and checkpoints."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from fanal.core.audit.models import Checkpoint, Leaf
from fanal.core.audit.models import Node as NodeRow
from fanal.engine.merkle.tree import Frontier, MissingNode, Node

APPEND = """
    WITH grown AS (
        INSERT INTO audit_node (level, position, hash)
        SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
    )
    INSERT INTO audit_leaf (index, entry, hash, at)
    SELECT numbered.*, %s::timestamptz FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS numbered
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """The state of the log, held still until the transaction ends."""

    frontier: Frontier
    signed: int
    """Size of the last checkpoint."""
    key: str | None
    """Verifier key that signed it."""


def take_turn(patience: float) -> Turn:
    """Wait for the turn to append, at most `patience` seconds, and return the state of the log.

    Only one transaction appends at a time, as each leaf's place depends on all before it.
    Raises django.db.Error, MissingNode.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_take_turn(%s)", [int(patience * 1000)])
        size, roots, signed, key = cursor.fetchone()
    if any(root is None for root in roots):
        raise MissingNode(f"The log has {size} leaves, but not all of its complete subtrees.")
    return Turn(Frontier(size, tuple(bytes(root) for root in roots)), signed, key)


def append(frontier: Frontier, leaves: Sequence[bytes], hashes: Sequence[bytes], at: datetime) -> Frontier:
    """Write leaves after those of the frontier, in the caller's transaction; return the new frontier."""
    first, grown = frontier.size, []
    for leaf in hashes:
        step = frontier.append(leaf)
        frontier = step.frontier
        grown += [(level, position, value) for (level, position), value in step.nodes if level]
    nodes = [list(column) for column in zip(*grown, strict=True)] or [[], [], []]
    indexes = list(range(first, frontier.size))
    with connection.cursor() as cursor:
        entries = [leaf.decode() for leaf in leaves]
        cursor.execute(APPEND, [*nodes, at, indexes, entries, list(hashes)])
    return frontier


class TableNodes:
    """Reads complete subtrees from the tables."""

    def read(self, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        """Return the hashes of these nodes in two queries at most."""
        wanted = set(nodes)
        found: dict[Node, bytes] = {}
        leaves = [position for level, position in wanted if level == 0]
        if leaves:
            rows = Leaf.objects.filter(index__in=leaves).values_list("index", "hash")
            found |= {(0, index): bytes(value) for index, value in rows}
        inner = [node for node in wanted if node[0]]
        if inner:
            kept = NodeRow.objects.filter(pk__in=inner).values_list("level", "position", "hash")
            found |= {(level, position): bytes(value) for level, position, value in kept}
        return found


def leaves() -> Iterator[tuple[int, bytes]]:
    """Yield index and bytes of all leaves in the table."""
    rows = Leaf.objects.order_by("index").values_list("index", "entry")
    for index, entry in rows.iterator(chunk_size=2000):
        yield index, entry.encode()


def last_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint in the table."""
    return Checkpoint.objects.order_by("-id").first()
