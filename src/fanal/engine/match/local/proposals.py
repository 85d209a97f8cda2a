"""What transform pairs of features propose: each proposes a similarity, and all are tried on all others.

Each feature has a place, a scale and a direction, so a single pair proposes a whole similarity (Philbin et al., CVPR
2007). All pairs are tried, so nothing is left to chance: the same input gives the same answer. Only what turns alike
can agree, so pairs stand in order of their turn, and a proposal is tried on its neighbours there alone.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel

LARGEST_ZOOM_OFF = 1.7
"""Zooms of two pairs of one transform differ by this factor at most."""
_LOOSE, _LOOSE_SCALES = 0.03, 2.0
"""A proposed similarity may miss by this share of the picture's longer side, and so many times the feature's scale."""
_TURN_COSINE = math.cos(math.radians(30))
_TURN_OFF = math.radians(30.001)
_ROUND = 2 * math.pi

_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_COUNTS = types.Array(types.int64, 1, "C", readonly=True)


@inlined
def _prepared(here: Any, there: Any, loose: float, times: float) -> Any:
    """Return what is asked of each pair, [9, n]: places here and there, what it may miss by, squared, turn and zoom."""
    pairs = np.empty((9, here.shape[0]))
    for k in range(here.shape[0]):
        turn = there[k, 3] - here[k, 3]
        pairs[0, k], pairs[1, k] = here[k, 0], here[k, 1]
        pairs[2, k], pairs[3, k] = there[k, 0], there[k, 1]
        pairs[4, k] = (loose + times * there[k, 2]) ** 2
        pairs[5, k], pairs[6, k] = math.cos(turn), math.sin(turn)
        pairs[7, k] = there[k, 2] / here[k, 2]
        pairs[8, k] = turn % _ROUND
    return pairs


@inlined
def _by_turn(pairs: Any) -> Any:
    """Return the pairs in order of turn, three rounds of them, and of each from where to where stand those that may
    turn as it does, [n, 2]."""
    count = pairs.shape[1]
    order = np.argsort(pairs[8])
    rounds = np.empty((9, 3 * count))
    for row in range(9):
        for m in range(count):
            value = pairs[row, order[m]]
            rounds[row, m] = rounds[row, m + count] = rounds[row, m + 2 * count] = value
    rounds[8, count : 2 * count] += _ROUND
    rounds[8, 2 * count :] += 2 * _ROUND
    near = np.empty((count, 2), np.int64)
    first = last = 0
    for m in range(count):
        turn = rounds[8, m + count]
        while rounds[8, first] < turn - _TURN_OFF:
            first += 1
        while last < 3 * count and rounds[8, last] <= turn + _TURN_OFF:
            last += 1
        near[order[m], 0], near[order[m], 1] = first, last
    return rounds, near


@inlined
def _agree(pairs: Any, i: int, asked: Any, first: int, last: int, out: Any) -> int:
    """Write into `out` which of the asked pairs, from first to last, agree with pair i; return how many do."""
    a, b = pairs[7, i] * pairs[5, i], pairs[7, i] * pairs[6, i]
    x = pairs[2, i] - a * pairs[0, i] + b * pairs[1, i]
    y = pairs[3, i] - b * pairs[0, i] - a * pairs[1, i]
    cos, sin, zoom = pairs[5, i], pairs[6, i], pairs[7, i]
    # Each row by itself, and no branch: several pairs are asked at a time.
    here_x, here_y = asked[0, first:last], asked[1, first:last]
    there_x, there_y, miss = asked[2, first:last], asked[3, first:last], asked[4, first:last]
    cosines, sines, zooms = asked[5, first:last], asked[6, first:last], asked[7, first:last]
    count = 0
    for k in range(here_x.shape[0]):
        ex = x + a * here_x[k] - b * here_y[k] - there_x[k]
        ey = y + b * here_x[k] + a * here_y[k] - there_y[k]
        agrees = (
            (ex * ex + ey * ey <= miss[k])
            & (cosines[k] * cos + sines[k] * sin >= _TURN_COSINE)
            & (zooms[k] <= zoom * LARGEST_ZOOM_OFF)
            & (zoom <= zooms[k] * LARGEST_ZOOM_OFF)
        )
        out[k] = agrees
        count += agrees
    return count


@inlined
def _best_proposal(here: Any, there: Any, loose: float, times: float, best: int, out: Any) -> int:
    """Return how many places agree with the proposal that most do; `best` where none has more. Those are marked."""
    pairs = _prepared(here, there, loose, times)
    rounds, near = _by_turn(pairs)
    count = here.shape[0]
    agreeing = np.empty(count, np.bool_)
    for i in range(count):
        first, last = near[i]
        if last - first <= best or _agree(pairs, i, rounds, first, last, agreeing) <= best:
            continue
        _agree(pairs, i, pairs, 0, count, agreeing)
        # Pairs are ordered by feature of the query, so a feature with several partners counts once.
        previous, distinct = -1e9, 0
        for k in range(count):
            at = pairs[0, k] * 8192.0 + pairs[1, k]
            if agreeing[k] and at != previous:
                distinct += 1
                previous = at
        if distinct > best:
            best = distinct
            out[:] = agreeing
    return best


@kernel(types.void(_ROWS, _ROWS, _COUNTS, _COUNTS, types.int64, types.boolean[::1], types.boolean[::1]))
def _propose(here: Any, there: Any, starts: Any, sizes: Any, fewest: int, marked: Any, promising: Any) -> None:
    for c in range(sizes.shape[0]):
        mine = slice(starts[c], starts[c + 1])
        loose = _LOOSE * sizes[c]
        best = _best_proposal(here[mine], there[mine], loose, _LOOSE_SCALES, fewest - 1, marked[mine])
        promising[c] = best >= fewest


def propose(
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    fewest: int,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs agree with the best proposal of their picture, and of which pictures at least `fewest` do.

    `here` and `there` as for `agree`, of several pictures, one after the other; the pairs of one begin at `starts`
    [pictures + 1]; `sizes` [pictures] are their longer sides in pixels.
    """
    marked, promising = np.zeros(len(here), np.bool_), np.zeros(len(sizes), np.bool_)
    _propose(here, there, starts, sizes, fewest, marked, promising)
    return marked, promising
