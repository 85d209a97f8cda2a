"""How much of two pictures agrees: all of both, one as a part of the other, or a place or thing within both."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.extent import Extent
from fanal.engine.match.local.inward import EDGE, SAME_PLACE, depth
from fanal.engine.match.orientation import Size

_SPREAD = 0.3
"""Points that lie over so much of what both pictures could share speak for all of it; fewer, for a thing in it."""
_NEARLY_ALL = 0.8
_MOST = 0.75
"""Of the points: some agree elsewhere by chance. Half of those of a copy lie along its edges, and it goes on inward."""
_LEAST_TURN = 3
"""Degrees: a turn below is that of a hand, and not said."""


def extent_of(
    points: NDArray[Any], here: NDArray[Any], there: NDArray[Any], here_area: float, there_area: float
) -> Extent:
    """Return how much of two pictures agrees.

    `points` [n, 2] lie in the first picture; `here` and `there` [k, 2] outline what both could share, in each of the
    pictures, whose areas are in pixels too.
    """
    common = _area(here)
    if common <= 0 or _area(cv2.convexHull(points.astype(np.float32))) < _SPREAD * common:
        return Extent.THING
    first, second = common >= _NEARLY_ALL * here_area, _area(there) >= _NEARLY_ALL * there_area
    if first and second:
        return Extent.WHOLE
    return Extent.INNER if first else Extent.OUTER if second else Extent.OVERLAP


def along_edges(here: NDArray[Any], there: NDArray[Any], size: Size, there_size: Size) -> bool:
    """Tell whether points, [n, 2] in each of two pictures of these sizes, lie along the edges, at the very same place.

    So do frames of players, bars of programs and captions, in every picture that they are laid over, and a room before
    a camera that does not move. A camera that was held in a hand sees nothing of a room twice at the very same place,
    and a copy that keeps its place agrees in the middle as well.
    """
    share, there_share = here / np.array(size, np.float64), there / np.array(there_size, np.float64)
    still = np.abs(share - there_share).max(axis=1) <= SAME_PLACE
    return bool((still & (depth(share) <= EDGE)).mean() >= _MOST)


def within_edges(points: NDArray[Any], size: Size) -> bool:
    """Tell whether points, [n, 2] of a picture of this size, lie along its edges, wherever there."""
    return bool((depth(points / np.array(size, np.float64)) <= EDGE).mean() >= _MOST)


def turn_of(transform: NDArray[np.float64], *, mirrored: bool) -> int:
    """Return by how many degrees, clockwise, a transform turns a picture after it was mirrored; 0 for next to none."""
    a, b = transform[0, 0], transform[1, 0]
    degrees = round(math.degrees(math.atan2(-b, -a) if mirrored else math.atan2(b, a)))
    return degrees if abs(degrees) >= _LEAST_TURN else 0


def _area(outline: NDArray[Any]) -> float:
    return float(cv2.contourArea(outline.astype(np.float32).reshape(-1, 1, 2))) if len(outline) >= 3 else 0.0
