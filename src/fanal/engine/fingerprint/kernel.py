"""The loop over pixels, compiled. Imported late: only who hashes pixels pays for the compiler.

Signatures are given, so that importing this module leaves nothing to compile: a confined process that was forked after
the import writes no cache and starts no compiler.
"""

from typing import Any, cast

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import kernel
from fanal.engine.fingerprint.sampling import AxisWeights, Plane


def _signature(value: Any) -> Any:
    """Return the types for pixels of one kind. Those may be read-only, as bytes from elsewhere are."""
    pixels = types.Array(value, 2, "C", readonly=True)
    line, table = types.Array(types.int64, 1, "C"), types.Array(types.float32, 2, "C")
    axis = (line, line, table)
    return table(pixels, types.Array(types.float32, 1, "C"), *axis, *axis)


_SIGNATURES = [_signature(types.uint8), _signature(types.float32)]


def _grid(
    plane: Any, mix: Any, row_from: Any, row_count: Any, row_weight: Any, from_: Any, count: Any, weight: Any
) -> Any:
    # Rows are summed first, channels still interleaved: the inner loop then runs along memory, as vector code.
    channels = mix.shape[0]
    width = plane.shape[1] // channels
    samples = row_from.shape[0]
    grid = np.empty((samples, samples), np.float32)
    line = np.empty(width * channels, np.float32)
    mixed = np.empty(width, np.float32)
    for i in range(samples):
        line[:] = np.float32(0)
        for k in range(row_count[i]):
            factor = row_weight[i, k]
            row = plane[row_from[i] + k]
            for x in range(width * channels):
                line[x] += factor * np.float32(row[x])
        for x in range(width):
            mixed[x] = mix[0] * line[x * channels]
            for c in range(1, channels):
                mixed[x] += mix[c] * line[x * channels + c]
        for j in range(samples):
            total = 0.0
            for k in range(count[j]):
                total += np.float64(weight[j, k]) * np.float64(mixed[from_[j] + k])
            grid[i, j] = np.float32(total)
    return grid


_grid_compiled: Any = kernel(*_SIGNATURES)(_grid)


def grid(plane: Plane, mix: NDArray[np.float32], rows: AxisWeights, columns: AxisWeights) -> NDArray[np.float32]:
    """Return float32[64, 64]: the weighted sums along both axes of the channels mixed by `mix`. Releases the GIL.

    `plane` is [height, width × channels], C-contiguous, its channels interleaved; `mix` holds one factor a channel.
    """
    return cast("NDArray[np.float32]", _grid_compiled(plane, mix, *rows, *columns))
