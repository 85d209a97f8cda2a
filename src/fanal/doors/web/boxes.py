"""Boxes on pictures: as an officer draws them on what is shown, and as they are kept, on what is stored."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fanal.casework.evidence.models import Content
from fanal.casework.leads.findings import Box
from fanal.doors.web.turning import as_shown, matrix_of

NUMBERS = ("x", "y", "width", "height")
NOWHERE = Box(-1, -1, 0, 0)


def asked_box(given: Mapping[str, str]) -> Box:
    """Return the box of a form, in shares of the shown picture; one that fits no picture where there is none."""
    try:
        return Box(*(float(given.get(name, "")) for name in NUMBERS))
    except ValueError:
        return NOWHERE


def stored_box(content: Content, shown: Box) -> Box:
    """Return a box of the shown picture as one of the stored pixels."""
    return _turned(shown, matrix_of(as_shown(content)).T)


def shown_box(content: Content, stored: Box) -> Box:
    """Return a box of the stored pixels as one of the shown picture."""
    return _turned(stored, matrix_of(as_shown(content)))


def _turned(box: Box, turn: NDArray[np.int64]) -> Box:
    corner, size = np.array(box, np.float64).reshape(2, 2)
    ends = (np.stack([corner, corner + size]) - 0.5) @ turn.T + 0.5
    low, high = ends.min(axis=0).clip(0, 1), ends.max(axis=0).clip(0, 1)
    x, y, width, height = (round(float(value), 6) for value in (*low, *(high - low)))
    return Box(x, y, width, height)
