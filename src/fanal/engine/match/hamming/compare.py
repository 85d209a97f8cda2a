"""What is done with a bucket once it is found: windows, then rows, then whole hashes, each asked for before its use."""

from typing import Any, NamedTuple

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_I64_ROWS, READ_U32, READ_U64, inlined
from fanal.engine.instructions import (
    byte,
    lowest,
    near_of,
    number,
    packed,
    popcount,
    put,
    touch,
    word,
)
from fanal.engine.match.hamming.bands import COLUMNS, REACH, SIZE, START, STEP, WIDTH
from fanal.engine.match.hamming.bits import WORDS, distance, window

PASSED = 1024
"""Entries whose windows passed that a task can note."""

_LINE = 64
_AHEAD = 32
"""So many cache lines of a bucket are asked for."""

SIGNATURE = types.int64(
    READ_I64, READ_I64_ROWS, READ_U32, READ_I64, READ_U64, types.int64, types.int64, types.int64[::1]
)
"""Addresses of an index, bands and masks, places of windows, queries, radius, row before the first, room."""


class Index(NamedTuple):
    """Addresses of the arrays of an index, and how many hashes and crowds there are."""

    hashes: int
    dead: int
    tables: int
    windows: int
    rows: int
    row_bits: int
    entries: int
    crowd_places: int
    crowd_pivots: int
    crowd_counts: int
    crowds: int


class Search(NamedTuple):
    """Addresses of what is searched for and how."""

    bands: int
    depth: int
    masks: int
    places: int
    queries: int
    many: int
    radius: int
    above: int
    """A hash is paired with query number q only if its row is greater than `above + q`."""


ITEM = 5
"""Words of an item."""


class Task(NamedTuple):
    """Addresses of what one task under way knows."""

    sizes: int
    """Items, buckets, entries that passed."""
    items: int
    """Band, query, key and two words of window of each item."""
    buckets: int
    """First entry, end, item and allowed distance of each bucket."""
    passed: int
    """Entry (later: row) and item of each entry that passed."""


class Out(NamedTuple):
    queries: int
    rows: int
    distances: int
    room: int


@inlined
def index_at(addresses: NDArray[np.int64]) -> Index:
    return Index(
        addresses[0],
        addresses[1],
        addresses[2],
        addresses[3],
        addresses[4],
        addresses[5],
        addresses[6],
        addresses[7],
        addresses[8],
        addresses[9],
        addresses[10],
    )


@inlined
def search_of(
    bands: NDArray[np.int64],
    masks: NDArray[np.uint32],
    places: NDArray[np.int64],
    queries: NDArray[np.uint64],
    radius: int,
    above: int,
) -> Search:
    return Search(
        bands.ctypes.data,
        bands.shape[0],
        masks.ctypes.data,
        places.ctypes.data,
        queries.ctypes.data,
        queries.size // WORDS,
        radius,
        above,
    )


@inlined
def out_into(room: NDArray[np.int64]) -> Out:
    third = room.size // 3
    start = room.ctypes.data
    return Out(start, start + third * 8, start + third * 16, third)


@inlined
def of(search: Search, band: int, column: int) -> int:
    return number(search.bands, band * COLUMNS + column)  # type: ignore[no-any-return]


@inlined
def windows_of(search: Search, index: Index, band: int) -> int:
    """Return the address of a band's windows; those of the first are the hashes."""
    return index.hashes if band == 0 else index.windows + number(search.places, band)


@inlined
def put_item(search: Search, items: int, at: int, band: int, query: int) -> int:
    """Write what is known of a query at a band, and return its key."""
    start, width = of(search, band, START), of(search, band, WIDTH)
    key = np.int64(window(search.queries, query, start) & cut(width))
    put(items, at * ITEM, band)
    put(items, at * ITEM + 1, query)
    put(items, at * ITEM + 2, key)
    put(items, at * ITEM + 3, np.int64(window(search.queries, query, start + width)))
    put(items, at * ITEM + 4, np.int64(window(search.queries, query, start + width + 64)))
    return key  # type: ignore[return-value]


@inlined
def cut(width: int) -> np.uint64:
    return (np.uint64(1) << np.uint64(width)) - np.uint64(1)


@inlined
def ask_lines(base: int, first: int, end: int, size: int) -> None:
    """Ask for the windows of a bucket; of a very long one for its beginning, as the processor reads on."""
    if size == 0:
        return
    start, last = base + first * size, base + end * size - 1
    touch(last)
    for at in range(start, min(last, start + _AHEAD * _LINE), _LINE):
        touch(at)


def _scanner(size: int) -> Any:
    """Return what passes over windows of so many bytes until some are near: where these are, and a mask of them.

    Two cache lines at a time, as a branch costs more than a comparison.
    """
    near_windows, step = near_of(size), _LINE // size

    @inlined
    def scan(base: int, at: int, end: int, wanted: np.uint64, more: np.uint64, allowed: int) -> tuple[int, int]:
        while at + step < end:
            first = near_windows(base + at * size, wanted, more, allowed)
            second = near_windows(base + (at + step) * size, wanted, more, allowed)
            if first | second:
                return (at, first) if first else (at + step, second)
            at += 2 * step
        return at, near_windows(base + at * size, wanted, more, allowed) if at < end else 0

    return scan


