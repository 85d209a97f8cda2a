"""What the wall lets through about one file: facts, prints and small previews; nothing here holds original bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = str | int | float


@dataclass(frozen=True, slots=True)
class Print:
    """A comparable summary of a content."""

    technique: str
    """Technique and version, such as `pdq/1`."""
    data: bytes
    """For `pdq/1`: 32 bytes, most significant bit first, as published PDQ hashes are written."""
    quality: int | None = None
    """0 to 100 where the technique knows; None where it does not."""
    time: float | None = None
    """Seconds from the start of a video or sound; None for a still picture."""
    turned: bytes = b""
    """For `pdq/1`: the hashes of the seven other rotations and mirrors, 7 × 32 bytes, for searches of all eight."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture made anew from pixels, safe to show."""

    image: bytes
    """WebP."""
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
