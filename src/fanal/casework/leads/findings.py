"""What techniques say of contents, and what part of a picture an officer means: plain values, before they are rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """A part of a picture, in shares of its stored width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def fits(self) -> bool:
        """Whether it lies within the picture and holds something."""
        return _within(self.x, self.width) and _within(self.y, self.height)


def _within(start: float, length: float) -> bool:
    return 0 <= start < min(1.0, start + length) and length <= 1 and start + length <= 1.0001


@dataclass(frozen=True, slots=True)
class Finding:
    """What one technique says of two contents, from the one with the smaller id to the other."""

    technique: str
    distance: int | None
    confidence: float
    why: str
    detail: Mapping[str, object] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """Return the finding as JSON knows it."""
        return {
            "technique": self.technique,
            "distance": self.distance,
            "confidence": self.confidence,
            "why": self.why,
            "detail": dict(self.detail),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link between two contents, the one with the smaller id first, and what speaks for it, the surest first."""

    contents: tuple[int, int]
    findings: tuple[Finding, ...]
