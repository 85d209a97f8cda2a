"""Whether pairs of features agree on one transform: first a similarity that one pair proposes, then up to a homography.

Each feature has a place, a scale and a direction, so a single pair proposes a whole similarity (Philbin et al., CVPR
2007). All pairs are tried, so nothing is left to chance: the same input gives the same answer.
"""

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel

Matrix = NDArray[np.float64]

MOST_PAIRS = 600
_LOOSE, _LOOSE_SCALES = 0.03, 2.0
"""A proposed similarity may miss by this share of the picture's longer side, and so many times the feature's scale."""
_TIGHT, _TIGHT_SCALES = 0.003, 1.0
"""The same for a fitted transform."""
_ZOOM_OFF = 1.7
_SCALE_OFF = math.log(_ZOOM_OFF)
_TURN_COSINE = math.cos(math.radians(30))
_LARGEST_ZOOM = 12.0
_FLATTEST = 5.0
"""How much longer a fitted transform may make one direction than another."""
_THINNEST = 0.006
"""Agreeing points must spread across both directions by this share of the longer side: those on a line prove little."""


_FEWEST_IN_PERSPECTIVE = 10


class Agreement(NamedTuple):
    """A transform and the pairs that agree on it."""

    transform: Matrix
    """[3, 3]: from the query's pixels to the picture's."""
    inliers: NDArray[np.int64]
    """Numbers of the pairs, no place used twice."""


_ROWS = types.Array(types.float32, 2, "C", readonly=True)


@inlined
def _agrees(pairs: Any, i: int, k: int, a: float, b: float, x: float, y: float) -> Any:
    """Whether pair k agrees with the similarity that pair i proposes: in place, direction and scale."""
    ex = x + a * pairs[0, k] - b * pairs[1, k] - pairs[2, k]
    ey = y + b * pairs[0, k] + a * pairs[1, k] - pairs[3, k]
    # No branch: several pairs are asked at a time.
    return (
        (ex * ex + ey * ey <= pairs[4, k])
        & (pairs[5, k] * pairs[5, i] + pairs[6, k] * pairs[6, i] >= _TURN_COSINE)
        & (pairs[7, k] <= pairs[7, i] * _ZOOM_OFF)
        & (pairs[7, i] <= pairs[7, k] * _ZOOM_OFF)
    )


@inlined
def _prepared(here: Any, there: Any, loose: float, times: float) -> Any:
    """Return what is asked of each pair, [8, n]: places here and there, what it may miss by, squared, turn and zoom."""
    pairs = np.empty((8, here.shape[0]))
    for k in range(here.shape[0]):
        turn = there[k, 3] - here[k, 3]
        pairs[0, k], pairs[1, k] = here[k, 0], here[k, 1]
        pairs[2, k], pairs[3, k] = there[k, 0], there[k, 1]
        pairs[4, k] = (loose + times * there[k, 2]) ** 2
        pairs[5, k], pairs[6, k] = math.cos(turn), math.sin(turn)
        pairs[7, k] = there[k, 2] / here[k, 2]
    return pairs


@kernel(types.int64(_ROWS, _ROWS, types.float64, types.float64, types.boolean[::1]))
def _best_proposal(here: Any, there: Any, loose: float, times: float, out: Any) -> int:
    pairs = _prepared(here, there, loose, times)
    count = here.shape[0]
    best = 0
    for i in range(count):
        a, b = pairs[7, i] * pairs[5, i], pairs[7, i] * pairs[6, i]
        x = pairs[2, i] - a * pairs[0, i] + b * pairs[1, i]
        y = pairs[3, i] - b * pairs[0, i] - a * pairs[1, i]
        most = 0
        for k in range(count):
            most += _agrees(pairs, i, k, a, b, x, y)
        if most <= best:
            continue
        # Pairs are ordered by feature of the query, so a feature with several partners counts once.
        previous, distinct = -1e9, 0
        for k in range(count):
            at = pairs[0, k] * 8192.0 + pairs[1, k]
            if at != previous and _agrees(pairs, i, k, a, b, x, y):
                distinct += 1
                previous = at
        if distinct > best:
            best = distinct
            for k in range(count):
                out[k] = _agrees(pairs, i, k, a, b, x, y)
    return best


