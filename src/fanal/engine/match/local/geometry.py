"""Whether pairs of features agree on one transform: first a similarity that one pair proposes, then up to a homography.

What is proposed is in `proposals`, what agrees with a fitted transform in `fitting`.
"""

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.local.fitting import agreeing, fitted, spots_of
from fanal.engine.match.local.proposals import propose

Matrix = NDArray[np.float64]

MOST_PAIRS = 600
_LARGEST_ZOOM = 12.0
_FLATTEST = 5.0
"""How much longer a fitted transform may make one direction than another."""
_THINNEST = 0.006
"""Agreeing points must spread across both directions by this share of the longer side: those on a line prove little."""
_EDGE = 0.03
"""How far beyond a picture's edges a pair may point and still agree, as a share of its longer side."""
_FEWEST_IN_PERSPECTIVE = 10


class Agreement(NamedTuple):
    """A transform and the pairs that agree on it."""

    transform: Matrix
    """[3, 3]: from the query's pixels to the picture's."""
    inliers: NDArray[np.int64]
    """Numbers of the pairs, no place used twice."""


def agree(
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    size: int,
    fewest: int,
    proposed: NDArray[np.bool_] | None = None,
) -> Agreement | None:
    """Return the transform that most pairs agree on, or None where fewer than `fewest` do.

    `here` and `there` are float32[n, 4]: x, y, scale, direction of each pair in the query and in the picture, ordered
    by feature of the query. `size` is the longer side of the picture, in pixels. `proposed` is what `propose` marked
    of these pairs, if it was asked already.
    """
    if len(here) < fewest:
        return None
    if proposed is None:
        proposed, promising = propose(here, there, np.array([0, len(here)]), np.array([size]), fewest)
        if not promising[0]:
            return None
    return _fitted(here, there, size, proposed, fewest)


def _fitted(
    here: NDArray[np.float32], there: NDArray[np.float32], size: int, mask: NDArray[np.bool_], fewest: int
) -> Agreement | None:
    chosen: Agreement | None = None
    spots = np.stack([spots_of(here), spots_of(there)])
    for rows in (4, 6, 6, 8, 8):
        inliers = np.flatnonzero(mask) if chosen is None else chosen.inliers
        if len(inliers) < max(fewest, 4, _FEWEST_IN_PERSPECTIVE if rows == 8 else 0):
            break
        transform = _fit(here[inliers, :2], there[inliers, :2], rows)
        if transform is None:
            continue
        loose = 3.0 if chosen is None else 1.0
        found = agreeing(transform, here, there, spots, size, loose)
        if chosen is None or len(found) >= len(chosen.inliers) or rows == 6:
            chosen = Agreement(transform, found)
    if chosen is None or len(chosen.inliers) < fewest:
        return None
    return chosen if _sound(chosen, here, there, size) else None


def _fit(here: NDArray[np.float32], there: NDArray[np.float32], freedom: int) -> Matrix | None:
    """Return the least-squares similarity (4), affine map (6) or homography (8) of float32[n, 2] points, or None."""
    if freedom == 8:
        found, _ = cv2.findHomography(here, there, 0)
        return None if found is None else np.asarray(found, np.float64)
    return fitted(here.astype(np.float64), there.astype(np.float64), freedom)


def closer(affine: Matrix, here: NDArray[np.float32], there: NDArray[np.float32]) -> Matrix:
    """Return the homography of points that agree on an affine map, or that map where they are few or fit no better."""
    found = _fit(here, there, 8) if len(here) >= _FEWEST_IN_PERSPECTIVE else None
    if found is None or np.any(np.concatenate([here, np.ones((len(here), 1))], axis=1) @ found[2] <= 0):
        return affine
    miss = [float(np.median(np.linalg.norm(apply(one, here) - there, axis=1))) for one in (affine, found)]
    return found / found[2, 2] if miss[1] < miss[0] else affine


def apply(transform: Matrix, points: NDArray[Any]) -> NDArray[np.float64]:
    """Return where a transform takes points [n, 2]; infinitely far for those beyond its horizon."""
    mapped = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ transform.T
    depth = mapped[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(depth > 1e-9, mapped[:, :2] / depth, np.inf)


def within(transform: Matrix, points: NDArray[Any], frame: NDArray[np.int64]) -> int:
    """Return how many points, [n, 2], a transform takes into a picture of that width and height, or hardly beyond."""
    beyond = _EDGE * frame.max()
    there = apply(transform, points)
    return int(((there > -beyond) & (there < frame + beyond)).all(axis=1).sum())


def _sound(agreement: Agreement, here: NDArray[np.float32], there: NDArray[np.float32], size: int) -> bool:
    """Return whether a transform is one that pictures of one thing can have, and its points spread over an area."""
    stretch = np.linalg.svd(agreement.transform[:2, :2] / agreement.transform[2, 2], compute_uv=False)
    if stretch[0] > _LARGEST_ZOOM or stretch[1] < 1 / _LARGEST_ZOOM or stretch[0] > _FLATTEST * stretch[1]:
        return False
    if np.linalg.det(agreement.transform) <= 0:
        return False
    spread = np.linalg.svd(there[agreement.inliers, :2] - there[agreement.inliers, :2].mean(axis=0), compute_uv=False)
    return bool(spread[1] / math.sqrt(len(agreement.inliers)) > _THINNEST * size)


def clipped(outline: NDArray[np.float64], box: tuple[int, int, int, int]) -> NDArray[np.float64]:
    """Return the part of an outline, [n, 2], that lies within a box (x, y, width, height); empty where none does.

    Source: I. Sutherland and G. Hodgman, "Reentrant polygon clipping", CACM 1974.
    """
    x, y, width, height = box
    # A corner beyond the horizon lies infinitely far away: the outline is drawn by those that can be.
    outline = outline[np.isfinite(outline).all(axis=1)]
    for axis, limit, sign in ((0, x, 1.0), (0, x + width, -1.0), (1, y, 1.0), (1, y + height, -1.0)):
        kept: list[NDArray[np.float64]] = []
        for start, end in zip(np.roll(outline, 1, axis=0), outline, strict=True):
            inside, was = sign * (end[axis] - limit) >= 0, sign * (start[axis] - limit) >= 0
            if inside != was:
                kept.append(start + (end - start) * ((limit - start[axis]) / (end[axis] - start[axis])))
            if inside:
                kept.append(end)
        outline = np.array(kept, np.float64).reshape(-1, 2)
    return outline
