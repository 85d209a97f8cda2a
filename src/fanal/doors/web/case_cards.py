"""What is shown of a case: what is linked as pictures and entries, and its timeline with what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fanal.casework.alerts.models import Alert
from fanal.casework.cases.models import Case, Decision, Document, Link, Note, Task
from fanal.casework.cases.queries import all_of, notes_of
from fanal.casework.cases.timeline import Asked, Happening
from fanal.casework.entries.queries import Known
from fanal.casework.evidence.queries import seen_contents
from fanal.casework.leads.queries import these_leads
from fanal.core.access.models import User
from fanal.doors.web.cards import Card, cards_of
from fanal.doors.web.entry_cards import EntryCard, entry_cards
from fanal.doors.web.registry_cards import ClueCard, clue_cards
from fanal.doors.web.tiles import Tile, tiles_of

MOST_SHOWN = 60
"""Of each kind of linked things, the latest so many are shown as pictures."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What is linked with a case; each with its link, so that it can be taken back."""

    files: Sequence[tuple[Link, Tile]]
    entries: Sequence[tuple[Link, EntryCard]]
    leads: Sequence[tuple[Link, Card]]
    clues: Sequence[tuple[Link, ClueCard]]

    @property
    def shown(self) -> dict[str, list[str]]:
        """What the log says was seen."""
        return {
            "contents": [str(tile.content.pk) for _, tile in self.files],
            "entries": [str(card.entry.pk) for _, card in self.entries],
            "leads": [str(card.lead.pk) for _, card in self.leads],
            "clues": [str(card.clue.pk) for _, card in self.clues],
        }

    def __bool__(self) -> bool:
        return bool(self.files or self.entries or self.leads or self.clues)


@dataclass(frozen=True, slots=True)
class Room:
    """What was put into a case, as far as the officer may see it."""

    linked: Linked
    notes: Sequence[Note]
    tasks: Sequence[Task]
    decisions: Sequence[Decision]
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline, with what it is about where that still stands."""

    one: Happening
    note: Note | None = None
    words: Any = None
    """The text of a note as it stands; of a decision, a task or a file, itself."""


def room_of(officer: User, case: Case, asked: Asked) -> Room:
    """Return what is in a case that the officer's agency takes part in."""
    agency = officer.agency
    return Room(
        linked_of(officer, asked.standing, asked.known),
        list(notes_of(agency, case)),
        all_of(agency, "task", case.pk),
        all_of(agency, "decision", case.pk),
        all_of(agency, "document", case.pk),
    )


def linked_of(officer: User, links: Sequence[Link], known: Known | None = None) -> Linked:
    """Return linked things as they are shown elsewhere: covered pictures, entries, leads, clues.

    `known` is what was asked of the entries already.
    """
    content_of = {link.pk: link.content_id or (link.exhibit and link.exhibit.content_id) for link in links}
    wanted = [content for content in content_of.values() if content][:MOST_SHOWN]
    tiles = tiles_of(officer, seen_contents(officer.agency, wanted))
    entries = [link for link in links if link.entry][:MOST_SHOWN]
    cards = entry_cards(officer, [link.entry for link in entries if link.entry], known)
    shown = {card.entry.pk: card for card in cards}
    named = [link.lead_id for link in links if link.lead_id][:MOST_SHOWN]
    pairs = {card.lead.pk: card for card in cards_of(officer, these_leads(officer.agency, named))} if named else {}
    clues = [link for link in links if link.clue][:MOST_SHOWN]
    boxed = {card.clue.pk: card for card in clue_cards(officer, [link.clue for link in clues if link.clue])}
    return Linked(
        [(link, tiles[content]) for link in links if (content := content_of[link.pk]) and content in tiles],
        [(link, shown[link.entry_id]) for link in links if link.entry_id in shown],
        [(link, pairs[link.lead_id]) for link in links if link.lead_id in pairs],
        [(link, boxed[link.clue_id]) for link in links if link.clue_id in boxed],
    )


def lines_of(happenings: Sequence[Happening], room: Room) -> list[Line]:
    """Return the lines of a timeline. A note's words stand where it was written, as they are now."""
    kept: dict[Any, Any] = {one.pk: one for one in (*room.notes, *room.tasks, *room.decisions, *room.documents)}
    return [_line(one, kept) for one in happenings]


def _line(one: Happening, kept: dict[Any, Any]) -> Line:
    if isinstance(one.thing, Alert) or one.event is None:
        return Line(one)
    found = kept.get(one.event.about)
    if isinstance(found, Note):
        return Line(one, found, found.texts.all()[0] if one.verb == "noted" else None)
    return Line(one, words=found)
