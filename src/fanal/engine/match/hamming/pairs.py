"""Self-join: all pairs of stored hashes within a radius, some at a time.

The hashes of each part are searched for in its own later rows and in all later parts, so that a pair is met once. How
many are searched for together follows from how many pairs the last ones had: a picture submitted a hundred thousand
times makes five thousand million pairs, and memory is bounded for those too.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.banded import BandedPart

_MOST_ROWS = 8192


class Pairs(NamedTuple):
    """Some pairs, and how much of the work is done after them."""

    first: NDArray[np.int64]
    """Ids of one side (int64[n])."""
    second: NDArray[np.int64]
    """Ids of the other side (int64[n])."""
    distances: NDArray[np.int64]
    done: int
    """Comparisons of a hash with a part that are done, of `total`."""
    total: int


def join(parts: Sequence[BandedPart], radius: int, most: int) -> Iterator[Pairs]:
    """Yield every pair within the radius once, about `most` at a time, or as many as one hash has."""
    work = [(one, other) for number, one in enumerate(parts) for other in parts[number:]]
    total = sum(len(one) for one, _ in work)
    before = 0
    for one, other in work:
        for end, pairs in _between(one, other, radius, most):
            yield Pairs(*pairs, before + end, total)
        before += len(one)


def _between(
    one: BandedPart, other: BandedPart, radius: int, most: int
) -> Iterator[tuple[int, tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]]:
    """Yield row by row what pairs the rows of one part have in another, or the later rows of the same."""
    start, rows = 0, _MOST_ROWS
    while start < len(one):
        end = min(start + rows, len(one))
        pairs = one.joined(other, start, end, radius, most)
        if pairs is None:
            rows = (end - start) // 2
            continue
        yield end, pairs
        start = end
        if len(pairs[0]) < most // 4:
            rows = min(2 * rows, _MOST_ROWS)
