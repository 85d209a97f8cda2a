"""Sorts hashes into the buckets of each band."""

import mmap
from typing import Any

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_U8, READ_U32, READ_U64, inlined, kernel
from fanal.engine.instructions import byte, pack, packed, prefetch, put, put_byte, touch
from fanal.engine.match.hamming.bands import LINE
from fanal.engine.match.hamming.bits import WORDS, window

_SMALL = 1 << 22


def zeros(length: int, kind: type[np.generic]) -> NDArray[Any]:
    """Return an array of zeros that begins at a cache line, so that no hash lies across two.

    A large one lies in huge pages where the system has them: random access then seldom waits for an address.
    """
    size = np.dtype(kind).itemsize * length
    if size < _SMALL:
        raw = np.zeros(size + LINE, np.uint8)
        start = -raw.ctypes.data % LINE
        return raw[start : start + size].view(kind)
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, kind, length)


@inlined
def _key(base: int, row: int, start: int, width: int) -> int:
    return np.int64(window(base, row, start) & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))  # type: ignore[return-value]


@kernel(types.void(READ_U64, types.int64, types.int64, types.uint32[::1]))
def count_keys(hashes: NDArray[np.uint64], start: int, width: int, table: NDArray[np.uint32]) -> None:
    """Add to table[key + 2] the number of hashes with a key in the band; `table` has 2**width + 2 numbers."""
    base = hashes.ctypes.data
    count = hashes.size // WORDS
    for row in range(count):
        prefetch(table, _key(base, min(row + 24, count - 1), start, width) + 2)
        table[_key(base, row, start, width) + 2] += np.uint32(1)


_PLACE_HASHES = [
    types.void(READ_U64, numbers, types.int64, types.uint32[::1], types.uint64[::1], numbers)
    for numbers in (types.uint32[::1], types.int64[::1])
]


@kernel(*_PLACE_HASHES)
def place_hashes(
    hashes: NDArray[np.uint64],
    ids: NDArray[np.int64],
    width: int,
    table: NDArray[np.uint32],
    own: NDArray[np.uint64],
    own_ids: NDArray[np.int64],
) -> None:
    """Write hashes and ids in order of the first band's keys; once all are, those of a key stand at
    table[key]:table[key + 1]. Before, table[key + 1] tells how many hashes have smaller keys.
    """
    base = hashes.ctypes.data
    count = hashes.size // WORDS
    for row in range(count):
        prefetch(table, _key(base, min(row + 24, count - 1), 0, width) + 1)
        at = np.int64(table[_key(base, min(row + 12, count - 1), 0, width) + 1])
        prefetch(own, at * WORDS)
        prefetch(own_ids, at)
        key = _key(base, row, 0, width) + 1
        place = np.int64(table[key])
        for word in range(WORDS):
            own[place * WORDS + word] = hashes[row * WORDS + word]
        own_ids[place] = ids[row]
        table[key] += np.uint32(1)


@inlined
def _write_window(windows: int, size: int, hashes: int, row: int, start: int) -> None:
    """Write the window of a row at an address."""
    wanted = window(hashes, row, start)
    if size >= 8:
        put(windows, 0, np.int64(wanted))
        if size == 16:
            put(windows, 1, np.int64(window(hashes, row, start + 64)))
        return
    for place in range(size):
        put_byte(windows, place, np.int64(wanted >> np.uint64(8 * place)))


@kernel(
    types.void(
        READ_U64,
        types.int64,
        types.int64,
        types.int64,
        types.uint32[::1],
        types.uint8[::1],
        types.uint8[::1],
        types.int64,
        types.int64,
    )
)
def place_entries(
    hashes: NDArray[np.uint64],
    start: int,
    width: int,
    size: int,
    table: NDArray[np.uint32],
    windows: NDArray[np.uint8],
    rows: NDArray[np.uint8],
    bits: int,
    first: int,
) -> None:
    """Write row (from entry `first` on) and window of each hash in order of their keys, and finish the table as
    `place_hashes` does.
    """
    base, beside, numbers = hashes.ctypes.data, windows.ctypes.data, rows.ctypes.data
    count = hashes.size // WORDS
    for row in range(count):
        prefetch(table, _key(base, min(row + 24, count - 1), start, width) + 1)
        at = np.int64(table[_key(base, min(row + 12, count - 1), start, width) + 1])
        touch(beside + at * size)
        touch(numbers + ((first + at) * bits >> 3))
        key = _key(base, row, start, width) + 1
        place = np.int64(table[key])
        _write_window(beside + int(place) * size, size, base, row, start + width)
        pack(numbers, first + place, bits, row)
        table[key] += np.uint32(1)


@kernel(types.void(READ_U8, types.int64, types.int64, types.uint32[::1]))
def unpack_rows(rows: NDArray[np.uint8], bits: int, first: int, out: NDArray[np.uint32]) -> None:
    """Write the packed numbers from entry `first` on."""
    for at in range(out.size):
        out[at] = packed(rows.ctypes.data, first + at, bits)


@kernel(types.void(READ_U32, types.uint8[::1], types.int64, types.int64))
def pack_rows(numbers: NDArray[np.uint32], rows: NDArray[np.uint8], bits: int, first: int) -> None:
    """Pack numbers in place of those that stand from entry `first` on."""
    base = rows.ctypes.data
    for at in range(first * bits, (first + numbers.size) * bits):
        put_byte(base, at >> 3, byte(base, at >> 3) & ~(1 << (at & 7)))
    for at in range(numbers.size):
        pack(base, first + at, bits, np.int64(numbers[at]))


_MARK = [
    types.int64(numbers, READ_I64, READ_U8, types.int64, types.uint8[::1])
    for numbers in (types.Array(types.uint32, 1, "C", readonly=True), READ_I64)
]


@kernel(*_MARK)
def mark(
    ids: NDArray[np.int64], wanted: NDArray[np.int64], by_id: NDArray[np.uint8], bits: int, dead: NDArray[np.uint8]
) -> int:
    """Mark all rows of the wanted ids in `dead`, and return how many were not marked before.

    `by_id` lists the rows in order of their ids, packed.
    """
    fresh = 0
    listed = by_id.ctypes.data
    for at in range(wanted.size):
        low, high = 0, ids.size
        while low < high:
            middle = (low + high) // 2
            if np.int64(ids[packed(listed, middle, bits)]) < wanted[at]:
                low = middle + 1
            else:
                high = middle
        while low < ids.size and np.int64(ids[packed(listed, low, bits)]) == wanted[at]:
            row = packed(listed, low, bits)
            fresh += 1 - dead[row]
            dead[row] = 1
            low += 1
    return fresh


_MARK_SCANNING = [
    types.int64(numbers, READ_I64, types.uint8[::1])
    for numbers in (types.Array(types.uint32, 1, "C", readonly=True), READ_I64)
]
_SIEVE = 1 << 16


@kernel(*_MARK_SCANNING)
def mark_scanning(ids: NDArray[np.int64], wanted: NDArray[np.int64], dead: NDArray[np.uint8]) -> int:
    """Do what `mark` does for wanted ids in order, by looking at every id."""
    sieve = np.zeros(_SIEVE, np.uint8)
    for at in range(wanted.size):
        sieve[wanted[at] & (_SIEVE - 1)] = 1
    fresh = 0
    for row in range(ids.size):
        number = np.int64(ids[row])
        if not sieve[number & (_SIEVE - 1)]:
            continue
        at = int(np.searchsorted(wanted, number))
        if at < wanted.size and wanted[at] == number:
            fresh += 1 - dead[row]
            dead[row] = 1
    return fresh
