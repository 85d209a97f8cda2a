"""What is done with a bucket once it is found: windows, then rows, then whole hashes, each asked for before its use."""

from typing import NamedTuple

import numpy as np

from fanal.engine.compiled import inlined
from fanal.engine.match.hamming.bands import COLUMNS, REACH, START, WIDTH
from fanal.engine.match.hamming.bits import distance, window
from fanal.engine.match.hamming.instructions import byte, eight_near, lowest, number, popcount, put, small, touch, word

PADDING = 8
"""Entries behind the last one that may be read, never found: a bucket is compared eight entries at a time."""

PASSED = 512
"""Entries whose windows passed that a task can note."""


class Index(NamedTuple):
    """Addresses of the arrays of an index, and the number of its hashes."""

    hashes: int
    ids: int
    dead: int
    tables: int
    windows: int
    rows: int
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
    queries: int
    many: int
    radius: int


class Task(NamedTuple):
    """Addresses of what one task under way knows."""

    sizes: int
    """Items, buckets, entries that passed."""
    items: int
    """Band, query, key and window of each item."""
    buckets: int
    """First entry, end, item and allowed distance of each bucket."""
    passed: int
    """Entry (later: row) and item of each entry that passed."""


class Out(NamedTuple):
    queries: int
    ids: int
    distances: int
    room: int


@inlined
def of(search: Search, band: int, column: int) -> int:
    return number(search.bands, band * COLUMNS + column)  # type: ignore[no-any-return]


@inlined
def cut(width: int) -> np.uint64:
    return (np.uint64(1) << np.uint64(width)) - np.uint64(1)


@inlined
def ask_lines(first: int, end: int) -> None:
    """Ask for the memory of a bucket; of a long one for its beginning, after which the processor reads ahead itself."""
    touch(first)
    touch(end - 1)
    for at in range(first + 64, min(end - 1, first + 512), 64):
        touch(at)


@inlined
def compare(search: Search, index: Index, task: Task, out: Out, total: int) -> int:
    """Compare the windows of the buckets, and ask for the row numbers of entries that pass."""
    put(task.sizes, 2, 0)
    for bucket in range(number(task.sizes, 1)):
        first, end = number(task.buckets, bucket * 4), number(task.buckets, bucket * 4 + 1)
        item, allowed = number(task.buckets, bucket * 4 + 2), number(task.buckets, bucket * 4 + 3)
        band = number(task.items, item * 4)
        if band == 0:
            total = _compare_hashes(search, index, first, end, number(task.items, item * 4 + 1), out, total)
            continue
        place = (band - 1) * index.entries
        wanted = word(task.items, item * 4 + 3)
        for at in range(first, end, 8):
            near = eight_near(index.windows, place + at, wanted, allowed) & (255 >> max(0, 8 - (end - at)))
            if near:
                total = _pass(search, index, task, place + at, near, item, out, total)
    return total


@inlined
def _pass(search: Search, index: Index, task: Task, at: int, near: int, item: int, out: Out, total: int) -> int:
    """Note the entries that are near enough; when there is no room for more, settle those noted at once."""
    if number(task.sizes, 2) > PASSED - 8:
        ask_hashes(index, task)
        total = settle(search, index, task, out, total)
        put(task.sizes, 2, 0)
    count = number(task.sizes, 2)
    while near:
        entry = at + lowest(near)
        touch(index.rows + entry * 4)
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
        row = small(index.rows, number(task.passed, i * 2))
        put(task.passed, i * 2, row)
        touch(index.hashes + row * 32)


@inlined
def settle(search: Search, index: Index, task: Task, out: Out, total: int) -> int:
    """Compare whole hashes, and write the pairs whose first matching band this is."""
    for i in range(number(task.sizes, 2)):
        row, item = number(task.passed, i * 2), number(task.passed, i * 2 + 1)
        query = number(task.items, item * 4 + 1)
        apart = distance(index.hashes, row, search.queries, query)
        if apart <= search.radius and _is_first(search, index, number(task.items, item * 4), row, query):
            total = _write(index, out, total, query, row, apart)
    return total


@inlined
def _compare_hashes(search: Search, index: Index, first: int, end: int, query: int, out: Out, total: int) -> int:
    """Compare a bucket of the first band: whole hashes lie in it."""
    for row in range(first, end):
        apart = distance(index.hashes, row, search.queries, query)
        if apart <= search.radius:
            total = _write(index, out, total, query, row, apart)
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
def _write(index: Index, out: Out, total: int, query: int, row: int, apart: int) -> int:
    if byte(index.dead, row):
        return total
    if total < out.room:
        put(out.queries, total, query)
        put(out.ids, total, number(index.ids, row))
        put(out.distances, total, apart)
    return total + 1
