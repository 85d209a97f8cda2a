"""The one shape that every technique's result has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

IN_THUMBNAIL = -1.0
"""The time of a `pdq/1` print that is not of the picture but of a thumbnail within it that shows something else."""

_IN_CELL = -100_000_000.0
_PERCENT = 100


class Cell(NamedTuple):
    """Where a picture lies within a collage: left and upper edge and size, in per cent of the collage's own."""

    x: int
    y: int
    width: int
    height: int


def in_cell(cell: Cell) -> float:
    """Return the time of a `pdq/1` print that is of one picture of a collage: it tells which."""
    code = 0
    for number in (cell.x, cell.y, cell.width - 1, cell.height - 1):
        code = code * _PERCENT + max(0, min(number, _PERCENT - 1))
    return _IN_CELL - code


def cell_at(time: float | None) -> Cell | None:
    """Return the cell that a print is of, by its time; None where it is of no cell."""
    if time is None or not _IN_CELL - _PERCENT**4 < time <= _IN_CELL:
        return None
    code, numbers = int(_IN_CELL - time), []
    for _ in range(4):
        code, number = divmod(code, _PERCENT)
        numbers.append(number)
    height, width, y, x = numbers
    return Cell(x, y, width + 1, height + 1)


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
    """Seconds from the start of a video or sound; None for a still picture, see also `IN_THUMBNAIL` and `in_cell`."""
    turned: bytes = b""
    """For `pdq/1`: the hashes of the seven other rotations and mirrors, 7 × 32 bytes, for searches of all eight."""


def of_technique(prints: Iterable[Print], technique: str) -> tuple[Print, ...]:
    """Return the prints of one technique, in their order."""
    return tuple(one for one in prints if one.technique == technique)
