"""How much a followed transform proves: the logarithm of the odds that one thing is seen in both, against chance.

Each feature that is found where it should be counts by how rarely strangers look so much alike, and by how many stored
features lie about there at all; each that is not found, though it could be seen, counts a little against. Several
witnesses of one spot are one. Of what lies on one straight line only two points count, and so for up to four lines:
frames, shelves and walls agree with each other in any two rooms.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.engine.compiled import inlined
from fanal.engine.match.local.around import shifts, slopes
from fanal.engine.match.local.grid import crowd
from fanal.engine.match.local.guided import FINAL_REACH, FINAL_SCALES, LOOKS, TURN_OFF, zoom_of

_FOUND = 0.05
"""Of the features of one thing, the share that is found again, at least."""
_MOST_OF_LOOKS, _MOST_OF_PLACE = 9.0, 4.0
"""No single feature counts for more than this by its looks, and by its place: some stranger is always very like. One
that is met less often than others (see `around`) may count for so much more by its looks."""
_AGREEING = 3.9
"""Logarithm of how rarely a chance pair agrees with others in scale and turn, of 192 cells counted by fours."""
_MARGIN = 1e-6
_SIDE = 720.0
_SMALLEST = 1.9
"""A feature that would be smaller than this in a picture of 720 pixels is not missed."""
_OVERLAPPING = 0.5
_LINES = 4
"""So many straight lines are looked for: a frame has four."""
_LINED = 30
"""So many of the strongest points are looked at for lines."""
_LINE, _LINE_SHARE = 0.01, 0.08
"""How far points of one line may lie from it: shares of the picture's longer side and of the points' spread."""

_CHANCE_BITS = (0, 10, 15, 20, 25, 30, 34, 38, 42, 46, 50, 55, 60, 64)
_CHANCE = (-19, -15.6, -12.4, -10.1, -8.1, -6.5, -5.4, -4.4, -3.47, -2.67, -2, -1.3, -0.8, -0.5)
"""Natural logarithm of the share of strangers' features that differ by so many bits at most."""
_TRUE_BITS = tuple(1.5 + 3 * step for step in range(15))
_TRUE = (
    *(0.0019, 0.0155, 0.032, 0.042, 0.039, 0.031, 0.0275, 0.023),
    *(0.019, 0.0175, 0.0145, 0.011, 0.009, 0.006, 0.004),
)
"""How often the same spot of a thing in two scenes differs by so many bits."""


def rarity() -> NDArray[np.float64]:
    """Return, for each number of bits, how rarely strangers' features differ by so few: a natural logarithm."""
    return -np.interp(np.arange(LOOKS), _CHANCE_BITS, _CHANCE)


def likeness() -> NDArray[np.float64]:
    """Return float64[2, LOOKS]: what it proves to differ by so many bits, and how much less for each level it has.

    What it proves is the logarithm of how much likelier it is for one spot than for strangers. See `around` for levels.
    """
    bits = np.arange(LOOKS)
    chance = np.maximum(np.gradient(np.exp(-rarity())), 1e-9)
    return np.stack([np.log(np.interp(bits, _TRUE_BITS, _TRUE) / chance) - shifts(bits), slopes(bits)])


