"""When the contents of an entry were made, in order, across series and years; and how old the victim was then."""

from dataclasses import dataclass
from datetime import datetime

from fanal.casework.entries.facts import age_from
from fanal.casework.entries.models import Entry, Fact
from fanal.casework.entries.queries import Known
from fanal.casework.evidence.queries import facts_in, first_received
from fanal.core.access.models import Agency
from fanal.engine.origin.moment import Moment, moment_of
from fanal.engine.origin.place import place_of


@dataclass(frozen=True, slots=True)
class Point:
    """One content on the line."""

    content: int
    moment: Moment | None
    """None where nothing tells when it was made: then it stands at the end."""
    entries: tuple[Entry, ...]
    """The entries and series that it belongs to."""
    age: tuple[int, int] | None
    """The youngest and the oldest that the victim can have been, in whole years."""


def timeline_of(agency: Agency, entry: Entry, known: Known | None = None) -> list[Point]:
    """Return the contents of an entry that an agency may see, in the order in which they were made.

    `known` is what was asked of the entry already.
    """
    known = known or Known(agency, entry)
    held = known.contents[entry.pk]
    facts, received = facts_in(agency, held), first_received(agency, held)
    stated = known.facts[entry.pk].get(Fact.About.AGE)
    age = age_from(stated.value) if stated else None
    points = []
    for content, entries in held.items():
        moment = _moment(facts.get(content, {}), received.get(content))
        then = age.at(moment.written.date()) if age and moment else None
        points.append(Point(content, moment, tuple(entries), then))
    return sorted(points, key=_place_on_line)


def _place_on_line(point: Point) -> tuple[bool, str, int]:
    return point.moment is None, point.moment.written.isoformat() if point.moment else "", point.content


def _moment(facts: dict[str, object], received: datetime | None) -> Moment | None:
    """Return when a file says it was made. The time of the file itself is that of some copy, and says nothing here."""
    place = place_of(facts)
    if place is None:
        return moment_of(facts, submitted=received)
    return moment_of(facts, submitted=received, offset_at=place.offset_at)
