"""Buckets in which very many hashes meet, as when one picture was submitted a hundred thousand times.

The entries of such a bucket stand in order of their distance from a pivot, a hash in the middle of them. By the
triangle inequality, a hash within the radius of a query is from the pivot as far as the query is, give or take the
radius: only that stretch of the bucket is looked at (Burkhard and Keller 1973). A query that lies beside the crowd
meets nearly none of it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.compiled import inlined
from fanal.engine.instructions import number, small
from fanal.engine.match.hamming.bands import WIDTH
from fanal.engine.match.hamming.bits import BITS, distance
from fanal.engine.match.hamming.compare import Index, Search, of

_LEAST = 1024
_TIMES = 4
"""A bucket of so many times the usual number of entries, and no fewer than those, is put in order."""

COUNTS = BITS + 2
_SAMPLE = 255

Words = NDArray[np.uint64]


class Crowds(NamedTuple):
    """The crowded buckets of a part, band by band, in order of their first entries."""

    places: NDArray[np.int64]
    """Of each: band times number of hashes, plus its first entry."""
    pivots: Words
    """Of each: four words."""
    counts: NDArray[np.uint32]
    """Of each: how many of its entries are nearer to the pivot than 0, 1, ... 257 bits."""


def crowded(table: NDArray[np.uint32], hashes: int) -> Iterator[slice]:
    """Yield the entries of each crowded bucket of a band, from its finished table."""
    sizes = np.diff(table)
    for key in np.flatnonzero(sizes >= _from(hashes, (len(table) - 2).bit_length() - 1)).tolist():
        yield slice(int(table[key]), int(table[key + 1]))


def in_order(place: int, members: Words) -> tuple[NDArray[np.int64], Crowds]:
    """Return the order in which the hashes of a crowded bucket (uint64[N, 4]) are to stand, and what is kept of it."""
    pivot = _middle(members)
    apart = np.bitwise_count(members ^ pivot).sum(axis=1)
    counts = np.searchsorted(np.sort(apart), np.arange(COUNTS)).astype(np.uint32)
    return np.argsort(apart, kind="stable"), Crowds(np.array([place]), pivot, counts)


def _middle(members: Words) -> Words:
    """Return the hash that has each bit as most of a sample have it."""
    sample = members[:: -(-len(members) // _SAMPLE)]
    bits = np.unpackbits(np.ascontiguousarray(sample).view(np.uint8), axis=1)
    return np.packbits(bits.sum(axis=0) * 2 > len(bits)).view(np.uint64)


def together(crowds: list[Crowds]) -> Crowds:
    """Return the crowds of all bands as one."""
    return Crowds(
        np.concatenate([np.empty(0, np.int64), *(crowd.places for crowd in crowds)]),
        np.concatenate([np.empty(0, np.uint64), *(crowd.pivots for crowd in crowds)]),
        np.concatenate([np.empty(0, np.uint32), *(crowd.counts for crowd in crowds)]),
    )


@inlined
def _from(hashes: int, width: int) -> int:
    return max(_LEAST, _TIMES * hashes >> width)


@inlined
def stretch(search: Search, index: Index, band: int, query: int, first: int, end: int) -> tuple[int, int]:
    """Return the part of a bucket in which hashes within the radius of the query can stand."""
    if end - first < _from(index.entries, of(search, band, WIDTH)):
        return first, end
    wanted = band * index.entries + first
    low, high = 0, index.crowds
    while low < high:
        middle = (low + high) // 2
        if number(index.crowd_places, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    if low == index.crowds or number(index.crowd_places, low) != wanted:
        return first, end
    apart = distance(index.crowd_pivots, low, search.queries, query)
    counts = index.crowd_counts + low * COUNTS * 4
    nearest, farthest = max(0, apart - search.radius), min(BITS, apart + search.radius)
    return first + small(counts, nearest), first + small(counts, farthest + 1)
