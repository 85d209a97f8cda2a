"""The eight ways in which a picture may lie: as it is, and its seven other rotations and mirrors."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Orientation(IntEnum):
    """What was done to the first picture to get the second, in the order in which PDQ publishes its eight hashes."""

    SAME = 0
    LEFT = 1
    """Turned by 90° to the left."""
    HALF = 2
    RIGHT = 3
    UPSIDE_DOWN = 4
    """Mirrored top to bottom."""
    MIRRORED = 5
    """Mirrored left to right."""
    MAIN_DIAGONAL = 6
    """Mirrored along the diagonal from top left to bottom right: turned to the left, then upside down."""
    OTHER_DIAGONAL = 7

    @property
    def inverse(self) -> "Orientation":
        """What is to be done to the second picture to get the first."""
        return {Orientation.LEFT: Orientation.RIGHT, Orientation.RIGHT: Orientation.LEFT}.get(self, self)


# Rows of (x, y, 1) with width and height 1: where a point of the unit square goes.
_UNIT: dict[Orientation, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    Orientation.SAME: ((1, 0, 0), (0, 1, 0)),
    Orientation.LEFT: ((0, 1, 0), (-1, 0, 1)),
    Orientation.HALF: ((-1, 0, 1), (0, -1, 1)),
    Orientation.RIGHT: ((0, -1, 1), (1, 0, 0)),
    Orientation.UPSIDE_DOWN: ((1, 0, 0), (0, -1, 1)),
    Orientation.MIRRORED: ((-1, 0, 1), (0, 1, 0)),
    Orientation.MAIN_DIAGONAL: ((0, 1, 0), (1, 0, 0)),
    Orientation.OTHER_DIAGONAL: ((0, -1, 1), (-1, 0, 1)),
}

Size = tuple[int, int]
"""Width and height in pixels."""


def homography(orientation: Orientation, query: Size, reference: Size) -> NDArray[np.float64]:
    """Return the 3 × 3 matrix that takes pixels (x, y) of the query to those of the reference; its last element is 1.

    Pixel (0, 0) is the centre of the first pixel. The whole of one picture is taken to be the whole of the other.
    """
    to_unit = np.array([[1 / query[0], 0, 0.5 / query[0]], [0, 1 / query[1], 0.5 / query[1]], [0, 0, 1]])
    turn = np.array([*_UNIT[orientation], (0, 0, 1)], float)
    to_pixels = np.array([[reference[0], 0, -0.5], [0, reference[1], -0.5], [0, 0, 1]], float)
    return np.asarray(to_pixels @ turn @ to_unit)
