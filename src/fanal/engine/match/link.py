"""What two contents have in common: how sure, why, and how the one lies in the other."""

from dataclasses import dataclass, replace

import numpy as np

from fanal.engine.match.explain import Reason
from fanal.engine.match.orientation import Orientation

Span = tuple[float, float]
"""Seconds from and to."""
Spot = tuple[float, float]
"""x and y in pixels of a stored picture."""
PointPair = tuple[float, float, float, float]
"""x and y in the query, x and y in the other."""
MOST_POINTS = 60
"""So many matched points are kept to be drawn; more cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link from a query to another content."""

    technique: str
    confidence: float
    accepted: bool
    """Our verdict at the published operating point; what is not accepted is a suggestion."""
    why: Reason
    distance: int | None = None
    """Bits that differ, where the technique counts them."""
    orientation: Orientation = Orientation.SAME
    """What was done to the first to get the second."""
    segments: tuple[tuple[Span, Span], ...] = ()
    """Stretches in seconds: of the query, of the other."""
    agreeing: int = 0
    """Points or peaks that agree, where the technique counts them."""
    needed: int = 0
    """So many of them make a link, where the technique says so."""
    transform: tuple[float, ...] | None = None
    """Nine numbers, row by row: the homography from pixels of the query to those of the other."""
    points: tuple[PointPair, ...] = ()
    """Some of the points that agree, spread over the part that is shared."""
    here: tuple[Spot, ...] = ()
    """Outline, in the query, of what the other shows."""
    there: tuple[Spot, ...] = ()
    """Outline, in the other, of what the query shows."""
    parts: tuple["Link", ...] = ()
    """Further transforms of the same pair, as collages have."""

    @property
    def reversed(self) -> "Link":
        """The link as it reads from the other content to the query."""
        inverse = None
        if self.transform is not None:
            matrix = np.linalg.inv(np.array(self.transform).reshape(3, 3))
            inverse = tuple(float(value) for value in (matrix / matrix[2, 2]).ravel())
        return replace(
            self,
            why=self.why.reversed,
            orientation=self.orientation.inverse,
            segments=tuple((there, here) for here, there in self.segments),
            transform=inverse,
            points=tuple((c, d, a, b) for a, b, c, d in self.points),
            here=self.there,
            there=self.here,
            parts=tuple(part.reversed for part in self.parts),
        )
