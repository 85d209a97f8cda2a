"""Which bits of a hash are looked up together, and how far from the query each look-up reaches.

The 256 bits are cut into bands. By the pigeonhole principle, when the reaches t of the bands satisfy
sum(t + 1) > radius, a hash within the radius differs from the query by at most t in some band: the look-ups of all
keys within t of the query's key, band by band, find it (multi-index hashing; Norouzi, Punjani, Fleet 2012; reaches
that differ from band to band: Qin et al. 2018).

A pair is reported only at the first band that matches. So, at band b, all earlier bands differ by more than their
reach, and only `radius - sum(t + 1)` of them is left for the other bits. The 64 bits that follow a band, its window,
are kept beside each entry: nearly all candidates fail there, before their hash is fetched.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bits import BITS

WINDOW = 64

START, WIDTH, TABLE, FIRST_MASK, END_MASK, BUDGET, REACH = range(7)
COLUMNS = 7
"""Columns of `Look.bands`."""

_LOOK_UP = 4.0
"""What one look-up costs, counted in tests of one entry's window."""

Widths = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How to search: a row for each band, and the masks that turn the query's key into the keys to look up."""

    bands: NDArray[np.int64]
    masks: NDArray[np.uint32]


def widths_for(count: int) -> Widths:
    """Return the widths of the bands that suit an index of so many hashes; they add up to 256."""
    if count < 3_000_000:
        return (16,) * 16
    if count < 30_000_000:
        return (21,) * 4 + (18,) * 2 + (17,) * 8
    return (23,) * 8 + (18,) * 4


def table_places(widths: Widths) -> NDArray[np.int64]:
    """Return where the bucket table of each band begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum([2**width + 2 for width in widths])]).astype(np.int64)


@lru_cache(maxsize=256)
def look(widths: Widths, radius: int, magnitude: int) -> Look:
    """Return how to search bands of these widths within a radius, among about 2**magnitude hashes."""
    reaches = _reaches(widths, radius, 2.0**magnitude)
    starts = np.concatenate([[0], np.cumsum(widths)])
    tables = table_places(widths)
    rows: list[tuple[int, ...]] = []
    masks: list[NDArray[np.uint32]] = []
    for band, (width, reach) in enumerate(zip(widths, reaches, strict=True)):
        of_band = _masks(width, reach)
        first = sum(len(earlier) for earlier in masks)
        budget = _budget(starts, reaches, band, radius)
        rows.append((int(starts[band]), width, int(tables[band]), first, first + len(of_band), budget, reach))
        masks.append(of_band)
    return Look(np.array(rows, np.int64), np.concatenate(masks))


def _budget(starts: NDArray[np.int64], reaches: list[int], band: int, radius: int) -> int:
    """Return how much may differ in the band and its window, when no earlier band matches."""
    wrapped = int(starts[band + 1]) + WINDOW - BITS
    return radius - sum(reaches[earlier] + 1 for earlier in range(band) if int(starts[earlier]) >= wrapped)


def _masks(width: int, reach: int) -> NDArray[np.uint32]:
    """Return all patterns of up to `reach` ones, ordered so that keys on one cache line follow each other."""
    masks = [sum(1 << bit for bit in bits) for ones in range(reach + 1) for bits in combinations(range(width), ones)]
    return np.array(sorted(masks), np.uint32)


def _reaches(widths: Widths, radius: int, count: float) -> list[int]:
    """Return the cheapest reaches that leave no pair unfound; a band of reach -1 is not looked at."""
    reaches = [-1] * len(widths)
    for _ in range(radius + 1):
        more = [_cost(w, t + 1, count) - _cost(w, t, count) for w, t in zip(widths, reaches, strict=True)]
        reaches[more.index(min(more))] += 1
    return reaches


def _cost(width: int, reach: int, count: float) -> float:
    look_ups = sum(comb(width, ones) for ones in range(reach + 1))
    return look_ups * (_LOOK_UP + count / 2.0**width)
