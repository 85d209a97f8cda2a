"""What speaks for countries: the rows that an agency may see of contents and entries, as reasons to be added up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from django.db.models import QuerySet

from fanal.casework.entries.models import Entry, Fact
from fanal.casework.entries.queries import Known
from fanal.casework.evidence.queries import facts_in, found_in
from fanal.casework.readings.models import TextLine
from fanal.casework.readings.queries import visible_lines
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import KEPT_CLUES, visible_clues, visible_sightings
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.engine.estimate.country import SCRIPTS, Reason, ReasonKind
from fanal.engine.origin.moment import Basis, moment_of
from fanal.engine.origin.place import place_of
from fanal.engine.origin.zones import countries_at
from fanal.engine.text.line import SURE
from fanal.engine.text.pointers import pointers_in

MOST_CONTENTS = 1_000
"""Of an entry the first so many contents are asked."""
_STATED_ZONES = (Basis.STATED, Basis.SATELLITES)
_UNSURE = 0.5


def reasons_of_contents(agency: Agency | None, contents: Sequence[int]) -> dict[int, list[Reason]]:
    """Return what speaks for countries in contents whose bytes the agency may see; None asks for the system."""
    found: dict[int, list[Reason]] = {content: [] for content in contents}
    for content, facts in facts_in(agency, contents).items():
        found[content] += [*_of_place(facts), *_of_zone(facts)]
    for content, reason in (*_of_clues(agency, contents), *_of_text(agency, contents)):
        found[content].append(reason)
    for content, country, seized in found_in(agency, contents):
        if seized:
            found[content].append(Reason(ReasonKind.ORIGIN, country))
    return found


def reasons_of_entry(agency: Agency | None, entry: Entry, known: Known | None = None) -> list[Reason]:
    """Return what speaks for countries in all contents of an entry and in the entries that it is linked with.

    `known` is what was asked of the entry already.
    """
    known = known or Known(agency, entry)
    contents = list(known.contents[entry.pk])[:MOST_CONTENTS]
    found = [reason for said in reasons_of_contents(agency, contents).values() for reason in said]
    others = [other for other, _ in known.linked[entry.pk] if other.kind != Entry.Kind.SERIES]
    facts = {**Known(agency, *others).facts, entry.pk: known.facts[entry.pk]} if others else known.facts
    for one in (entry, *others):
        said = facts[one.pk]
        stated = {
            said[about].value.get("country", "") for about in (Fact.About.STATE, Fact.About.COUNTRY) if about in said
        }
        found += [Reason(ReasonKind.ENTRY, country, one.reference) for country in sorted(stated - {""})]
    return found


def _of_place(facts: Mapping[str, object]) -> Iterator[Reason]:
    place = place_of(facts)
    if place is None:
        return
    if place.country:
        yield Reason(ReasonKind.PLACE, place.country, place.town)
    for neighbour in place.neighbours:
        yield Reason(ReasonKind.BORDER, neighbour, place.town)


def _of_zone(facts: Mapping[str, object]) -> Iterator[Reason]:
    moment = moment_of(facts)
    if moment is None or moment.offset is None or moment.basis not in _STATED_ZONES:
        return
    countries = countries_at(moment.offset, moment.written)
    hours, minutes = divmod(abs(moment.offset), 60)
    quote = f"UTC{'-' if moment.offset < 0 else '+'}{hours:02}:{minutes:02}"
    for country in countries:
        yield Reason(ReasonKind.ZONE, country, quote, of=len(countries))


def _of_clues(agency: Agency | None, contents: Sequence[int]) -> Iterator[tuple[int, Reason]]:
    asked = list(contents)
    for one in _sighted(agency, asked) if asked else ():
        sure = {Sighting.State.SAME: 1.0, Sighting.State.UNSURE: _UNSURE * one.confidence}
        for reason in _of_clue(one.clue, sure.get(Sighting.State(one.state), one.confidence)):
            yield one.content_id, reason
    for clue in _drawn(agency, asked) if asked else ():
        for reason in _of_clue(clue, 1.0):
            yield clue.content_id, reason


@made_once
def _sighted(agency: Agency | None, contents: list[int]) -> QuerySet[Sighting]:
    everything = Sighting.objects.filter(clue__withdrawn_at__isnull=True).select_related("clue")
    seen = everything if agency is None else visible_sightings(agency)
    pointing = seen.filter(Among("content_id", contents), clue__kind__in=KEPT_CLUES)
    return pointing.exclude(state=Sighting.State.DIFFERENT)


@made_once
def _drawn(agency: Agency | None, contents: list[int]) -> QuerySet[Clue]:
    kept = Clue.objects.all() if agency is None else visible_clues(agency)
    return kept.filter(Among("content_id", contents), kind__in=KEPT_CLUES, withdrawn_at__isnull=True)


def _of_clue(clue: Clue, sure: float) -> Iterable[Reason]:
    kind = ReasonKind.REFERENCE if clue.kind == Clue.Kind.REFERENCE else ReasonKind.CLUE
    return [Reason(kind, country, clue.title, len(clue.countries), sure) for country in clue.countries]


def _of_text(agency: Agency | None, contents: Sequence[int]) -> Iterator[tuple[int, Reason]]:
    asked = list(contents)
    for content, held in groupby(_lines(agency, asked) if asked else (), key=lambda line: line[0]):
        read = list(held)
        for pointer in pointers_in(text for _, text, _ in read):
            yield content, Reason(ReasonKind(pointer.kind.value), pointer.country, pointer.quote)
        for script in sorted({script for _, _, script in read if script in SCRIPTS}):
            yield content, Reason(ReasonKind.SCRIPT, SCRIPTS[script], script)


@made_once
def _lines(agency: Agency | None, contents: list[int]) -> QuerySet[TextLine, tuple[int, str, str]]:
    lines = TextLine.objects.all() if agency is None else visible_lines(agency)
    sure = lines.filter(Among("content_id", contents), confidence__gte=SURE).order_by("content", "time", "position")
    return sure.values_list("content", "text", "script")
