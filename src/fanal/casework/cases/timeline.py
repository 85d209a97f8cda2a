"""What happened in a case, in order: its own events, and what became of the things that are linked with it.

Of what is linked only what came after the case was opened, and only what the reader may see. Nouns above add what they
know by `also`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from fanal.casework.cases.models import Case, Event, Link
from fanal.casework.cases.queries import all_links_of, events_of, takes_part
from fanal.casework.entries.history import history_of
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import Known
from fanal.casework.leads.models import Judgement, Lead
from fanal.casework.leads.queries import counting, visible_leads
from fanal.casework.registry.models import Sighting
from fanal.casework.registry.queries import KEPT_CLUES, visible_sightings
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User

MOST_OF_EACH = 500
"""The latest so many of each kind are shown."""
MOST_CONTENTS = 5_000


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `verb` is a word of `Event.Verb`, or one of those below; `thing` is what it is about."""

    at: datetime
    key: str
    verb: str
    agency: Agency | None = None
    by: User | None = None
    """Only in the case itself: elsewhere an agency speaks, not its officer."""
    thing: Any = None
    event: Event | None = None
    words: str = ""

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the order."""
        return self.at, self.key


PROPOSED, JUDGED, SEEN, STATED, ANSWERED = "proposed", "judged", "seen", "stated", "answered"
"""What became of linked things: a new lead, a judgement, a clue that was seen, a deed of the registry, an alert."""

Source = Callable[[Agency, Case, Sequence[Link]], Iterable[Happening]]
"""What a noun above knows of a case and of what is linked with it, as far as the agency sees it."""
_also: list[Source] = []


def also(source: Source) -> None:
    """Have a noun above add what it knows of a case. Twice is once."""
    if source not in _also:
        _also.append(source)


class Asked:
    """What an agency that takes part sees of what is linked with a case, asked once for its room and its timeline."""

    def __init__(self, agency: Agency, case: Case) -> None:
        self.links = all_links_of(agency, case)
        self.standing = [link for link in self.links if link.withdrawn_at is None]
        self.known = Known(agency, *(link.entry for link in self.standing if link.entry is not None))


def timeline_of(agency: Agency, case: Case, asked: Asked | None = None) -> list[Happening]:
    """Return what happened, the latest first; to who is only invited, nothing."""
    if not takes_part(agency, case):
        return []
    asked = asked or Asked(agency, case)
    about = _about(asked)
    touching = _touching(agency, list(about.contents), list(about.leads))
    found = [
        *_own(agency, case, asked.links),
        *_leads(case, touching),
        *_judgements(case, touching),
        *_sightings(agency, case, about),
        *_deeds(agency, case, about),
        *(one for source in _also for one in source(agency, case, asked.standing)),
    ]
    return sorted(found, key=lambda one: one.place, reverse=True)


@dataclass(slots=True)
class _About:
    """What is linked, as far as the reader sees it."""

    known: Known
    """The entries."""
    contents: set[int] = field(default_factory=set)
    leads: set[Any] = field(default_factory=set)
    clues: set[Any] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)


def _about(asked: Asked) -> _About:
    found = _About(asked.known)
    for link in asked.standing:
        if link.entry is not None:
            found.entries.append(link.entry)
            found.contents.update(list(found.known.contents[link.entry.pk])[:MOST_CONTENTS])
        elif link.content_id is not None:
            found.contents.add(link.content_id)
        elif link.exhibit is not None:
            found.contents.add(link.exhibit.content_id)
        elif link.lead_id is not None:
            found.leads.add(link.lead_id)
        elif link.clue_id is not None:
            found.clues.add(link.clue_id)
    return found


def _own(agency: Agency, case: Case, links: Iterable[Link]) -> Iterator[Happening]:
    for event in events_of(agency, case, links, MOST_OF_EACH):
        yield Happening(event.at, f"event:{event.pk}", event.verb, event.agency, event.by, event=event)


@made_once
def _touching(agency: Agency, contents: list[int], leads: list[UUID]) -> QuerySet[Lead, UUID]:
    """Return the visible leads of what is linked."""
    sides = Q(Among("left_id", contents)) | Q(Among("right_id", contents)) | Q(Among("pk", leads))
    return counting(visible_leads(agency)).filter(sides).values_list("pk", flat=True)


def _leads(case: Case, touching: list[UUID]) -> Iterator[Happening]:
    for lead in _fresh_leads(touching, case.opened_at, str(MOST_OF_EACH)):
        yield Happening(lead.created_at, f"lead:{lead.pk}", PROPOSED, thing=lead, words=lead.why)


@made_once
def _fresh_leads(touching: list[UUID], since: datetime, most: str) -> QuerySet[Lead]:
    fresh = Lead.objects.filter(Among("pk", touching), created_at__gte=since).order_by("-created_at", "-pk")
    return fresh.select_related("left", "right")[: int(most)]


def _judgements(case: Case, touching: list[UUID]) -> Iterator[Happening]:
    for one in _fresh_judgements(touching, case.opened_at, str(MOST_OF_EACH)):
        key, words = f"judgement:{one.pk}", one.get_verdict_display()
        yield Happening(one.at, key, JUDGED, one.by.agency, thing=one.lead, words=words)


@made_once
def _fresh_judgements(touching: list[UUID], since: datetime, most: str) -> QuerySet[Judgement]:
    said = Judgement.objects.filter(Among("lead_id", touching), at__gte=since, withdrawn_at__isnull=True)
    return said.select_related("by__agency", "lead").order_by("-at")[: int(most)]


def _sightings(agency: Agency, case: Case, about: _About) -> Iterator[Happening]:
    found = _fresh_sightings(agency, list(about.contents), list(about.clues), case.opened_at, str(MOST_OF_EACH))
    for one in found:
        yield Happening(one.created_at, f"sighting:{one.pk}", SEEN, one.clue.agency, thing=one, words=one.clue.title)


@made_once
def _fresh_sightings(
    agency: Agency, contents: list[int], clues: list[UUID], since: datetime, most: str
) -> QuerySet[Sighting]:
    sides = Q(Among("content_id", contents)) | Q(Among("clue_id", clues))
    found = visible_sightings(agency).filter(sides, created_at__gte=since, clue__kind__in=KEPT_CLUES)
    return found.exclude(state=Sighting.State.DIFFERENT).order_by("-created_at", "-pk")[: int(most)]


def _deeds(agency: Agency, case: Case, about: _About) -> Iterator[Happening]:
    """Yield what was done with linked entries; a deed that concerns two of them, once."""
    told: set[int] = set()
    for entry in about.entries:
        for one in history_of(agency, entry, about.known):
            if one.deed.at < case.opened_at or one.deed.undone_at is not None or one.deed.pk in told:
                continue
            told.add(one.deed.pk)
            key = f"deed:{one.deed.pk}"
            yield Happening(one.deed.at, key, STATED, one.deed.agency, thing=(entry, one))
