"""Follows a proposed transform: every feature of the query is looked for where the transform says that it must be.

What is near there, of that size and direction, may look less alike than what is looked for among everything: there is
little else that it could be. So three true pairs find the thirty that the index did not give.
"""

import math
from typing import Any

import numpy as np

from fanal.engine.compiled import inlined
from fanal.engine.instructions import popcount
from fanal.engine.match.local.grid import CELLS, cell_of

SCALE_OFF = math.log(1.7)
TURN_OFF = math.radians(30)
LOOKS = 1000
"""A number of bits that stands for: nothing was found."""
_ROUNDS = ((0.03, 2.0, 34), (0.02, 1.5, 36), (0.012, 1.0, 38), (0.008, 1.0, 40))
"""How far a feature may be off (share of the longer side, and times its scale), by how many bits; ever closer."""
FINAL_REACH, FINAL_SCALES, FINAL_BITS = 0.005, 1.0, 42
_LARGEST_ZOOM = 12.0
_FLATTEST = 3.0
_FEWEST = 3
_FEWEST_BENT = 5
"""Pairs from which on a transform may stretch one direction more than the other."""
_STIFFNESS = 0.02


@inlined
def turned(angle: float) -> float:
    """Return an angle between −π and π."""
    return angle - 2 * math.pi * math.floor(angle / (2 * math.pi) + 0.5)


@inlined
def zoom_of(affine: Any) -> float:
    """Return by how much an affine map (six numbers, row by row) enlarges."""
    return math.sqrt(abs(affine[0] * affine[4] - affine[1] * affine[3]))


@inlined
def _nearest_look(
    here: Any, mark: Any, affine: Any, there: Any, marks: Any, starts: Any, frame: Any, reach: Any
) -> tuple[int, int]:
    """Return the stored feature that looks most like one of the query, of those where it should be; −1 for none."""
    x = affine[0] * here[0] + affine[1] * here[1] + affine[2]
    y = affine[3] * here[0] + affine[4] * here[1] + affine[5]
    who, fewest = -1, reach[2] + 1
    if x < 0 or y < 0 or x >= frame[0] or y >= frame[1]:
        return who, fewest
    scale = here[2] * zoom_of(affine)
    radius = reach[0] + reach[1] * scale
    left, right = cell_of(x - radius, frame[0]), cell_of(x + radius, frame[0])
    for row in range(cell_of(y - radius, frame[1]), cell_of(y + radius, frame[1]) + 1):
        for j in range(starts[row * CELLS + left], starts[row * CELLS + right + 1]):
            # Nearly all end here: strangers differ by half of the bits.
            bits = np.int64(popcount(mark[0] ^ marks[j, 0])) + np.int64(popcount(mark[1] ^ marks[j, 1]))
            if bits >= fewest or (there[j, 0] - x) ** 2 + (there[j, 1] - y) ** 2 > radius * radius:
                continue
            if _of_that_kind(here[3], affine, scale, there[j]):
                who, fewest = j, bits
    return who, fewest


@inlined
def _of_that_kind(turn: float, affine: Any, scale: float, feature: Any) -> bool:
    """Tell whether a stored feature has about the size and direction that one of the query must have there."""
    if abs(math.log(feature[2] / scale)) > SCALE_OFF:
        return False
    cos, sin = math.cos(turn), math.sin(turn)
    direction = math.atan2(affine[3] * cos + affine[4] * sin, affine[0] * cos + affine[1] * sin)
    return bool(abs(turned(feature[3] - direction)) <= TURN_OFF)


@inlined
def gather(
    here: Any,
    here_marks: Any,
    affine: Any,
    there: Any,
    marks: Any,
    starts: Any,
    frame: Any,
    reach: Any,
    partner: Any,
    bits: Any,
) -> int:
    """Write the partner of each feature of the query (−1 for none) and how many bits differ; return how many there are.

    The stored features are in the order of the cells that they lie in, which begin at `starts`.
    A stored feature is the partner of one only, of the one that it looks most like.
    """
    taken = np.full(there.shape[0], -1, np.int64)
    count = 0
    for k in range(here.shape[0]):
        j, differ = _nearest_look(here[k], here_marks[k], affine, there, marks, starts, frame, reach)
        partner[k] = -1
        if j < 0:
            continue
        rival = taken[j]
        if rival >= 0 and bits[rival] <= differ:
            continue
        if rival >= 0:
            partner[rival] = -1
            count -= 1
        taken[j], partner[k], bits[k] = k, j, differ
        count += 1
    return count


