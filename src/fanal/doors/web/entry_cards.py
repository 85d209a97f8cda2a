"""What is shown of registry entries: a card in lists; on their own page the line of pictures, facts and history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from fanal.casework.entries.facts import age_from
from fanal.casework.entries.history import Told, history_of
from fanal.casework.entries.models import Entry, Fact
from fanal.casework.entries.queries import Known
from fanal.casework.entries.timeline import Point, timeline_of
from fanal.casework.evidence.queries import seen_contents
from fanal.core.access.models import User
from fanal.doors.web.spans import LEFT_TO_RIGHT
from fanal.doors.web.tiles import Tile, tiles_of

PICTURES_OF_CARD = 3
MOST_PICTURES = 240
"""So many are shown on the line of an entry; what is counted is all."""


@dataclass(frozen=True, slots=True)
class EntryCard:
    """One entry as lists show it."""

    entry: Entry
    tiles: Sequence[Tile]
    files: int
    state: str
    """Of a victim; else empty."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture on the line."""

    tile: Tile
    point: Point

    @property
    def day(self) -> str:
        """When it was made."""
        return f"{self.point.moment.written:%Y-%m-%d}" if self.point.moment else ""

    @property
    def doubtful(self) -> bool:
        """True where something speaks against the day."""
        return bool(self.point.moment and self.point.moment.doubts)


@dataclass(frozen=True, slots=True)
class Year:
    """The pictures of one year; `year` is empty for those of which nothing tells when they were made."""

    year: str
    shown: Sequence[Shown]

    @property
    def age(self) -> str:
        """How old the victim was in that year's pictures, as `6` or `6–8`; empty where that is not known."""
        ages = [shown.point.age for shown in self.shown if shown.point.age]
        if not ages:
            return ""
        youngest, oldest = max(0, min(low for low, _ in ages)), max(0, *(high for _, high in ages))
        return f"{youngest}" if youngest == oldest else f"{youngest}–{oldest}"


def entry_cards(officer: User, entries: Iterable[Entry], known: Known | None = None) -> list[EntryCard]:
    """Return what lists show of entries, in their order; `known` is what was asked of these already, if of more."""
    listed = list(entries)
    known = known or Known(officer.agency, *listed)
    held = {entry.pk: list(known.contents[entry.pk]) for entry in listed}
    first = {content for contents in held.values() for content in contents[:PICTURES_OF_CARD]}
    tiles = tiles_of(officer, seen_contents(officer.agency, first))
    return [
        EntryCard(
            entry,
            [tiles[content] for content in held[entry.pk][:PICTURES_OF_CARD] if content in tiles],
            len(held[entry.pk]),
            state_in(entry, known.facts[entry.pk]),
        )
        for entry in listed
    ]


def state_in(entry: Entry, facts: Mapping[str, Fact]) -> str:
    """Return the state of a victim by its facts, unidentified where none was stated; nothing of other entries."""
    if entry.kind != Entry.Kind.VICTIM:
        return ""
    said = facts.get(Fact.About.STATE)
    return str(said.value["state"]) if said else "unidentified"


def line_of(officer: User, entry: Entry, known: Known) -> tuple[list[Year], list[int]]:
    """Return the pictures of an entry year by year, and the ids of all contents that belong to it."""
    points = timeline_of(officer.agency, entry, known)
    some = points[:MOST_PICTURES]
    tiles = tiles_of(officer, seen_contents(officer.agency, {point.content for point in some}))
    years = groupby(some, key=lambda point: f"{point.moment.written:%Y}" if point.moment else "")
    found = [
        Year(year, [Shown(tiles[one.content], one) for one in held if one.content in tiles]) for year, held in years
    ]
    return found, [point.content for point in points]


def age_stated(facts: dict[str, Fact]) -> str:
    """Return the age that was stated, in the reader's words; empty where none was."""
    if Fact.About.AGE not in facts:
        return ""
    age = age_from(facts[Fact.About.AGE].value)
    span = f"{age.youngest}–{age.oldest}" if age.oldest != age.youngest else str(age.youngest)
    told = {"age": LEFT_TO_RIGHT.format(span), "day": LEFT_TO_RIGHT.format(age.on)}
    return _("%(age)s on %(day)s (%(sure)s)") % {**told, "sure": _("known") if age.known else _("estimated")}


def undoable(officer: User, entry: Entry, known: Known) -> list[tuple[Told, bool]]:
    """Return the history of an entry, each deed with whether the officer's agency can undo it."""
    told = history_of(officer.agency, entry, known)
    return [(one, one.deed.agency_id == officer.agency_id and one.deed.undone_at is None) for one in told]
