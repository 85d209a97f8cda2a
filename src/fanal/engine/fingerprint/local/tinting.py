"""Adds up the colours about each feature: as many pixels of a large one as of a small one."""

from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import kernel

ACROSS = 7
"""So many pixels across, and as many down, are read of each feature, however large it is."""
REACH = 1.5
"""They lie within so many of its scales."""

_PIXELS = types.Array(types.uint8, 3, "C", readonly=True)
_PLACES = types.Array(types.float32, 2, "C", readonly=True)
_SCALES = types.Array(types.float32, 1, "C", readonly=True)


@kernel(types.void(_PIXELS, _PLACES, _SCALES, types.float64, types.float64, types.int64[:, ::1]))
def add_up(pixels: Any, places: Any, scales: Any, across: float, down: float, sums: Any) -> None:
    """Add up red, green and blue of the pixels about each feature; `across` and `down`: pixels to one of its units."""
    height, width = pixels.shape[0], pixels.shape[1]
    step = 2 * REACH / (ACROSS - 1)
    for k in range(places.shape[0]):
        for i in range(ACROSS):
            y = np.floor((places[k, 1] + (i * step - REACH) * scales[k] + 0.5) * down)
            row = int(min(max(y, 0), height - 1))
            for j in range(ACROSS):
                x = np.floor((places[k, 0] + (j * step - REACH) * scales[k] + 0.5) * across)
                column = int(min(max(x, 0), width - 1))
                for c in range(3):
                    sums[k, c] += pixels[row, column, c]
