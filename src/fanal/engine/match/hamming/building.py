"""Builds the arrays of a banded part, reading the hashes twice and holding nothing but what is kept.

Hashes come in chunks, so that neither a list of millions nor the parts that are merged are copied as a whole.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bands import Plan, row_bits, table_places, window_places
from fanal.engine.match.hamming.bits import WORDS
from fanal.engine.match.hamming.buckets import (
    count_keys,
    pack_rows,
    place_entries,
    place_hashes,
    unpack_rows,
    zeros,
)
from fanal.engine.match.hamming.crowds import Crowds, crowded, in_order, together
from fanal.engine.match.hamming.hits import Chunks

Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Tables = NDArray[np.uint32]
_SPARE = 8
"""Bytes behind packed numbers that may be read."""


def built(chunks: Chunks, count: int, plan: Plan, *, listed: bool) -> dict[str, NDArray[Any]]:
    """Return the arrays of a part of `count` hashes; `listed` adds the list of rows in order of ids."""
    tables = zeros(int(table_places(plan)[-1]), np.uint32)
    hashes, ids, base, crowds = _sorted_hashes(chunks, count, plan[0].width, tables[: table_places(plan)[1]])
    bits = row_bits(count)
    windows = zeros(int(window_places(plan, count)[-1]), np.uint8)
    rows = zeros(((len(plan) - 1) * count * bits + 7) // 8 + _SPARE, np.uint8)
    for number in range(1, len(plan)):
        crowds += _fill(number, plan, hashes, tables, windows, rows)
    all_crowds = together(crowds)
    return {
        "hashes": hashes,
        "ids": ids,
        "first_id": np.array([base], np.int64),
        "by_id": _by_id(ids, bits) if listed else np.empty(0, np.uint8),
        "tables": tables,
        "windows": windows,
        "rows": rows,
        "crowd_places": all_crowds.places,
        "crowd_pivots": all_crowds.pivots,
        "crowd_counts": all_crowds.counts,
        "plan": np.array(plan, np.int64).reshape(-1),
    }


def _sorted_hashes(
    chunks: Chunks, count: int, width: int, table: Tables
) -> tuple[Words, NDArray[Any], int, list[Crowds]]:
    """Return hashes and ids in order of the first band's keys, the smallest id, and the band's crowds; fill its table.

    Ids are kept as what they are more than the smallest, in 32 bits where that is enough.
    """
    least, most = 0, 0
    for number, (hashes, ids) in enumerate(chunks()):
        count_keys(hashes, 0, width, table)
        if len(ids):
            least = int(ids.min()) if number == 0 else min(least, int(ids.min()))
            most = int(ids.max()) if number == 0 else max(most, int(ids.max()))
    np.cumsum(table, out=table)
    narrow = most - least < 2**32
    least = least if narrow else 0
    kind = np.uint32 if narrow else np.int64
    own = zeros(count * WORDS, np.uint64)
    own_ids: NDArray[Any] = np.empty(count, kind)
    for hashes, ids in chunks():
        place_hashes(hashes, (ids - least).astype(kind), width, table, own, own_ids)
    members = own.reshape(-1, WORDS)
    crowds = []
    for entries in crowded(table, count):
        order, crowd = in_order(entries.start, members[entries])
        members[entries] = members[entries][order]
        own_ids[entries] = own_ids[entries][order]
        crowds.append(crowd)
    return own, own_ids, least, crowds


def _fill(number: int, plan: Plan, hashes: Words, tables: Tables, windows: Bytes, rows: Bytes) -> list[Crowds]:
    """Fill the table, the windows and the rows of one band but the first, and return its crowds."""
    count, band = len(hashes) // WORDS, plan[number]
    places, windows_at = table_places(plan), window_places(plan, len(hashes) // WORDS)
    table = tables[places[number] : places[number + 1]]
    beside = windows[windows_at[number] : windows_at[number + 1]]
    bits, first = row_bits(count), (number - 1) * count
    start = sum(earlier.width for earlier in plan[:number])
    count_keys(hashes, start, band.width, table)
    np.cumsum(table, out=table)
    place_entries(hashes, start, band.width, band.size, table, beside, rows, bits, first)
    crowds = []
    for entries in crowded(table, count):
        own = np.empty(entries.stop - entries.start, np.uint32)
        unpack_rows(rows, bits, first + entries.start, own)
        order, crowd = in_order(number * count + entries.start, hashes.reshape(-1, WORDS)[own])
        pack_rows(own[order], rows, bits, first + entries.start)
        of_entries = beside[: count * band.size].reshape(count, band.size)[entries]
        of_entries[:] = of_entries[order]
        crowds.append(crowd)
    return crowds


def _by_id(ids: NDArray[Any], bits: int) -> Bytes:
    listed = np.zeros((len(ids) * bits + 7) // 8 + _SPARE, np.uint8)
    pack_rows(np.argsort(ids, kind="stable").astype(np.uint32), listed, bits, 0)
    return listed
