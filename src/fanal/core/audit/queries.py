"""Reads of the audit log. Who may read what is for the one who asks to decide: this app knows of no rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from fanal.core.audit.models import Checkpoint, Leaf
from fanal.core.audit.table import TableNodes
from fanal.engine.merkle.hashing import leaf_hash
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

    @property
    def hash(self) -> bytes:
        """The hash of the leaf."""
        return leaf_hash(self.leaf)


def leaves_about(subject: str, before: int | None = None, limit: int = PAGE) -> Sequence[Leaf]:
    """Return what was done to a subject, newest first; `before` is the index where the last page ended."""
    rows = Leaf.objects.filter(subject=subject)
    if before is not None:
        rows = rows.filter(index__lt=before)
    return list(rows.order_by("-index")[:limit])


def leaves_of_subjects(subjects: Sequence[str], agency: UUID) -> Sequence[Leaf]:
    """Return what was done to any of these subjects, by people of the agency or by the system, oldest first."""
    rows = Leaf.objects.filter(_by(agency), subject__in=subjects)
    return list(rows.order_by("index"))


def leaves_mentioning(number: str, agency: UUID) -> Sequence[Leaf]:
    """Return entries by the agency's people or the system in whose text a number stands alone, oldest first.

    Reads every entry of theirs: for what is done seldom.
    """
    alone = Q(entry__contains=f'"{number}"') | Q(entry__regex=rf"[\[,]{number}[\],]")
    return list(Leaf.objects.filter(_by(agency)).filter(alone).order_by("index"))


def _by(agency: UUID) -> Q:
    return Q(agency=str(agency)) | Q(agency__isnull=True)


def size() -> int:
    """Return the number of leaves."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def signed_size() -> int:
    """Return how many leaves the newest checkpoint covers."""
    return Checkpoint.objects.order_by("-id").values_list("size", flat=True).first() or 0


def latest_checkpoint() -> str | None:
    """Return the newest signed checkpoint."""
    return Checkpoint.objects.order_by("-id").values_list("note", flat=True).first()


def inclusion(index: int, point: Checkpoint | None = None) -> Inclusion:
    """Prove that a leaf is in the log of a checkpoint, the newest if none is named.

    Raises NotFound when it is not there, or not signed.
    """
    leaf = Leaf.objects.filter(index=index).first()
    point = point or Checkpoint.objects.order_by("-id").first()
    if leaf is None or point is None or index >= point.size:
        raise NotFound(f"No checkpoint covers a leaf {index}.", next_step="Ask again in a minute, or check the index.")
    proof = inclusion_proof(index, point.size, TableNodes())
    return Inclusion(index, leaf.entry.encode(), point.size, proof, point.note)


def inclusions(indexes: Sequence[int]) -> list[Inclusion]:
    """Prove several leaves against one checkpoint, the newest. Raises NotFound as `inclusion` does."""
    point = Checkpoint.objects.order_by("-id").first()
    return [inclusion(index, point) for index in indexes]


def consistency(old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the log of `new` leaves begins with the log of `old`. Raises NotFound for sizes it never had."""
    if not 0 <= old <= new <= size():
        raise NotFound(
            f"The log never had {old} and then {new} leaves.", next_step="Check the sizes of the checkpoints."
        )
    return consistency_proof(old, new, TableNodes())
