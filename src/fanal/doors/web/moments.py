"""Which second of a recording a lead speaks of, and which of its stills shows that second best."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from fanal.casework.leads.models import Lead
from fanal.doors.web.tiles import Still, Tile
from fanal.engine.match.phrases import clock


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording, in seconds."""

    start: float
    end: float

    def __str__(self) -> str:
        return f"{clock(self.start)}–{clock(self.end)}"


Moments = tuple[Sequence[Stretch], Sequence[Stretch]]
"""The stretches of the left and of the right side that agree, pair by pair; empty for a side that is a picture."""


def moments_of(lead: Lead) -> Moments:
    """Return the stretches that the lead speaks of, in the order of the lead's own sides."""
    pairs = lead.detail.get("segments", [])
    left, right = ([Stretch(*pair[side]) for pair in pairs] for side in (0, 1))
    moves = [content.duration is not None for content in (lead.left, lead.right)]
    return left if moves[0] else [], right if moves[1] else []


def stills_of(left: Tile, right: Tile, moments: Moments) -> tuple[Still | None, Still | None]:
    """Return the stills that show what agrees: of two films, the two that lie nearest to the same moment."""
    if moments[0] and moments[1]:
        return _together(left, right, moments[0][0], moments[1][0])
    return _nearest(left, moments[0]), _nearest(right, moments[1])


def _nearest(tile: Tile, stretches: Sequence[Stretch]) -> Still | None:
    timed = [still for still in tile.stills if still.time is not None]
    if not stretches or not timed:
        return None
    return min(timed, key=lambda still: abs((still.time or 0.0) - stretches[0].start))


def _together(left: Tile, right: Tile, here: Stretch, there: Stretch) -> tuple[Still | None, Still | None]:
    def apart(pair: tuple[Still, Still]) -> tuple[float, float]:
        first, second = (still.time or 0.0 for still in pair)
        outside = max(here.start - first, first - here.end, there.start - second, second - there.end, 0.0)
        return outside + abs((first - here.start) - (second - there.start)), first

    pairs = product(left.stills, right.stills)
    return min(pairs, key=apart, default=(None, None))
