"""Reads of the vault that show no bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from fanal.core.vault import rows, scrub
from fanal.core.vault.models import Blob
from fanal.core.vault.scrub import Fault

__all__ = ["Fault", "Holdings", "check_all", "holdings", "known"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much the vault holds: contents, their plain bytes, and contents that were erased."""

    contents: int
    plain_bytes: int
    erased: int


def holdings() -> Holdings:
    """Count what the vault holds."""
    held = Q(wrapped_key__isnull=False)
    counted = Blob.objects.aggregate(
        contents=Count("sha256", filter=held),
        plain_bytes=Sum("size", filter=held),
        erased=Count("sha256", filter=~held),
    )
    return Holdings(counted["contents"], int(counted["plain_bytes"] or 0), counted["erased"])


def known(sha256s: list[bytes]) -> set[bytes]:
    """Return those of these digests whose bytes the vault holds now."""
    return rows.known(sha256s)


def check_all(progress: Callable[[int], None] | None = None) -> Iterator[Fault]:
    """Read everything and yield each content that is not what was received; see `scrub.check`."""
    return scrub.check(progress)
