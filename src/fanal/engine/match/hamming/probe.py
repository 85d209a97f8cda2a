"""Looks single queries up in the buckets, with all memory asked for well ahead of its use.

The work is cut into tasks of some hundred look-ups. A task passes five steps, and each step asks for the memory that
the next one reads; the steps of five tasks take turns, so that the processor always has dozens of cache lines on their
way: buckets' places in the table, buckets, row numbers of entries that passed, hashes of those rows.
"""

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I64, READ_I64_ROWS, READ_U8, READ_U32, READ_U64, inlined, kernel
from fanal.engine.match.hamming.bands import BUDGET, END_MASK, FIRST_MASK, START, TABLE, WIDTH
from fanal.engine.match.hamming.bits import WORDS, window
from fanal.engine.match.hamming.compare import (
    PASSED,
    Index,
    Out,
    Search,
    Task,
    ask_hashes,
    ask_lines,
    compare,
    cut,
    of,
    settle,
)
from fanal.engine.match.hamming.crowds import stretch
from fanal.engine.match.hamming.instructions import number, popcount, put, small, touch

_STEPS = 5
_LOOK_UPS = 256
"""A task takes bands until it has so many look-ups."""
_ITEMS = 64

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Small = NDArray[np.uint32]


@inlined
def _ask_table(search: Search, index: Index, task: Task, next_item: int) -> int:
    """Fill a task with items and ask for the table's lines; return the first item that had no place."""
    look_ups = 0
    count = 0
    while next_item < search.many * search.depth and look_ups < _LOOK_UPS and count < _ITEMS:
        band, query = next_item % search.depth, next_item // search.depth
        start, width = of(search, band, START), of(search, band, WIDTH)
        key = np.int64(window(search.queries, query, start) & cut(width))
        put(task.items, count * 4, band)
        put(task.items, count * 4 + 1, query)
        put(task.items, count * 4 + 2, key)
        put(task.items, count * 4 + 3, np.int64(window(search.queries, query, start + width)))
        table = index.tables + of(search, band, TABLE) * 4
        for mask in range(of(search, band, FIRST_MASK), of(search, band, END_MASK)):
            touch(table + (key ^ small(search.masks, mask)) * 4)
        look_ups += of(search, band, END_MASK) - of(search, band, FIRST_MASK)
        count += 1
        next_item += 1
    put(task.sizes, 0, count)
    return next_item


@inlined
def _ask_buckets(search: Search, index: Index, task: Task) -> None:
    """Find where the buckets are, and ask for them."""
    count = 0
    for item in range(number(task.sizes, 0)):
        band, query = number(task.items, item * 4), number(task.items, item * 4 + 1)
        key = number(task.items, item * 4 + 2)
        table = index.tables + of(search, band, TABLE) * 4
        budget = of(search, band, BUDGET)
        entry_size = 32 if band == 0 else 8
        base = index.hashes if band == 0 else index.windows + (band - 1) * index.entries * 8
        for m in range(of(search, band, FIRST_MASK), of(search, band, END_MASK)):
            mask = small(search.masks, m)
            first, end = stretch(search, index, band, query, small(table, key ^ mask), small(table, (key ^ mask) + 1))
            put(task.buckets, count * 4, first)
            put(task.buckets, count * 4 + 1, end)
            put(task.buckets, count * 4 + 2, item)
            put(task.buckets, count * 4 + 3, budget - np.int64(popcount(np.uint64(mask))))
            count += end > first
            ask_lines(base + first * entry_size, base + end * entry_size)
    put(task.sizes, 1, count)


@inlined
def _task(memory: int, slot: int, buckets: int) -> Task:
    """Return where the task in a slot keeps what it knows."""
    start = memory + slot * _task_size(buckets) * 8
    return Task(start, start + 3 * 8, start + (3 + _ITEMS * 4) * 8, start + (3 + (_ITEMS + buckets) * 4) * 8)


@inlined
def _task_size(buckets: int) -> int:
    return 3 + (_ITEMS + buckets) * 4 + PASSED * 2


_OUT = types.int64[::1]


@kernel(
    types.int64(
        READ_U64,
        READ_I64,
        READ_U8,
        READ_U32,
        READ_U64,
        READ_U32,
        READ_I64,
        READ_U64,
        READ_U32,
        READ_I64_ROWS,
        READ_U32,
        READ_U64,
        types.int64,
        _OUT,
        _OUT,
        _OUT,
    )
)
def probe(
    hashes: Words,
    ids: Numbers,
    dead: NDArray[np.uint8],
    tables: Small,
    windows: Words,
    rows: Small,
    crowd_places: Numbers,
    crowd_pivots: Words,
    crowd_counts: Small,
    bands: Numbers,
    masks: Small,
    queries: Words,
    radius: int,
    out_queries: Numbers,
    out_ids: Numbers,
    out_distances: Numbers,
) -> int:
    """Write every pair within the radius and return how many there are.

    Pairs beyond the room of the three arrays are counted, not written.
    """
    index = Index(
        hashes.ctypes.data,
        ids.ctypes.data,
        dead.ctypes.data,
        tables.ctypes.data,
        windows.ctypes.data,
        rows.ctypes.data,
        ids.size,
        crowd_places.ctypes.data,
        crowd_pivots.ctypes.data,
        crowd_counts.ctypes.data,
        crowd_places.size,
    )
    many, depth = queries.size // WORDS, bands.shape[0]
    search = Search(bands.ctypes.data, depth, masks.ctypes.data, queries.ctypes.data, many, radius)
    out = Out(out_queries.ctypes.data, out_ids.ctypes.data, out_distances.ctypes.data, out_ids.size)
    buckets = _LOOK_UPS + 1
    for band in range(depth):
        buckets = max(buckets, _LOOK_UPS + 1 + bands[band, END_MASK] - bands[band, FIRST_MASK])
    memory = np.empty(_STEPS * _task_size(buckets), np.int64)
    for slot in range(_STEPS):
        for size in range(3):
            put(_task(memory.ctypes.data, slot, buckets).sizes, size, 0)
    total = 0
    step = 0
    next_item = 0
    end = -1
    while end < 0 or step < end:
        if next_item < many * depth:
            next_item = _ask_table(search, index, _task(memory.ctypes.data, step % _STEPS, buckets), next_item)
        else:
            put(_task(memory.ctypes.data, step % _STEPS, buckets).sizes, 0, 0)
        if end < 0 and next_item >= many * depth:
            end = step + _STEPS
        _ask_buckets(search, index, _task(memory.ctypes.data, (step + 4) % _STEPS, buckets))
        total = compare(search, index, _task(memory.ctypes.data, (step + 3) % _STEPS, buckets), out, total)
        ask_hashes(index, _task(memory.ctypes.data, (step + 2) % _STEPS, buckets))
        total = settle(search, index, _task(memory.ctypes.data, (step + 1) % _STEPS, buckets), out, total)
        step += 1
    return total
