"""The one shape that every technique's result has."""

from collections.abc import Iterable
from dataclasses import dataclass

IN_THUMBNAIL = -1.0
"""The time of a `pdq/1` print that is not of the picture but of a thumbnail within it that shows something else."""


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
    """Seconds from the start of a video or sound; None for a still picture, see also `IN_THUMBNAIL`."""
    turned: bytes = b""
    """For `pdq/1`: the hashes of the seven other rotations and mirrors, 7 × 32 bytes, for searches of all eight."""


def of_technique(prints: Iterable[Print], technique: str) -> tuple[Print, ...]:
    """Return the prints of one technique, in their order."""
    return tuple(one for one in prints if one.technique == technique)