def of_hits(
    query: NDArray[np.int32],
    bits: NDArray[np.int32],
    picture: NDArray[np.int32],
    levels: NDArray[np.float64],
    sizes: NDArray[np.int64],
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the numbers of the hits that prove more than `least`, and what each proves, beside its place.

    A hit is a feature of the query, one of a picture and by how many bits they differ; `levels` and `sizes` are those
    of the features and pictures that these are numbers of. A match will have to lie in one of four of the cells of
    scale and turn in which votes are counted.
    """
    like = _like()[:, : int(bits.max(initial=0)) + 1]
    looks = np.minimum(_MOST_OF_LOOKS - levels[:, None], like[0] - like[1] * levels[:, None]) + _AGREEING
    odds = looks[query, bits] - np.log(sizes + 1.0)[picture]
    # Nearly all prove next to nothing: they are left out by their looks, before what is dear is worked out.
    some = np.flatnonzero(odds > math.log(math.expm1(least) / _FOUND) - _MARGIN)
    worth = np.log1p(_FOUND * np.exp(odds[some]))
    more = worth > least
    return some[more], worth[more]


@cache
def _like() -> NDArray[np.float64]:
    return likeness()


@inlined
def _missed(here: Any, partner: Any, affine: Any, frame: Any) -> int:
    """Return how many features of the query could be seen and were not found."""
    smallest = _SMALLEST * max(frame[0], frame[1]) / _SIDE / zoom_of(affine)
    count = 0
    for k in range(here.shape[0]):
        if partner[k] < 0 and here[k, 2] >= smallest:
            x = affine[0] * here[k, 0] + affine[1] * here[k, 1] + affine[2]
            y = affine[3] * here[k, 0] + affine[4] * here[k, 1] + affine[5]
            count += 0 <= x < frame[0] and 0 <= y < frame[1]
    return count


@inlined
def _of_one(scale: float, bits: int, place: Any, starts: Any, frame: Any, like: Any, level: float) -> float:
    size = max(frame[0], frame[1])
    radius = FINAL_REACH * size + FINAL_SCALES * scale
    density = crowd(starts, place[0], place[1], max(4 * radius, 0.04 * size), frame[0], frame[1])
    by_chance = density * math.pi * radius * radius * (TURN_OFF / math.pi) * 0.5
    rare = min(_MOST_OF_PLACE, -math.log(max(by_chance, 1e-6)))
    looks = min(_MOST_OF_LOOKS - level, like[0, bits] - like[1, bits] * level)
    return float(math.log(1 - _FOUND + _FOUND * math.exp(looks + rare)))


@inlined
def _share(here: Any, there: Any, partner: Any, k: int, chosen: Any, count: int) -> float:
    """Return how much a point counts beside those chosen before: nothing at a used spot, half where looks overlap."""
    share = 1.0
    for t in range(count):
        other = chosen[t]
        j, i = partner[k], partner[other]
        near = math.hypot(here[k, 0] - here[other, 0], here[k, 1] - here[other, 1])
        close = math.hypot(there[j, 0] - there[i, 0], there[j, 1] - there[i, 1])
        scale = max(here[k, 2], here[other, 2])
        if near < 0.5 * scale or close < 0.5 * max(there[j, 2], there[i, 2]):
            return 0.0
        if near < 2 * scale:
            share = _OVERLAPPING
    return share


@inlined
def _width(there: Any, partner: Any, chosen: Any, top: int, size: float) -> float:
    x, y, spread = 0.0, 0.0, 0.0
    for t in range(top):
        x += there[partner[chosen[t]], 0] / top
        y += there[partner[chosen[t]], 1] / top
    for t in range(top):
        spread += ((there[partner[chosen[t]], 0] - x) ** 2 + (there[partner[chosen[t]], 1] - y) ** 2) / top
    return min(_LINE * size, _LINE_SHARE * math.sqrt(spread))


@inlined
def _off(there: Any, partner: Any, chosen: Any, a: int, b: int, t: int) -> float:
    """Return how far a point lies from the line through two others; infinitely far where these are one."""
    x, y = there[partner[chosen[a]], 0], there[partner[chosen[a]], 1]
    along, across = there[partner[chosen[b]], 0] - x, there[partner[chosen[b]], 1] - y
    length = math.hypot(along, across)
    if length < 1:
        return np.inf
    return float(abs((there[partner[chosen[t]], 0] - x) * across - (there[partner[chosen[t]], 1] - y) * along) / length)


@inlined
def _beyond_two(there: Any, partner: Any, chosen: Any, worth: Any, top: int, a: int, b: int, width: float) -> float:
    """Return what the points on the line through two of them are worth beyond the two best."""
    total, best, second = 0.0, 0.0, 0.0
    for t in range(top):
        if _off(there, partner, chosen, a, b, t) > width:
            continue
        total += worth[t]
        if worth[t] > best:
            best, second = worth[t], best
        elif worth[t] > second:
            second = worth[t]
    return total - best - second


@inlined
def _fullest(there: Any, partner: Any, chosen: Any, worth: Any, top: int, width: float) -> tuple[float, int, int]:
    """Return what the line that holds most is worth beyond its two best points, and two points that it goes through."""
    most, one, other = 0.0, -1, -1
    for a in range(top):
        for b in range(a + 1, top):
            beyond = _beyond_two(there, partner, chosen, worth, top, a, b, width)
            if beyond > most:
                most, one, other = beyond, a, b
    return most, one, other


@inlined
def _lined(there: Any, partner: Any, chosen: Any, worth: Any, count: int, size: float) -> float:
    """Return what the points of the lines that hold most are worth beyond the two best of each."""
    top = min(count, _LINED)
    width = _width(there, partner, chosen, top, size)
    total = 0.0
    for _ in range(_LINES):
        most, one, other = _fullest(there, partner, chosen, worth, top, width)
        if one < 0:
            break
        total += most
        kept = 0
        # The points are in order of what they are worth: the first two of the line stay.
        for t in range(top):
            if worth[t] > 0 and _off(there, partner, chosen, one, other, t) <= width:
                kept += 1
                worth[t] = worth[t] if kept <= 2 else 0.0
    return total


@inlined
def weigh(
    here: Any,
    there: Any,
    partner: Any,
    bits: Any,
    affine: Any,
    starts: Any,
    frame: Any,
    like: Any,
    levels: Any,
    chosen: Any,
) -> tuple[float, int]:
    """Return the evidence, and how many distinct points there are; write their numbers in the query to `chosen`."""
    worth = np.full(here.shape[0], -np.inf)
    zoom = zoom_of(affine)
    for k in range(here.shape[0]):
        if partner[k] >= 0:
            worth[k] = _of_one(here[k, 2] * zoom, bits[k], there[partner[k]], starts, frame, like, levels[k])
    total = _missed(here, partner, affine, frame) * math.log(1 - _FOUND)
    of_points = np.empty(here.shape[0])
    count = 0
    for k in np.argsort(-worth):
        if partner[k] < 0:
            break
        share = _share(here, there, partner, k, chosen, count) if worth[k] > 0 else 0.0
        total += share * worth[k] if share > 0 else min(worth[k], 0.0)
        if share > 0:
            chosen[count], of_points[count] = k, worth[k]
            count += 1
    return total - _lined(there, partner, chosen, of_points, count, max(frame[0], frame[1])), count
