"""Reads of the audit log. Who may read what is for the one who asks to decide: this app knows of no rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from fanal.core.audit.models import Checkpoint, Leaf
from fanal.core.audit.table import TableNodes
from fanal.engine.merkle.proofs import consistency_proof, inclusion_proof
from fanal.kit.errors import NotFound

PAGE = 100


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A leaf, and the RFC 6962 path that leads from it to the root of a checkpoint."""

    index: int
    leaf: bytes
    size: int
    proof: tuple[bytes, ...]
    checkpoint: str
    """The signed note; its root is what the path leads to."""


def leaves_about(subject: str, before: int | None = None, limit: int = PAGE) -> Sequence[Leaf]:
    """Return what was done to a subject, newest first; `before` is the index where the last page ended."""
    rows = Leaf.objects.filter(subject=subject)
    if before is not None:
        rows = rows.filter(index__lt=before)
    return list(rows.order_by("-index")[:limit])


def size() -> int:
    """Return the number of leaves."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def latest_checkpoint() -> str | None:
    """Return the newest signed checkpoint."""
    return Checkpoint.objects.order_by("-id").values_list("note", flat=True).first()


def inclusion(index: int) -> Inclusion:
    """Prove that a leaf is in the log of the newest checkpoint. Raises NotFound when it is not there, or not signed."""
    leaf = Leaf.objects.filter(index=index).first()
    point = Checkpoint.objects.order_by("-id").first()
    if leaf is None or point is None or index >= point.size:
        raise NotFound(f"No checkpoint covers a leaf {index}.", next_step="Ask again in a minute, or check the index.")
    proof = inclusion_proof(index, point.size, TableNodes())
    return Inclusion(index, leaf.entry.encode(), point.size, proof, point.note)


def consistency(old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the log of `new` leaves begins with the log of `old`. Raises NotFound for sizes it never had."""
    if not 0 <= old <= new <= size():
        raise NotFound(
            f"The log never had {old} and then {new} leaves.", next_step="Check the sizes of the checkpoints."
        )
    return consistency_proof(old, new, TableNodes())