_scan_1, _scan_2, _scan_4, _scan_8, _scan_16 = map(_scanner, (1, 2, 4, 8, 16))


@inlined
def _scan(size: int, base: int, at: int, end: int, wanted: np.uint64, more: np.uint64, allowed: int) -> tuple[int, int]:
    """Pass over windows until some are near enough; without windows all are."""
    if size == 8:
        return _scan_8(base, at, end, wanted, more, allowed)  # type: ignore[no-any-return]
    if size == 4:
        return _scan_4(base, at, end, wanted, more, allowed)  # type: ignore[no-any-return]
    if size == 2:
        return _scan_2(base, at, end, wanted, more, allowed)  # type: ignore[no-any-return]
    if size == 16:
        return _scan_16(base, at, end, wanted, more, allowed)  # type: ignore[no-any-return]
    if size == 1:
        return _scan_1(base, at, end, wanted, more, allowed)  # type: ignore[no-any-return]
    return at, -1


@inlined
def compare(search: Search, index: Index, task: Task, out: Out, total: int) -> int:
    """Compare the windows of the buckets, and ask for the row numbers of entries that pass."""
    put(task.sizes, 2, 0)
    for bucket in range(number(task.sizes, 1)):
        first, end = number(task.buckets, bucket * 4), number(task.buckets, bucket * 4 + 1)
        item, allowed = number(task.buckets, bucket * 4 + 2), number(task.buckets, bucket * 4 + 3)
        band = number(task.items, item * ITEM)
        if band == 0:
            total = _compare_hashes(search, index, first, end, number(task.items, item * ITEM + 1), out, total)
            continue
        size, base = of(search, band, SIZE), windows_of(search, index, band)
        entry = (band - 1) * index.entries
        wanted, more = word(task.items, item * ITEM + 3), word(task.items, item * ITEM + 4)
        step = of(search, band, STEP)
        at = first
        while at < end:
            at, near = _scan(size, base, at, end, wanted, more, allowed)
            if end - at < step:
                near &= (1 << max(end - at, 0)) - 1
            if near:
                total = _pass(search, index, task, entry + at, near, item, out, total)
            at += step
    return total


@inlined
def _pass(search: Search, index: Index, task: Task, at: int, near: int, item: int, out: Out, total: int) -> int:
    """Note the entries that are near enough; when there is no room for more, settle those noted at once."""
    if number(task.sizes, 2) > PASSED - _LINE:
        ask_hashes(index, task)
        total = settle(search, index, task, out, total)
        put(task.sizes, 2, 0)
    count = number(task.sizes, 2)
    while near:
        entry = at + lowest(near)
        touch(index.rows + (entry * index.row_bits >> 3))
        put(task.passed, count * 2, entry)
        put(task.passed, count * 2 + 1, item)
        count += 1
        near &= near - 1
    put(task.sizes, 2, count)
    return total


@inlined
def ask_hashes(index: Index, task: Task) -> None:
    """Ask for the hashes of the entries that passed."""
    for i in range(number(task.sizes, 2)):
        row = packed(index.rows, number(task.passed, i * 2), index.row_bits)
        put(task.passed, i * 2, row)
        touch(index.hashes + row * 32)


@inlined
def settle(search: Search, index: Index, task: Task, out: Out, total: int) -> int:
    """Compare whole hashes, and write the pairs whose first matching band this is."""
    for i in range(number(task.sizes, 2)):
        row, item = number(task.passed, i * 2), number(task.passed, i * 2 + 1)
        query = number(task.items, item * ITEM + 1)
        apart = distance(index.hashes, row, search.queries, query)
        if apart <= search.radius and _is_first(search, index, number(task.items, item * ITEM), row, query):
            total = _write(search, index, out, total, query, row, apart)
    return total


@inlined
def _compare_hashes(search: Search, index: Index, first: int, end: int, query: int, out: Out, total: int) -> int:
    """Compare a bucket of the first band: whole hashes lie in it."""
    for row in range(first, end):
        apart = distance(index.hashes, row, search.queries, query)
        if apart <= search.radius:
            total = _write(search, index, out, total, query, row, apart)
    return total


@inlined
def _is_first(search: Search, index: Index, band: int, row: int, query: int) -> bool:
    """Tell whether no earlier band matches."""
    for earlier in range(band):
        start = of(search, earlier, START)
        differing = window(index.hashes, row, start) ^ window(search.queries, query, start)
        if np.int64(popcount(differing & cut(of(search, earlier, WIDTH)))) <= of(search, earlier, REACH):
            return False
    return True


@inlined
def _write(search: Search, index: Index, out: Out, total: int, query: int, row: int, apart: int) -> int:
    if row <= search.above + query or byte(index.dead, row):
        return total
    if total < out.room:
        put(out.queries, total, query)
        put(out.rows, total, row)
        put(out.distances, total, apart)
    return total + 1