def agree(here: NDArray[np.float32], there: NDArray[np.float32], size: int, fewest: int) -> Agreement | None:
    """Return the transform that most pairs agree on, or None where fewer than `fewest` do.

    `here` and `there` are float32[n, 4]: x, y, scale, direction of each pair in the query and in the picture, ordered
    by feature of the query. `size` is the longer side of the picture, in pixels.
    """
    if len(here) < fewest:
        return None
    mask = np.zeros(len(here), np.bool_)
    best = _best_proposal(here, there, _LOOSE * size, _LOOSE_SCALES, mask)
    if best < fewest:
        return None
    return _fitted(here, there, size, mask, fewest)


def _fitted(
    here: NDArray[np.float32], there: NDArray[np.float32], size: int, mask: NDArray[np.bool_], fewest: int
) -> Agreement | None:
    chosen: Agreement | None = None
    for rows in (4, 6, 6, 8, 8):
        inliers = np.flatnonzero(mask) if chosen is None else chosen.inliers
        if len(inliers) < max(fewest, 4, _FEWEST_IN_PERSPECTIVE if rows == 8 else 0):
            break
        transform = _fit(here[inliers, :2], there[inliers, :2], rows)
        if transform is None:
            continue
        loose = 3.0 if chosen is None else 1.0
        found = _inliers(transform, here, there, size, loose)
        if chosen is None or len(found) >= len(chosen.inliers) or rows == 6:
            chosen = Agreement(transform, found)
    if chosen is None or len(chosen.inliers) < fewest:
        return None
    return chosen if _sound(chosen, here, there, size) else None


def _fit(here: NDArray[np.float32], there: NDArray[np.float32], freedom: int) -> Matrix | None:
    """Return the least-squares similarity (4), affine map (6) or homography (8) of float32[n, 2] points."""
    if freedom == 8:
        found, _ = cv2.findHomography(here, there, 0)
        return None if found is None else np.asarray(found, np.float64)
    x, y = here.astype(np.float64).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    if freedom == 6:
        solution = np.linalg.lstsq(np.stack([x, y, one], axis=1), there.astype(np.float64), rcond=None)[0]
        return np.vstack([solution.T, [0, 0, 1]])
    rows = np.concatenate([np.stack([x, -y, one, zero], axis=1), np.stack([y, x, zero, one], axis=1)])
    a, b, u, v = np.linalg.lstsq(rows, there.astype(np.float64).T.reshape(-1), rcond=None)[0]
    return np.array([[a, -b, u], [b, a, v], [0, 0, 1.0]])


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


def _inliers(
    transform: Matrix, here: NDArray[np.float32], there: NDArray[np.float32], size: int, loose: float
) -> NDArray[np.int64]:
    """Return the pairs that agree with a transform, the nearest ones where a place has several partners."""
    miss = np.linalg.norm(apply(transform, here[:, :2]) - there[:, :2], axis=1)
    allowed = loose * (_TIGHT * size + _TIGHT_SCALES * there[:, 2])
    zoom = math.sqrt(max(abs(float(np.linalg.det(transform[:2, :2]))), 1e-9))
    alike = np.abs(np.log(there[:, 2] / (here[:, 2] * zoom))) <= 1.5 * _SCALE_OFF
    found = np.flatnonzero((miss <= allowed) & alike)
    found = found[np.argsort(miss[found], kind="stable")]
    for side in (here, there):
        # Several directions of one spot are one witness.
        spot = np.round(side[found, :2] / np.maximum(side[found, 2:3], 1e-6)).astype(np.int64)
        spot = np.concatenate([spot, np.round(np.log2(side[found, 2:3]) * 2).astype(np.int64)], axis=1)
        found = found[np.sort(np.unique(spot, axis=0, return_index=True)[1])]
    return np.sort(found)


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
