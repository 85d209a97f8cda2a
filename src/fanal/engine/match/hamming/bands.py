"""Which bits of a hash are looked up together, how far from the query each look-up reaches, and what stands beside it.

The 256 bits are cut into bands. By the pigeonhole principle, when the reaches t of the bands satisfy
sum(t + 1) > radius, a hash within the radius differs from the query by at most t in some band: the look-ups of all
keys within t of the query's key, band by band, find it (multi-index hashing; Norouzi, Punjani, Fleet 2012; reaches
that differ from band to band: Qin et al. 2018).

A pair is reported only at the first band that matches. So, at band b, all earlier bands differ by more than their
reach, and only `radius - sum(t + 1)` of them is left for the other bits. The bits that follow a band, its window,
are kept beside each entry: nearly all candidates fail there, before their hash is fetched. The less is left, the
shorter a window will do: 16 bytes at the first bands, one or two at the last.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bits import BITS

HASH = 32
"""Bytes of the first band's windows: rows stand in its order, so they are the hashes themselves."""

LINE = 64

_FEW = 4_000_000.0
"""So many hashes are supposed where the cost of look-ups at smaller radii is weighed."""

START, WIDTH, TABLE, FIRST_MASK, END_MASK, BUDGET, REACH, SIZE, STEP = range(9)
COLUMNS = 9
"""Columns of `Look.bands`."""


class Band(NamedTuple):
    """Bits, reach at the largest radius, and bytes of window (0, 1, 2, 4, 8, 16) of one band."""

    width: int
    reach: int
    size: int


Plan = tuple[Band, ...]


def _plan(*groups: tuple[int, int, int, int]) -> Plan:
    """Return a plan from groups of equal bands: how many, width, reach, size."""
    return tuple(Band(*band) for many, *band in groups for _ in range(many))


# Found by trying all sequences of bands against a model of what look-ups and cache lines cost, then measured.
FAST = (
    (
        3_000_000,
        _plan((1, 18, 1, 0), (2, 17, 1, 16), (1, 17, 1, 8), (7, 16, 1, 8), (3, 15, 1, 4), (1, 14, 1, 2), (1, 16, 1, 2)),
    ),
    (
        30_000_000,
        _plan(
            (1, 19, 1, 0),
            (3, 18, 1, 16),
            (4, 17, 1, 8),
            (3, 16, 1, 8),
            (1, 18, 2, 4),
            (1, 15, 1, 4),
            (1, 18, 2, 2),
            (1, 16, 1, 2),
        ),
    ),
    (
        2**32,
        _plan(
            (1, 27, 2, 0),
            (1, 27, 2, 16),
            (1, 24, 2, 8),
            (4, 23, 2, 8),
            (1, 23, 2, 4),
            (1, 22, 2, 4),
            (1, 22, 2, 2),
            (1, 19, 1, 4),
        ),
    ),
)
COMPACT = (
    (3_000_000, _plan((1, 17, 2, 0), (10, 18, 1, 0), (1, 19, 2, 4), (1, 20, 2, 2), (1, 20, 2, 1))),
    (30_000_000, _plan((1, 20, 2, 0), (7, 21, 1, 0), (1, 18, 2, 8), (1, 18, 2, 4), (1, 17, 2, 4), (2, 18, 2, 2))),
    (
        2**32,
        _plan(
            (1, 23, 2, 0),
            (2, 26, 2, 0),
            (1, 23, 1, 0),
            (2, 26, 2, 0),
            (1, 23, 2, 4),
            (1, 21, 2, 4),
            (1, 20, 2, 4),
            (2, 21, 2, 2),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How to search: a row for each band, and the masks that turn the query's key into the keys to look up."""

    bands: NDArray[np.int64]
    masks: NDArray[np.uint32]


def plan_for(count: int, *, compact: bool) -> Plan:
    """Return the bands that suit an index of so many hashes; their widths add up to 256."""
    return next(plan for limit, plan in (COMPACT if compact else FAST) if count < limit)


def row_bits(count: int) -> int:
    """Return how many bits the number of a row takes."""
    return max(1, (count - 1).bit_length())


def bytes_for(count: int, plan: Plan) -> int:
    """Return about how much memory the hashes, windows, rows and tables of so many hashes take."""
    entry = HASH + sum(band.size + row_bits(count) / 8 for band in plan[1:])
    return int(count * entry) + 4 * int(table_places(plan)[-1])


def table_places(plan: Plan) -> NDArray[np.int64]:
    """Return where the bucket table of each band begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum([2**band.width + 2 for band in plan])]).astype(np.int64)


def window_places(plan: Plan, count: int) -> NDArray[np.int64]:
    """Return at which byte the windows of each band begin, and where the last end; each at a cache line.

    The first band has none. A cache line beyond the last is read, never found.
    """
    sizes = [0, *(-(-band.size * count // LINE) * LINE + LINE for band in plan[1:])]
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@lru_cache(maxsize=256)
def look(plan: Plan, radius: int) -> Look:
    """Return how to search bands of this plan within a radius."""
    reaches = _reaches(plan, radius)
    starts = np.concatenate([[0], np.cumsum([band.width for band in plan])])
    tables = table_places(plan)
    rows: list[tuple[int, ...]] = []
    masks: list[NDArray[np.uint32]] = []
    for number, (band, reach) in enumerate(zip(plan, reaches, strict=True)):
        of_band = _masks(band.width, reach)
        first = sum(len(earlier) for earlier in masks)
        budget = _budget(starts, reaches, number, band.size, radius)
        size = band.size if number else HASH
        ends = (first, first + len(of_band))
        rows.append(
            (int(starts[number]), band.width, int(tables[number]), *ends, budget, reach, size, LINE // max(size, 1))
        )
        masks.append(of_band)
    return Look(np.array(rows, np.int64), np.concatenate(masks))


def _budget(starts: NDArray[np.int64], reaches: list[int], number: int, size: int, radius: int) -> int:
    """Return how much may differ in a band and its window, when no earlier band matches.

    Earlier bands that the window, which goes on at the first bit after the last, reaches into do not count.
    """
    wrapped = int(starts[number + 1]) + 8 * size - BITS
    return radius - sum(reaches[earlier] + 1 for earlier in range(number) if int(starts[earlier]) >= wrapped)


def _masks(width: int, reach: int) -> NDArray[np.uint32]:
    """Return all patterns of up to `reach` ones, ordered so that keys on one cache line follow each other."""
    masks = [sum(1 << bit for bit in bits) for ones in range(reach + 1) for bits in combinations(range(width), ones)]
    return np.array(sorted(masks), np.uint32)


def _reaches(plan: Plan, radius: int) -> list[int]:
    """Return the plan's reaches, lessened where that saves most look-ups; a band of reach -1 is not looked at."""
    reaches = [band.reach for band in plan]
    for _ in range(sum(reaches) + len(reaches) - radius - 1):
        saved = [
            comb(band.width, t) * (1.0 + _FEW / 2**band.width) if t >= 0 else -1.0
            for band, t in zip(plan, reaches, strict=True)
        ]
        reaches[saved.index(max(saved))] -= 1
    return reaches
