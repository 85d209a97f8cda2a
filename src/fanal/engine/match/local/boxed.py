"""Whether the thing in a box is seen in a picture: the best of several proposed transforms, by what it proves."""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.match.local import evidence
from fanal.engine.match.local.evidence import weigh
from fanal.engine.match.local.geometry import Matrix, closer
from fanal.engine.match.local.grid import into_cells
from fanal.engine.match.local.guided import SCALE_OFF, TURN_OFF, follow, turned
from fanal.engine.match.local.tinted import tinted

MOST_PAIRS = 400
"""Pairs of a picture that propose a transform: those that look most alike."""
_PROPOSALS, _MORE_PROPOSALS = 4, 8
"""So many proposals of a picture are followed, and so many where the first leave it open."""
_HOPELESS, _ENOUGH = -12.0, 28.0
"""What leaves it open: less evidence than this hardly ever becomes a link, and more needs no other."""
_LOOSE, _LEAST, _BENT, _SCALES = 0.03, 0.02, 0.1, 2.0
_MOST_OF_ONE = 9.0

_GEOMETRY = types.Array(types.float32, 2, "C", readonly=True)
_MARKS = types.Array(types.uint64, 2, "C", readonly=True)
_PAIRS = types.Array(types.int64, 2, "C", readonly=True)
_TINTS = types.Array(types.int8, 2, "C", readonly=True)
_TABLE = types.Array(types.float64, 1, "C", readonly=True)


class Shown(NamedTuple):
    """The features of a box, or of a picture."""

    geometry: NDArray[np.float32]
    """[n, 4]: x, y, scale, direction."""
    marks: NDArray[np.uint64]
    """[n, 2]: signatures."""
    tints: NDArray[np.int8]
    """[n, 2]: colours, where they are known."""


class Sighting(NamedTuple):
    """Where the thing is seen, and what speaks for it."""

    evidence: float
    """Logarithm of the odds against chance, for a query and picture of so many features."""
    transform: Matrix
    """[3, 3]: from the query's pixels to the picture's."""
    here: NDArray[np.int64]
    """Numbers of the agreeing features in the query, the most telling first."""
    there: NDArray[np.int64]
    """Numbers of their partners in the picture."""


@inlined
def _relations(here: Any, there: Any, pairs: Any) -> Any:
    """Return float64[pairs, 2]: by how much each pair turns and, as a logarithm, enlarges."""
    relation = np.empty((pairs.shape[0], 2))
    for k in range(pairs.shape[0]):
        a, b = here[pairs[k, 0]], there[pairs[k, 1]]
        relation[k, 0], relation[k, 1] = b[3] - a[3], math.log(b[2] / a[2])
    return relation


@inlined
def _supports(
    here: Any, there: Any, pairs: Any, relation: Any, i: int, size: float, weight: Any, agreeing: Any
) -> float:
    """Return how much alike those pairs look that agree with the similarity that a pair proposes; mark them."""
    a, b = here[pairs[i, 0]], there[pairs[i, 1]]
    turn, zoom = relation[i, 0], b[2] / a[2]
    cos, sin = zoom * math.cos(turn), zoom * math.sin(turn)
    total, best, previous = 0.0, 0.0, -1
    for k in range(pairs.shape[0]):
        # What is cheap to tell apart comes first: most pairs end here.
        if abs(relation[k, 1] - relation[i, 1]) > SCALE_OFF or abs(turned(relation[k, 0] - turn)) > TURN_OFF:
            continue
        p, q = here[pairs[k, 0]], there[pairs[k, 1]]
        dx, dy = p[0] - a[0], p[1] - a[1]
        ex, ey = b[0] + cos * dx - sin * dy - q[0], b[1] + sin * dx + cos * dy - q[1]
        allowed = min(_LOOSE * size, _LEAST * size + _BENT * zoom * (abs(dx) + abs(dy))) + _SCALES * q[2]
        if ex * ex + ey * ey > allowed * allowed:
            continue
        agreeing[k] = True
        if pairs[k, 0] != previous:
            # A feature of the query counts once, by the partner that it looks most like.
            total, best, previous = total + best, 0.0, pairs[k, 0]
        best = max(best, min(_MOST_OF_ONE, weight[pairs[k, 2]]))
    return total + best