@inlined
def _stretched(xx: float, xy: float, yy: float, cross: Any, a: float, b: float, out: Any) -> None:
    """Write the linear part of the affine map by least squares, held back towards a similarity, if it is sound."""
    hold = _STIFFNESS * (xx + yy)
    xx, yy = xx + hold, yy + hold
    xu, yu, xv, yv = cross[0] + hold * a, cross[1] - hold * b, cross[2] + hold * b, cross[3] + hold * a
    area = xx * yy - xy * xy
    p, q = (xu * yy - yu * xy) / area, (yu * xx - xu * xy) / area
    r, s = (xv * yy - yv * xy) / area, (yv * xx - xv * xy) / area
    det, square = p * s - q * r, p * p + q * q + r * r + s * s
    if det <= 0:
        return
    longest = math.sqrt((square + math.sqrt(max(square * square - 4 * det * det, 0.0))) / 2)
    if longest * longest < _FLATTEST * det:
        out[0], out[1], out[3], out[4] = p, q, r, s


@inlined
def _middle(here: Any, there: Any, partner: Any, bits: Any, weight: Any) -> Any:
    """Return the weighted middles of both sides (x, y, u, v), and the number of pairs."""
    sums = np.zeros(6)
    for k in range(here.shape[0]):
        j = partner[k]
        if j >= 0:
            w = weight[bits[k]]
            sums += np.array([w * here[k, 0], w * here[k, 1], w * there[j, 0], w * there[j, 1], w, 1.0])
    sums[:4] /= max(sums[4], 1e-12)
    return sums


@inlined
def fit(here: Any, there: Any, partner: Any, bits: Any, weight: Any, bend: bool, affine: Any) -> bool:
    """Write the transform that the pairs agree on best, by weighted least squares; return whether there is one."""
    middle = _middle(here, there, partner, bits, weight)
    xx, xy, yy = 0.0, 0.0, 0.0
    cross = np.zeros(4)
    for k in range(here.shape[0]):
        j = partner[k]
        if j < 0:
            continue
        w = weight[bits[k]]
        x, y, u, v = here[k, 0] - middle[0], here[k, 1] - middle[1], there[j, 0] - middle[2], there[j, 1] - middle[3]
        xx, xy, yy = xx + w * x * x, xy + w * x * y, yy + w * y * y
        cross += np.array([w * x * u, w * y * u, w * x * v, w * y * v])
    if xx + yy < 1e-6:
        return False
    a, b = (cross[0] + cross[3]) / (xx + yy), (cross[2] - cross[1]) / (xx + yy)
    affine[0], affine[1], affine[3], affine[4] = a, -b, b, a
    if bend and middle[5] >= _FEWEST_BENT:
        _stretched(xx, xy, yy, cross, a, b, affine)
    affine[2] = middle[2] - affine[0] * middle[0] - affine[1] * middle[1]
    affine[5] = middle[3] - affine[3] * middle[0] - affine[4] * middle[1]
    zoom = zoom_of(affine)
    return bool(1 / _LARGEST_ZOOM < zoom < _LARGEST_ZOOM)


@inlined
def follow(
    here: Any,
    here_marks: Any,
    there: Any,
    marks: Any,
    starts: Any,
    frame: Any,
    weight: Any,
    affine: Any,
    partner: Any,
    bits: Any,
) -> bool:
    """Bring a proposed transform ever closer to what agrees with it; return whether something does in the end."""
    size = max(frame[0], frame[1])
    for number in range(len(_ROUNDS)):
        share, scales, most = _ROUNDS[number]
        reach = (share * size, scales, most)
        found = gather(here, here_marks, affine, there, marks, starts, frame, reach, partner, bits)
        if found < _FEWEST or not fit(here, there, partner, bits, weight, number > 0, affine):
            return False
    reach = (FINAL_REACH * size, FINAL_SCALES, FINAL_BITS)
    return bool(gather(here, here_marks, affine, there, marks, starts, frame, reach, partner, bits) >= _FEWEST)
