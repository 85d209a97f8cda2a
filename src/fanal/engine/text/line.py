"""One line of text as it was read in a picture, and all lines of one picture or frame."""

import math
from dataclasses import dataclass

Spot = tuple[float, float]
"""x and y in pixels of a stored picture."""
Quad = tuple[Spot, Spot, Spot, Spot]
"""Corners in the order of reading: where the line begins at its upper edge, then on around it."""


SURE = 0.85
"""Confidence from which on a line is taken for what it says: below, patterns are read as words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text."""

    text: str
    corners: Quad
    confidence: float
    """From 0 to 1: the mean of what the recogniser gives each character. It is no probability that all is right."""

    @property
    def direction(self) -> int:
        """Whole degrees from -179 to 180 by which the line runs clockwise from left to right; 90 runs downwards."""
        (x0, y0), (x1, y1) = self.corners[:2]
        degrees = round(math.degrees(math.atan2(y1 - y0, x1 - x0)))
        return 180 if degrees == -180 else degrees


@dataclass(frozen=True, slots=True)
class Page:
    """What was read in one picture, or in one frame of a film."""

    width: int
    height: int
    """Of the stored picture, in pixels."""
    lines: tuple[Line, ...]
    time: float | None = None
    """Seconds into a film; None for a still picture."""
