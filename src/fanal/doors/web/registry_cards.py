"""What is shown of clues and of where they are seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import translation

from fanal.casework.evidence.models import Exhibit
from fanal.casework.evidence.queries import open_contents, sightings
from fanal.casework.leads.findings import Box
from fanal.casework.registry.models import Clue, Sighting
from fanal.core.access.models import User
from fanal.doors.web.boxes import shown_box
from fanal.doors.web.cards import Side
from fanal.doors.web.marks import clue_marks, hit_marks
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.engine.match.explain import reason_from


@dataclass(frozen=True, slots=True)
class ClueCard:
    """One clue as lists show it: the boxed part of its picture, covered, and what is told of it."""

    clue: Clue
    tile: Tile | None
    """None where the reader may not see its picture."""
    box: Box
    """In shares of the shown picture."""
    seen: int
    """In so many contents that the reader may see."""

    @property
    def crop(self) -> str:
        """The box as the page's script reads it."""
        return " ".join(f"{share:.5f}" for share in self.box)

    @property
    def view(self) -> str:
        """The box in the units of the covered picture, whose sides are 1,000 each."""
        return " ".join(f"{share * 1000:.1f}" for share in self.box)

    @property
    def width(self) -> int:
        """How wide the boxed part is, in pixels of the preview."""
        return max(1, round(self.box.width * self.tile.width)) if self.tile else 4

    @property
    def height(self) -> int:
        """How high it is."""
        return max(1, round(self.box.height * self.tile.height)) if self.tile else 3


@dataclass(frozen=True, slots=True)
class SightingCard:
    """One sighting: the clue on the left, where it is seen on the right."""

    sighting: Sighting
    clue: ClueCard
    left: Side
    right: Side
    single: bool
    """True where the reader may not see the clue's picture: then what it is seen in stands on the left, alone."""
    turn: str = ""

    @property
    def there(self) -> Side:
        """Where it is seen."""
        return self.left if self.single else self.right

    @property
    def percent(self) -> int:
        """Confidence in whole per cent, never rounded up to certainty."""
        return min(99, int(self.sighting.confidence * 100))

    @property
    def why(self) -> str:
        """The reason in the reader's language."""
        kept = self.sighting.detail.get("reason")
        return reason_from(kept).sentence(translation) if kept else self.sighting.why


def clue_cards(officer: User, clues: Sequence[Clue], counts: Mapping[UUID, int] | None = None) -> list[ClueCard]:
    """Return what is shown of clues (with `agency` loaded), in their order.

    The picture of what is seen everywhere is not given to all who know of it: then its box is as it was drawn.
    """
    contents = open_contents(officer.agency, {clue.content_id for clue in clues})
    tiles = tiles_of(officer, list(contents.values()))
    boxes = {
        clue.pk: shown_box(contents[clue.content_id], box_of(clue)) if clue.content_id in contents else box_of(clue)
        for clue in clues
    }
    return [
        ClueCard(clue, tiles.get(clue.content_id), boxes[clue.pk], (counts or {}).get(clue.pk, 0)) for clue in clues
    ]


def box_of(clue: Clue) -> Box:
    """Return the box of a clue, in shares of the stored picture."""
    return Box(clue.x, clue.y, clue.width, clue.height)


def sighting_cards(officer: User, seen: Sequence[Sighting]) -> list[SightingCard]:
    """Return what is shown of sightings (with clue and content loaded), in their order."""
    clues = {one.clue_id: one.clue for one in seen}
    cards = {card.clue.pk: card for card in clue_cards(officer, list(clues.values()))}
    contents = {one.content_id: one.content for one in seen}
    tiles = tiles_of(officer, list(contents.values()))
    found = sightings(officer.agency, {*contents, *(clue.content_id for clue in clues.values())})
    cards_of_sightings: list[SightingCard] = []
    for one in seen:
        clue = cards[one.clue_id]
        right = Side(tiles[one.content_id], found.get(one.content_id, []), (), hit_marks(one))
        left = _clue_side(one, clue.tile, found.get(one.clue.content_id, []))
        cards_of_sightings.append(SightingCard(one, clue, left or right, right, single=left is None))
    return cards_of_sightings


def _clue_side(seen: Sighting, tile: Tile | None, found: Sequence[Exhibit]) -> Side | None:
    return Side(tile, found, (), clue_marks(seen, tile.content)) if tile else None
