"""Looks many queries up together: band by band, and within a band in the order of the buckets.

All look-ups of a band are first dealt out by the highest bits of their keys. A portion then touches only some dozen
kilobytes of table and buckets, so that what one query has fetched serves the others while it is still at hand.
"""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.instructions import number, popcount, put, small
from fanal.engine.match.hamming.bands import BUDGET, END_MASK, FIRST_MASK, SIZE, TABLE, WIDTH
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

_STEPS = 4
_LOOK_UPS = 256
_DEAL_BITS = 11

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Small = NDArray[np.uint32]


@inlined
def _deal(search: Search, items: int, band: int, places: int, look_ups: int) -> int:
    """Write all look-ups of a band (key above, query below), dealt out by the highest bits of the key."""
    shift = max(of(search, band, WIDTH) - _DEAL_BITS, 0)
    first, end = of(search, band, FIRST_MASK), of(search, band, END_MASK)
    for portion in range((1 << _DEAL_BITS) + 1):
        put(places, portion, 0)
    for query in range(search.many):
        key = number(items, query * ITEM + 2)
        for m in range(first, end):
            portion = ((key ^ small(search.masks, m)) >> shift) + 1
            put(places, portion, number(places, portion) + 1)
    for portion in range(1 << _DEAL_BITS):
        put(places, portion + 1, number(places, portion + 1) + number(places, portion))
    for query in range(search.many):
        key = number(items, query * ITEM + 2)
        for m in range(first, end):
            near_key = key ^ small(search.masks, m)
            place = number(places, near_key >> shift)
            put(look_ups, place, near_key << 32 | query)
            put(places, near_key >> shift, place + 1)
    return search.many * (end - first)


@inlined
def _ask_buckets(
    search: Search, index: Index, task: Task, band: int, look_ups: int, first_look_up: int, end_look_up: int
) -> None:
    """Find the buckets of some look-ups, and ask for them."""
    count = 0
    table = index.tables + of(search, band, TABLE) * 4
    budget = of(search, band, BUDGET)
    size, base = of(search, band, SIZE), windows_of(search, index, band)
    for i in range(first_look_up, end_look_up):
        look_up = number(look_ups, i)
        key, query = look_up >> 32, look_up & 0xFFFFFFFF
        first, end = stretch(search, index, band, query, small(table, key), small(table, key + 1))
        allowed = budget - np.int64(popcount(np.uint64(key ^ number(task.items, query * ITEM + 2))))
        if first < end and allowed >= 0:
            put(task.buckets, count * 4, first)
            put(task.buckets, count * 4 + 1, end)
            put(task.buckets, count * 4 + 2, query)
            put(task.buckets, count * 4 + 3, allowed)
            count += 1
            ask_lines(base, first, end, size)
    put(task.sizes, 1, count)
    put(task.sizes, 2, 0)


@inlined
def _task(memory: int, slot: int, items: int) -> Task:
    """Return where the task in a slot keeps what it knows; all tasks of a band share the items."""
    start = memory + slot * _TASK_SIZE * 8
    return Task(start, items, start + 3 * 8, start + (3 + _LOOK_UPS * 4) * 8)


_TASK_SIZE = 3 + (_LOOK_UPS + 1) * 4 + PASSED * 2


@kernel(SIGNATURE)
def sweep(
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
    item_memory = np.empty(many * ITEM, np.int64)
    portions = np.empty((1 << _DEAL_BITS) + 1, np.int64)
    widest = 0
    for band in range(depth):
        widest = max(widest, bands[band, END_MASK] - bands[band, FIRST_MASK])
    look_ups = np.empty(many * widest, np.int64)
    memory = np.zeros(_STEPS * _TASK_SIZE, np.int64)
    items = item_memory.ctypes.data
    total = 0
    for band in range(depth):
        for query in range(many):
            put_item(search, items, query, band, query)
        count = _deal(search, items, band, portions.ctypes.data, look_ups.ctypes.data)
        tasks = -(-count // _LOOK_UPS)
        for step in range(tasks + _STEPS if count else 0):
            at = min(step * _LOOK_UPS, count)
            end = min(at + _LOOK_UPS, count)
            task = _task(memory.ctypes.data, step % _STEPS, items)
            _ask_buckets(search, index, task, band, look_ups.ctypes.data, at, end)
            total = compare(search, index, _task(memory.ctypes.data, (step + 3) % _STEPS, items), out, total)
            ask_hashes(index, _task(memory.ctypes.data, (step + 2) % _STEPS, items))
            total = settle(search, index, _task(memory.ctypes.data, (step + 1) % _STEPS, items), out, total)
    return total
