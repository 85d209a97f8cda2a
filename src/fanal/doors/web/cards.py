"""What is shown of a lead: its two sides, the officer's own on the left, and why it was proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from fanal.casework.evidence.models import Content, Exhibit
from fanal.casework.evidence.queries import sightings
from fanal.casework.leads.models import Lead
from fanal.core.access.models import Agency, User
from fanal.doors.web.marks import Marks, marks_of
from fanal.doors.web.moments import Stretch, moments_of, stills_of
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.doors.web.turning import css_matrix, turn_between
from fanal.engine.match.explain import reason_from
from fanal.engine.match.techniques import named

# What stands beside the short name of a technique.
TECHNIQUES = {
    "exact/1": _("Equal bytes"),
    "pdq/1": _("Fingerprint of the picture"),
    "video/1": _("Fingerprint of each second of film"),
    "local/1": _("Part of the picture"),
    "audio/1": _("Recording"),
    "camera/1": _("Camera"),
    "text/1": _("Text that was read"),
}


def _title(technique: str) -> str:
    """Return what an officer calls a technique; an added one has given its own title, while it is installed."""
    if technique in TECHNIQUES:
        return str(TECHNIQUES[technique])
    known = named(technique)
    return (known.title if known else "") or technique.partition("/")[0].replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a lead: the content, where it was found, and when in it."""

    tile: Tile
    found: Sequence[Exhibit]
    stretches: Sequence[Stretch] = ()
    marks: Marks | None = None
    """What the other side has too, drawn over the picture."""

    @property
    def agency(self) -> Agency | None:
        """Whose it is: that of the first place where it was found."""
        return self.found[0].submission.agency if self.found else None


@dataclass(frozen=True, slots=True)
class Said:
    """What one technique says of a lead."""

    name: str
    """The technique's own, with its version."""
    technique: str
    percent: int
    why: str


@dataclass(frozen=True, slots=True)
class Card:
    """One lead as lists and the compare view show it."""

    lead: Lead
    left: Side
    right: Side
    swapped: bool
    """True when the lead's own right side is shown on the left."""

    @property
    def single(self) -> bool:
        """True when both sides are one content, held by several agencies."""
        return self.lead.left_id == self.lead.right_id

    @property
    def agencies(self) -> Sequence[Agency]:
        """All agencies that hold a side, as far as the officer may know; each once."""
        found = [exhibit.submission.agency for side in (self.left, self.right) for exhibit in side.found]
        return list(dict.fromkeys(found))

    @property
    def percent(self) -> int:
        """Confidence in whole per cent, never rounded up to certainty."""
        return _percent(self.lead.confidence)

    @property
    def why(self) -> str:
        """The reason as it reads from left to right, in the reader's language."""
        return self._told(self.lead.why, self.lead.detail)

    @property
    def findings(self) -> Sequence[Said]:
        """What every technique says, the surest first."""
        return [
            Said(
                said["technique"],
                _title(said["technique"]),
                _percent(said["confidence"]),
                self._told(said["why"], said["detail"]),
            )
            for said in self.lead.findings
        ]

    def _told(self, why: str, detail: Mapping[str, Any]) -> str:
        kept = detail.get("reason")
        if kept is None:
            return why
        reason = reason_from(kept)
        return (reason.reversed if self.swapped else reason).sentence(translation)

    @property
    def turn(self) -> str:
        """What lays the right picture over the left one, as a matrix of CSS; empty when they lie alike."""
        between = turn_between(self.lead.detail.get("orientation", 0), self.lead.left, self.lead.right)
        return css_matrix(between if self.swapped else between.T)


def cards_of(officer: User, leads: Sequence[Lead]) -> list[Card]:
    """Return what is shown of leads (with `left` and `right` loaded), in their order.

    The officer's own material is on the left where one side is theirs.
    """
    contents: dict[int, Content] = {content.pk: content for lead in leads for content in (lead.left, lead.right)}
    tiles = tiles_of(officer, list(contents.values()))
    found = sightings(officer.agency, contents)
    return [_card(officer, lead, tiles, found) for lead in leads]


def _card(officer: User, lead: Lead, tiles: dict[int, Tile], found: dict[int, list[Exhibit]]) -> Card:
    left, right = found.get(lead.left_id, []), found.get(lead.right_id, [])
    if lead.left_id == lead.right_id:
        mine, others = _shared(officer, left)
        return Card(lead, Side(tiles[lead.left_id], mine), Side(tiles[lead.left_id], others), swapped=False)
    moments = moments_of(lead)
    stills = stills_of(tiles[lead.left_id], tiles[lead.right_id], moments)
    marks = marks_of(lead) or (None, None)
    sides = (
        Side(tiles[lead.left_id].showing(stills[0]), left, moments[0], marks[0]),
        Side(tiles[lead.right_id].showing(stills[1]), right, moments[1], marks[1]),
    )
    swapped = _has_own(officer, right) and not _has_own(officer, left)
    first, second = sides[::-1] if swapped else sides
    return Card(lead, first, second, swapped)


def _shared(officer: User, found: Sequence[Exhibit]) -> tuple[Sequence[Exhibit], Sequence[Exhibit]]:
    """Return where the officer's agency (or else the first one) has the content, and where others have it."""
    mine = officer.agency_id if _has_own(officer, found) else found[0].submission.agency_id
    return (
        [exhibit for exhibit in found if exhibit.submission.agency_id == mine],
        [exhibit for exhibit in found if exhibit.submission.agency_id != mine],
    )


def _has_own(officer: User, found: Sequence[Exhibit]) -> bool:
    return any(exhibit.submission.agency_id == officer.agency_id for exhibit in found)


def _percent(confidence: float) -> int:
    return min(99, int(confidence * 100)) if confidence < 1 else 100
