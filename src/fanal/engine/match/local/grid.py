"""Finds stored features near a place: a picture's features by the cells of a coarse grid."""

from typing import Any

import numpy as np

from fanal.engine.compiled import inlined

CELLS = 32
"""On a side of the picture."""


@inlined
def cell_of(place: float, size: float) -> int:
    """Return the row or column of the grid in which a place lies; the outermost for what lies outside."""
    return min(CELLS - 1, max(0, int(place * CELLS / size)))


@inlined
def into_cells(there: Any, width: float, height: float) -> tuple[Any, Any]:
    """Return where each cell begins in the list of features that is ordered by cell, and that list."""
    starts = np.zeros(CELLS * CELLS + 1, np.int64)
    cells = np.empty(there.shape[0], np.int64)
    for j in range(there.shape[0]):
        cells[j] = cell_of(there[j, 1], height) * CELLS + cell_of(there[j, 0], width)
        starts[cells[j] + 1] += 1
    for c in range(CELLS * CELLS):
        starts[c + 1] += starts[c]
    free = starts[:-1].copy()
    ordered = np.empty(there.shape[0], np.int64)
    for j in range(there.shape[0]):
        ordered[free[cells[j]]] = j
        free[cells[j]] += 1
    return starts, ordered


@inlined
def crowd(starts: Any, x: float, y: float, reach: float, width: float, height: float) -> float:
    """Return how many features a pixel there are about a place, counted in whole cells."""
    left, right = cell_of(x - reach, width), cell_of(x + reach, width)
    top, bottom = cell_of(y - reach, height), cell_of(y + reach, height)
    count = 0
    for row in range(top, bottom + 1):
        count += starts[row * CELLS + right + 1] - starts[row * CELLS + left]
    cells = (right - left + 1) * (bottom - top + 1)
    return float(count * CELLS * CELLS / (cells * width * height))
