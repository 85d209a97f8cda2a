"""What is seen everywhere, such as a watermark or the frame of a player, does not count: a link is what is left."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.link import Link
from fanal.engine.match.local.confidence import local_confidence

Outline = Sequence[Sequence[float]]
"""Corners in one unit: shares of a picture's width and height, or its pixels."""
WHOLE = 0.9
"""A picture of which so much is a pattern that is everywhere shows nothing else."""
_MARGIN = 0.04
"""Outlines are widened by this share of their size: features at a pattern's edge see beyond it."""


def outside(points: NDArray[np.float64], outlines: Sequence[Outline]) -> NDArray[np.bool_]:
    """Return which of the points [n, 2] lie in none of the outlines."""
    free = np.ones(len(points), np.bool_)
    for outline in outlines:
        corners = np.array(outline, np.float64).reshape(-1, 2)
        if len(corners) >= 3:
            middle = corners.mean(axis=0)
            free &= ~_within(points, middle + (corners - middle) * (1 + _MARGIN))
    return free


def _within(points: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie in a polygon, by how often a ray from each crosses its edges."""
    inside = np.zeros(len(points), np.bool_)
    x, y = points.T
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        crosses = (ay > y) != (by > y)
        if crosses.any():
            inside ^= crosses & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return inside


def covered(outlines: Sequence[Outline]) -> bool:
    """Return whether one of the outlines, in shares of a picture, is all but the whole of it."""
    return any(_area(np.array(outline, np.float64).reshape(-1, 2).clip(0, 1)) >= WHOLE for outline in outlines)


def _area(corners: NDArray[np.float64]) -> float:
    x, y = corners.T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def left_over(points: NDArray[Any], agreeing: int, here: Sequence[Outline], there: Sequence[Outline]) -> int:
    """Return how many of `agreeing` points lie outside what is seen everywhere, on both sides.

    `points` [n, 4] are those that were kept to be drawn: x and y in the one, x and y in the other, in the outlines'
    units. They stand for all.
    """
    pairs = np.array(points, np.float64).reshape(-1, 4)
    free = outside(pairs[:, :2], here) & outside(pairs[:, 2:], there)
    return round(agreeing * float(free.mean())) if len(pairs) else agreeing


def without(link: Link, here: Sequence[Outline], there: Sequence[Outline]) -> Link:
    """Return what is left of a link when points in these outlines, in pixels, do not count. Others stay as they are."""
    if not link.points or not link.needed or not (here or there):
        return link
    left = left_over(np.array(link.points), link.agreeing, here, there)
    if left == link.agreeing:
        return link
    sure = local_confidence(left, link.needed)
    return replace(link, confidence=sure, accepted=link.accepted and left >= link.needed, agreeing=left)
