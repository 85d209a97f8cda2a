"""Proves that the vault still holds, bit for bit, what was received, and names whom a damaged content concerns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from fanal.casework.evidence.models import Exhibit
from fanal.core.audit.actions import record
from fanal.core.vault.queries import Fault, check_all, holdings
from fanal.kit.actor import Actor

MOST_LOGGED = 1_000
"""Digests of damaged contents in one log entry; their number is always there."""

Progress = Callable[[int, int], None]
"""Told how many contents were read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Where a content was submitted: the agency's code and its case reference. Nothing of the content itself."""

    agency: str
    case: str


@dataclass(frozen=True, slots=True)
class Damage:
    """A content that is not what was received."""

    sha256: bytes
    code: str
    message: str
    custody: tuple[Custody, ...]


@dataclass(frozen=True, slots=True)
class VaultReport:
    """What reading the whole vault found."""

    contents: int
    damages: tuple[Damage, ...]

    @property
    def holds(self) -> bool:
        """True when every content is what was received."""
        return not self.damages


def verify_vault(actor: Actor, progress: Progress | None = None) -> VaultReport:
    """Read everything the vault holds and compare it with all three digests; log that it was done.

    Raises what the vault raises when nothing can be known of the rest: StoreUnavailable, KeysLost.
    """
    total, read = holdings().contents, 0

    def told(so_far: int) -> None:
        nonlocal read
        read = so_far
        if progress is not None:
            progress(read, total)

    faults = list(check_all(told))
    custody = custody_of(fault.sha256 for fault in faults)
    report = VaultReport(read, tuple(_damage(fault, custody) for fault in faults))
    digests = [fault.sha256.hex() for fault in faults[:MOST_LOGGED]]
    with transaction.atomic():
        detail = {"contents": read, "faults": len(faults), "damaged": digests}
        record("audit.verified", actor=actor, subject="vault", detail=detail)
    return report


def custody_of(sha256s: Iterable[bytes]) -> dict[bytes, tuple[Custody, ...]]:
    """Return which agencies submitted contents, in which cases: for the operator of this database, never for a page."""
    found: dict[bytes, set[Custody]] = {}
    exhibits = Exhibit.objects.filter(content__sha256__in=list(sha256s))
    rows = exhibits.values_list("content__sha256", "submission__agency__code", "submission__case_reference")
    for sha256, agency, case in rows.distinct().order_by():
        found.setdefault(bytes(sha256 or b""), set()).add(Custody(agency, case))
    return {
        sha256: tuple(sorted(places, key=lambda place: (place.agency, place.case))) for sha256, places in found.items()
    }


def _damage(fault: Fault, custody: dict[bytes, tuple[Custody, ...]]) -> Damage:
    return Damage(fault.sha256, fault.code, fault.message, custody.get(fault.sha256, ()))
