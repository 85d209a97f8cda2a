"""Reads for the central desk: how agencies stand, where nobody answers, and what all of it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fanal.casework.alerts.queries import CountryPace, Waiting, paces_by_country, waiting_by_agency
from fanal.casework.entries.facts import SOLVED
from fanal.casework.entries.queries import victims_by_state
from fanal.casework.evidence.queries import last_deliveries
from fanal.casework.notices.models import Notice
from fanal.casework.notices.queries import contacts_abroad, unanswered_abroad
from fanal.casework.sharing.queries import contacts_by_agency
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import Staff, agencies, overseers_in, staff_by_agency
from fanal.core.access.roles import Right, needs

NOBODY = Staff(0, 0, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one agency stands. Of deliveries and machines the day is told, and no time of it."""

    agency: Agency
    contact: str
    staff: Staff
    delivered: date | None
    machine_seen: date | None
    waiting: Waiting | None
    """None where no alert waits."""
    supervisors: Sequence[User]
    """Whom late alerts can be given to; none where none is late."""


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the central desk sees."""

    agencies: Sequence[Standing]
    """By country."""
    abroad: Sequence[Notice]
    """Notices that wait for an answer, the longest first."""
    paces: Sequence[CountryPace]
    identified: int
    unknown: int

    @property
    def waiting(self) -> list[Standing]:
        """The agencies in which alerts wait, where it is longest first."""
        return sorted((one for one in self.agencies if one.waiting), key=_since)


def _since(one: Standing) -> datetime:
    assert one.waiting is not None
    return one.waiting.since


@needs(Right.OVERSEE)
def overview(by: User) -> Overview:
    """Return how all agencies stand. Raises Refused for other roles than the central desk's."""
    del by
    victims = victims_by_state()
    identified = sum(n for state, n in victims.items() if state in SOLVED)
    unknown = sum(victims.values()) - identified
    return Overview(_standings(), unanswered_abroad(), paces_by_country(), identified, unknown)


def _standings() -> list[Standing]:
    staff, waiting, delivered = staff_by_agency(), waiting_by_agency(), last_deliveries()
    contacts = contacts_by_agency() | contacts_abroad()
    found = []
    for agency in sorted(agencies(), key=lambda one: (one.country, one.code)):
        held, waits = staff.get(agency.pk, NOBODY), waiting.get(agency.pk)
        seen, last = held.machine_seen, delivered.get(agency.pk)
        found.append(
            Standing(
                agency=agency,
                contact=contacts.get(agency.pk, ""),
                staff=held,
                delivered=last.date() if last else None,
                machine_seen=seen.date() if seen else None,
                waiting=waits,
                supervisors=overseers_in(agency) if waits and waits.late else (),
            )
        )
    return found