@inlined
def _propose(here: Any, there: Any, pair: Any, affine: Any) -> None:
    a, b = here[pair[0]], there[pair[1]]
    zoom, turn = b[2] / a[2], b[3] - a[3]
    cos, sin = zoom * math.cos(turn), zoom * math.sin(turn)
    affine[0], affine[1], affine[2] = cos, -sin, b[0] - cos * a[0] + sin * a[1]
    affine[3], affine[4], affine[5] = sin, cos, b[1] - sin * a[0] - cos * a[1]


_OUT = types.Array(types.int64, 2, "C")
_LOOKS = types.Array(types.float64, 2, "C", readonly=True)
_SIX = types.Array(types.float64, 1, "C")


_SHOWN = (_GEOMETRY, _MARKS, _TINTS)


@kernel(types.float64(*_SHOWN, *_SHOWN, _TABLE, _PAIRS, _TABLE, _LOOKS, _TABLE, _SIX, _OUT))
def _best(
    here: Any,
    here_marks: Any,
    here_tints: Any,
    there: Any,
    marks: Any,
    tints: Any,
    frame: Any,
    pairs: Any,
    weight: Any,
    like: Any,
    levels: Any,
    transform: Any,
    points: Any,
) -> float:
    size, count = max(frame[0], frame[1]), pairs.shape[0]
    agreeing = np.zeros((count, count), np.bool_)
    support, relation = np.empty(count), _relations(here, there, pairs)
    for i in range(count):
        support[i] = _supports(here, there, pairs, relation, i, size, weight, agreeing[i])
    starts, ordered = into_cells(there, frame[0], frame[1])
    placed, placed_marks, placed_tints = there[ordered], marks[ordered], tints[ordered]
    best = -np.inf
    points[:] = -1
    partner, bits = np.empty(here.shape[0], np.int64), np.empty(here.shape[0], np.int64)
    chosen, affine = np.empty(here.shape[0], np.int64), np.empty(6)
    by_chance = math.log(here.shape[0] * there.shape[0])
    for turn in range(min(_MORE_PROPOSALS, count)):
        i = int(np.argmax(support))
        if support[i] < 0 or (turn >= _PROPOSALS and not _HOPELESS < best - by_chance < _ENOUGH):
            break
        # What agrees with this proposal would propose the same once more.
        support[agreeing[i]] = -1.0
        support[i] = -1.0
        _propose(here, there, pairs[i], affine)
        if not follow(here, here_marks, placed, placed_marks, starts, frame, weight, affine, partner, bits):
            continue
        total, found = weigh(here, placed, partner, bits, affine, starts, frame, like, levels, chosen)
        total += tinted(here_tints, placed_tints, partner, chosen, found)
        if total > best:
            best = total
            transform[:], points[:] = affine, -1
            for t in range(found):
                points[t, 0], points[t, 1] = chosen[t], ordered[partner[chosen[t]]]
    # The more there is on both sides, the better the best that chance can do.
    return best - by_chance


@cache
def _tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return evidence.rarity(), evidence.likeness()


def sighting(
    box: Shown,
    picture: Shown,
    frame: tuple[int, int],
    pairs: NDArray[np.int64],
    levels: NDArray[np.float64],
) -> Sighting | None:
    """Return the best transform from the features of a box to those of a picture, or None where none holds.

    `frame` is the picture's width and height; `pairs` int64[n, 3] holds numbers of features that look alike, here and
    there, and by how many bits they differ. They are what proposes; all features decide. `levels` float64[n] tells how
    common each of the box's is.
    """
    here, there = box.geometry, picture.geometry
    if len(pairs) > MOST_PAIRS:
        pairs = pairs[np.argsort(pairs[:, 2], kind="stable")[:MOST_PAIRS]]
    pairs = np.ascontiguousarray(pairs[np.argsort(pairs[:, 0], kind="stable")])
    transform, points = np.empty(6), np.empty((len(here), 2), np.int64)
    size = np.array(frame, np.float64)
    total = _best(*box, *picture, size, pairs, *_tables(), levels, transform, points)
    points = points[points[:, 0] >= 0]
    if not len(points):
        return None
    matrix = np.vstack([transform.reshape(2, 3), [0.0, 0.0, 1.0]])
    matrix = closer(matrix, here[points[:, 0], :2], there[points[:, 1], :2])
    return Sighting(total, matrix, points[:, 0], points[:, 1])
