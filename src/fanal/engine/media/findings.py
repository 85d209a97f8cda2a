"""What the wall lets through about one file: facts, prints and small previews; nothing here holds original bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanal.engine.fingerprint.prints import Print

__all__ = ["Fact", "Findings", "Preview", "Print"]

Fact = str | int | float


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture made anew from pixels, safe to show."""

    image: bytes
    """JPEG, baseline."""
    width: int
    height: int
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is learned from one file."""

    media_type: str
    """Such as `image/jpeg`."""
    family: str
    """`image`, `video`, `audio`, `archive` or `other`."""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    """Seconds."""
    frames: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    prints: tuple[Print, ...] = ()
    previews: tuple[Preview, ...] = ()
    """The first, where there is one, is a glimpse of a few pixels; the pictures follow it."""
