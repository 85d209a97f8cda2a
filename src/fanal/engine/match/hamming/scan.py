"""Compares every query with every hash: the plainest search, fast enough for the few thousand newest hashes."""

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_U8, READ_U64, kernel
from fanal.engine.match.hamming.bits import distance

_BLOCK = 1024
"""Hashes that stay in the first-level cache while all queries pass over them: 32 KiB."""


_WRITE = types.int64[::1]


@kernel(types.int64(READ_U64, READ_I64, READ_U8, types.int64, READ_U64, types.int64, _WRITE, _WRITE, _WRITE))
def scan(
    hashes: NDArray[np.uint64],
    ids: NDArray[np.int64],
    dead: NDArray[np.uint8],
    count: int,
    queries: NDArray[np.uint64],
    radius: int,
    hit_queries: NDArray[np.int64],
    hit_ids: NDArray[np.int64],
    hit_distances: NDArray[np.int64],
) -> int:
    """Write every pair within the radius and return how many there are.

    The first `count` hashes are searched. Pairs beyond the room of the three arrays are counted, not written.
    """
    stored, asked = hashes.ctypes.data, queries.ctypes.data
    found = 0
    for start in range(0, count, _BLOCK):
        for query in range(queries.size // 4):
            for row in range(start, min(start + _BLOCK, count)):
                apart = distance(stored, row, asked, query)
                if apart <= radius and not dead[row]:
                    if found < hit_ids.size:
                        hit_queries[found] = query
                        hit_ids[found] = ids[row]
                        hit_distances[found] = apart
                    found += 1
    return found
