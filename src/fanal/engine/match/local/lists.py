"""Reads the lists of an inverted index: for all features of a query at once, and a piece of a list at a time.

A list of a common word is looked into for dozens of features of one query, and is longer than what is near the
processor can hold. So the probes stand in order of their words, and a piece of a list is compared with all that look
into it before the next is read; many entries at a time, whatever comes of them.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I32, READ_I64, READ_I64_ROWS, inlined, kernel
from fanal.engine.instructions import PAIRS, lowest, near_pairs, popcount, word

BEYOND = PAIRS
"""Entries that must lie behind the last one: they are read with it, and left out."""
_PIECE = 1024
"""Entries that are compared with one feature after the other: 16 kB, half of what lies nearest to a processor."""
_BITS, _PROBE = 8, 16
"""A match is noted as one number: that of its entry from bit 16 on, of its probe from bit 8 on, and how many differ."""
_BYTE = 255

_READ_U64_ROWS = types.Array(types.uint64, 2, "C", readonly=True)
_I32, _I64, _I64_ROWS = types.int32[::1], types.int64[::1], types.int64[:, ::1]


class Found(NamedTuple):
    """Entries of lists that are near enough, in order of the features of a query, then their probes, then the lists."""

    query: NDArray[np.int32]
    feature: NDArray[np.int32]
    bits: NDArray[np.int32]


@inlined
def _of_fewer_bits(q: int, common: int, limits: Any, counts: Any, often: Any, noted: Any) -> None:
    """Allow so few bits that no more matches are left than are taken; whichever order they come in, the same stay."""
    left = counts[q]
    while left > common:
        left -= often[q, limits[q]]
        limits[q] -= 1
    kept = 0
    for i in range(counts[q]):
        if noted[q, i] & _BYTE <= limits[q]:
            noted[q, kept] = noted[q, i]
            kept += 1
    counts[q] = kept


@inlined
def _compare_piece(
    q: int,
    p: int,
    mark: Any,
    first: int,
    second: int,
    begin: int,
    end: int,
    common: int,
    limits: Any,
    counts: Any,
    often: Any,
    noted: Any,
) -> None:
    for at in range(begin, end, PAIRS):
        near = near_pairs(first, second, at, mark[0], mark[1], limits[q])
        if end - at < PAIRS:
            near &= (1 << (end - at)) - 1
        while near:
            k = at + lowest(near)
            near &= near - 1
            bits = np.int64(popcount(word(first, k) ^ mark[0]) + popcount(word(second, k) ^ mark[1]))
            if bits > limits[q]:
                continue
            noted[q, counts[q]] = k << _PROBE | p << _BITS | bits
            counts[q] += 1
            often[q, bits] += 1
            if counts[q] > common:
                _of_fewer_bits(q, common, limits, counts, often, noted)


@kernel(
    types.void(
        _READ_U64_ROWS,
        READ_I64_ROWS,
        READ_I64,
        READ_I64,
        READ_I64,
        types.int64,
        types.int64,
        types.int64,
        _I64,
        _I64,
        _I64_ROWS,
        _I64_ROWS,
    )
)
def _compare(
    marks: Any,
    words: Any,
    order: Any,
    starts: Any,
    ends: Any,
    first: int,
    second: int,
    common: int,
    limits: Any,
    counts: Any,
    often: Any,
    noted: Any,
) -> None:
    probes = words.shape[1]
    stop = 0
    while stop < order.shape[0]:
        begin = stop
        looked_into = words[order[begin] // probes, order[begin] % probes]
        while stop < order.shape[0] and words[order[stop] // probes, order[stop] % probes] == looked_into:
            stop += 1
        for piece in range(starts[looked_into], ends[looked_into], _PIECE):
            end = min(piece + _PIECE, ends[looked_into])
            for turn in range(begin, stop):
                q, p = order[turn] // probes, order[turn] % probes
                _compare_piece(q, p, marks[q], first, second, piece, end, common, limits, counts, often, noted)


@kernel(types.void(_I64, _I64_ROWS, types.int64, READ_I32, types.int64, _I32, _I32, _I32))
def _write(
    counts: Any, noted: Any, probes: int, feature: Any, from_query: int, query: Any, features: Any, bits: Any
) -> None:
    begin = 0
    places = np.empty(probes + 1, np.int64)
    for q in range(counts.shape[0]):
        places[:] = 0
        for i in range(counts[q]):
            places[(noted[q, i] >> _BITS & _BYTE) + 1] += 1
        places[0] = begin
        for p in range(probes):
            places[p + 1] += places[p]
        for i in range(counts[q]):
            p = noted[q, i] >> _BITS & _BYTE
            at = places[p]
            places[p] += 1
            query[at], bits[at] = from_query + q, noted[q, i] & _BYTE
            features[at] = feature[noted[q, i] >> _PROBE]
        begin += counts[q]


class Lists(NamedTuple):
    """The lists of all words, one after the other."""

    starts: NDArray[np.int64]
    """[words]: where the list of each word begins."""
    first: NDArray[np.uint64]
    """[entries + BEYOND]: the first half of each signature."""
    second: NDArray[np.uint64]
    """[entries + BEYOND]: the second half."""
    feature: NDArray[np.int32]
    """[entries]: number of each feature."""

    def near(
        self,
        marks: NDArray[np.uint64],
        words: NDArray[np.int64],
        ends: NDArray[np.int64],
        limits: NDArray[np.int64],
        common: int,
        from_query: int = 0,
    ) -> Found:
        """Return the entries that differ from features of a query by at most `limits` bits each, in the words given.

        `marks` uint64[n, 2], `words` int64[n, probes]; lists are read up to `ends` [words]. Of a feature that has more
        than `common` those are left out that differ most, and its limit is lowered: `limits` int64[n] is written to.
        Numbers of features begin at `from_query`.
        """
        count, probes = words.shape
        counts, often = np.zeros(count, np.int64), np.zeros((count, int(limits.max(initial=0)) + 1), np.int64)
        noted = np.empty((count, common + 1), np.int64)
        order = np.argsort(words, axis=None, kind="stable")
        addresses = self.first.ctypes.data, self.second.ctypes.data
        _compare(marks, words, order, self.starts, ends, *addresses, common, limits, counts, often, noted)
        found = Found(*(np.empty(int(counts.sum()), np.int32) for _ in range(3)))
        _write(counts, noted, probes, self.feature, from_query, *found)
        return found
