"""Looks single queries up in the buckets, with all memory asked for well ahead of its use.

The work is cut into tasks of some hundred look-ups. A task passes five steps, and each step asks for the memory that
the next one reads; the steps of five tasks take turns, so that the processor always has dozens of cache lines on their
way: buckets' places in the table, buckets, row numbers of entries that passed, hashes of those rows.
"""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.instructions import number, popcount, put, small, touch
from fanal.engine.match.hamming.bands import BUDGET, END_MASK, FIRST_MASK, SIZE, TABLE
from fanal.engine.match.hamming.compare import (
    ITEM,
    PASSED,
    SIGNATURE,
    Index,
    Search,
    Task,
    ask_hashes,
    ask_lines,
    compare,
    index_at,
    of,
    out_into,
    put_item,
    search_of,
    settle,
    windows_of,
)
from fanal.engine.match.hamming.crowds import stretch

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
        key = put_item(search, task.items, count, band, query)
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
        band, query = number(task.items, item * ITEM), number(task.items, item * ITEM + 1)
        key = number(task.items, item * ITEM + 2)
        table = index.tables + of(search, band, TABLE) * 4
        budget = of(search, band, BUDGET)
        size, base = of(search, band, SIZE), windows_of(search, index, band)
        for m in range(of(search, band, FIRST_MASK), of(search, band, END_MASK)):
            mask = small(search.masks, m)
            first, end = stretch(search, index, band, query, small(table, key ^ mask), small(table, (key ^ mask) + 1))
            allowed = budget - np.int64(popcount(np.uint64(mask)))
            if first < end and allowed >= 0:
                put(task.buckets, count * 4, first)
                put(task.buckets, count * 4 + 1, end)
                put(task.buckets, count * 4 + 2, item)
                put(task.buckets, count * 4 + 3, allowed)
                count += 1
                ask_lines(base, first, end, size)
    put(task.sizes, 1, count)


@inlined
def _task(memory: int, slot: int, buckets: int) -> Task:
    """Return where the task in a slot keeps what it knows."""
    start = memory + slot * _task_size(buckets) * 8
    items, found = start + 3 * 8, start + (3 + _ITEMS * ITEM) * 8
    return Task(start, items, found, found + buckets * 4 * 8)


@inlined
def _task_size(buckets: int) -> int:
    return 3 + _ITEMS * ITEM + buckets * 4 + PASSED * 2


@kernel(SIGNATURE)
def probe(
    addresses: Numbers,
    bands: Numbers,
    masks: Small,
    places: Numbers,
    queries: Words,
    radius: int,
    above: int,
    room: Numbers,
) -> int:
    """Write every pair within the radius as query, row and distance, each in a third of the room; return how many.

    Pairs beyond the room are counted, not written.
    """
    index = index_at(addresses)
    search = search_of(bands, masks, places, queries, radius, above)
    out = out_into(room)
    many, depth = search.many, search.depth
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
