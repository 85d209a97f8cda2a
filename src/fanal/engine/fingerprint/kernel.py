"""The loop over pixels, compiled. Imported late: only who hashes pixels pays for the compiler.

Signatures are given, so that importing this module leaves nothing to compile: a confined process that was forked after
the import writes no cache and starts no compiler.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sampling import AxisWeights

_AXIS = "int64[::1], int64[::1], float32[:, ::1]"
_SIGNATURES = [f"float32[:, ::1]({pixel}[:, ::1], {_AXIS}, {_AXIS})" for pixel in ("uint8", "float32")]


def _grid(plane: Any, row_from: Any, row_count: Any, row_weight: Any, from_: Any, count: Any, weight: Any) -> Any:
    # Rows are summed first: the inner loop then runs along memory and the compiler turns it into vector code.
    width = plane.shape[1]
    samples = row_from.shape[0]
    grid = np.empty((samples, samples), np.float32)
    line = np.empty(width, np.float32)
    for i in range(samples):
        line[:] = np.float32(0)
        for k in range(row_count[i]):
            factor = row_weight[i, k]
            row = plane[row_from[i] + k]
            for x in range(width):
                line[x] += factor * np.float32(row[x])
        for j in range(samples):
            total = 0.0
            for k in range(count[j]):
                total += np.float64(weight[j, k]) * np.float64(line[from_[j] + k])
            grid[i, j] = np.float32(total)
    return grid


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        return numba.njit(_SIGNATURES, cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        # No folder can be written to for the cache: compile for this process alone.
        return numba.njit(_SIGNATURES, nogil=True)(function)  # type: ignore[no-any-return]


_grid_compiled = _compiled(_grid)


def grid(
    plane: NDArray[np.uint8] | NDArray[np.float32], rows: AxisWeights, columns: AxisWeights
) -> NDArray[np.float32]:
    """Return float32[64, 64]: the weighted sums of the C-contiguous `plane` along both axes. Releases the GIL."""
    return _grid_compiled(plane, *rows, *columns)  # type: ignore[no-any-return]
