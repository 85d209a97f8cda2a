"""Sorts hashes into the buckets of each band."""

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_U32, READ_U64, kernel
from fanal.engine.match.hamming.bits import WORDS, window
from fanal.engine.match.hamming.instructions import prefetch

LINE = 64
"""Bytes of a cache line."""


def aligned(length: int, kind: type[np.generic]) -> NDArray[np.generic]:
    """Return an empty array that begins at a cache line, so that no hash lies across two."""
    size = np.dtype(kind).itemsize
    raw = np.empty(length * size + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + length * size].view(kind)


@kernel(types.void(READ_U64, types.int64, types.int64, types.uint32[::1]))
def count_keys(hashes: NDArray[np.uint64], start: int, width: int, table: NDArray[np.uint32]) -> None:
    """Set table[key + 1] to the number of hashes with a smaller key in the band; `table` has 2**width + 2 zeros."""
    base = hashes.ctypes.data
    mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    for row in range(hashes.size // WORDS):
        table[np.int64(window(base, row, start) & mask) + 2] += np.uint32(1)
    for key in range(2, table.size):
        table[key] += table[key - 1]


@kernel(types.void(READ_U64, types.int64, types.int64, types.uint32[::1], types.uint32[::1]))
def place_rows(
    hashes: NDArray[np.uint64], start: int, width: int, table: NDArray[np.uint32], order: NDArray[np.uint32]
) -> None:
    """Write the rows in order of their keys; afterwards those of a key stand at table[key]:table[key + 1]."""
    base = hashes.ctypes.data
    mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    for row in range(hashes.size // WORDS):
        key = np.int64(window(base, row, start) & mask) + 1
        order[table[key]] = np.uint32(row)
        table[key] += np.uint32(1)


@kernel(types.void(READ_U64, types.int64, types.int64, types.uint32[::1], types.uint64[::1], types.uint32[::1]))
def place_entries(
    hashes: NDArray[np.uint64],
    start: int,
    width: int,
    table: NDArray[np.uint32],
    windows: NDArray[np.uint64],
    rows: NDArray[np.uint32],
) -> None:
    """Write row and window of each hash in order of their keys, and finish the table as `place_rows` does."""
    base = hashes.ctypes.data
    mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    count = hashes.size // WORDS
    ahead = 24
    for row in range(count):
        coming = min(row + ahead, count - 1)
        prefetch(table, np.int64(window(base, coming, start) & mask) + 1)
        near = min(row + ahead // 2, count - 1)
        at = np.int64(table[np.int64(window(base, near, start) & mask) + 1])
        prefetch(windows, at)
        prefetch(rows, at)
        key = np.int64(window(base, row, start) & mask) + 1
        place = table[key]
        windows[place] = window(base, row, start + width)
        rows[place] = np.uint32(row)
        table[key] = place + np.uint32(1)


@kernel(types.void(READ_U64, READ_I64, READ_U32, types.uint64[::1], types.int64[::1]))
def gather(
    hashes: NDArray[np.uint64],
    ids: NDArray[np.int64],
    order: NDArray[np.uint32],
    out_hashes: NDArray[np.uint64],
    out_ids: NDArray[np.int64],
) -> None:
    """Copy hashes and ids in the given order."""
    for place in range(order.size):
        ahead = order[min(place + 16, order.size - 1)]
        prefetch(hashes, np.int64(ahead) * WORDS)
        row = np.int64(order[place])
        for word in range(WORDS):
            out_hashes[place * WORDS + word] = hashes[row * WORDS + word]
        out_ids[place] = ids[row]


@kernel(types.int64(READ_I64, READ_U32, READ_I64, types.uint8[::1]))
def mark(ids: NDArray[np.int64], by_id: NDArray[np.uint32], wanted: NDArray[np.int64], dead: NDArray[np.uint8]) -> int:
    """Mark all rows of the wanted ids in `dead`, and return how many were not marked before.

    `by_id` lists the rows in order of their ids.
    """
    fresh = 0
    for at in range(wanted.size):
        low, high = 0, by_id.size
        while low < high:
            middle = (low + high) // 2
            if ids[by_id[middle]] < wanted[at]:
                low = middle + 1
            else:
                high = middle
        while low < by_id.size and ids[by_id[low]] == wanted[at]:
            fresh += 1 - dead[by_id[low]]
            dead[by_id[low]] = 1
            low += 1
    return fresh
