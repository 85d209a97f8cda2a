"""Compares every query with every hash: the plainest search, fast enough for the few thousand newest hashes."""

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_U8, READ_U64, kernel
from fanal.engine.match.hamming.bits import distance

_BLOCK = 1024
"""Hashes that stay in the first-level cache while all queries pass over them: 32 KiB."""


@kernel(types.int64(READ_U64, READ_I64, READ_U8, types.int64, READ_U64, types.int64, types.int64[::1]))
def scan(
    hashes: NDArray[np.uint64],
    ids: NDArray[np.int64],
    dead: NDArray[np.uint8],
    count: int,
    queries: NDArray[np.uint64],
    radius: int,
    room: NDArray[np.int64],
) -> int:
    """Write every pair within the radius as query, id and distance, each in a third of the room; return how many.

    The first `count` hashes are searched. Pairs beyond the room are counted, not written.
    """
    third = room.size // 3
    stored, asked = hashes.ctypes.data, queries.ctypes.data
    found = 0
    for start in range(0, count, _BLOCK):
        for query in range(queries.size // 4):
            for row in range(start, min(start + _BLOCK, count)):
                apart = distance(stored, row, asked, query)
                if apart <= radius and not dead[row]:
                    if found < third:
                        room[found] = query
                        room[third + found] = ids[row]
                        room[2 * third + found] = apart
                    found += 1
    return found
