"""Fits a transform to pairs of points by least squares, and tells which pairs agree with it."""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.match.local.proposals import LARGEST_ZOOM_OFF

_TIGHT, _TIGHT_SCALES = 0.003, 1.0
"""A fitted transform may miss by this share of the picture's longer side, and so many times the feature's scale."""
_SCALE_OFF = 1.5 * math.log(LARGEST_ZOOM_OFF)
_FLAT = 1e-9
"""Points that spread less than so across a line, beside along it, tell of no affine map."""
_FAR = 1 << 20

_POINTS = types.Array(types.float64, 2, "C", readonly=True)
_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_SPOTS = types.Array(types.int64, 2, "C", readonly=True)


def fitted(here: NDArray[np.float64], there: NDArray[np.float64], freedom: int) -> NDArray[np.float64] | None:
    """Return the least-squares similarity (4) or affine map (6) of points [n, 2]; None where they tell too little."""
    out = np.zeros((3, 3))
    return out if _fit(here, there, freedom, out) else None


@kernel(types.boolean(_POINTS, _POINTS, types.int64, types.float64[:, ::1]))
def _fit(here: Any, there: Any, freedom: int, out: Any) -> bool:
    count = here.shape[0]
    x = y = u = v = 0.0
    for k in range(count):
        x, y, u, v = x + here[k, 0], y + here[k, 1], u + there[k, 0], v + there[k, 1]
    x, y, u, v = x / count, y / count, u / count, v / count
    xx = xy = yy = xu = xv = yu = yv = 0.0
    for k in range(count):
        a, b, c, d = here[k, 0] - x, here[k, 1] - y, there[k, 0] - u, there[k, 1] - v
        xx, xy, yy = xx + a * a, xy + a * b, yy + b * b
        xu, xv, yu, yv = xu + a * c, xv + a * d, yu + b * c, yv + b * d
    area = xx * yy - xy * xy
    if not xx + yy > 0 or (freedom == 6 and not area > _FLAT * (xx + yy) ** 2):
        return False
    if freedom == 4:
        out[0, 0] = out[1, 1] = (xu + yv) / (xx + yy)
        out[1, 0] = (xv - yu) / (xx + yy)
        out[0, 1] = -out[1, 0]
    else:
        out[0, 0], out[0, 1] = (xu * yy - yu * xy) / area, (yu * xx - xu * xy) / area
        out[1, 0], out[1, 1] = (xv * yy - yv * xy) / area, (yv * xx - xv * xy) / area
    out[0, 2] = u - out[0, 0] * x - out[0, 1] * y
    out[1, 2] = v - out[1, 0] * x - out[1, 1] * y
    out[2, 2] = 1.0
    return True


def spots_of(features: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return for each feature [n, 4] the spot it is on: several directions of one spot are one witness."""
    place = np.round(features[:, :2] / np.maximum(features[:, 2:3], 1e-6)).astype(np.int64)
    scale = np.round(np.log2(features[:, 2]) * 2).astype(np.int64)
    return np.asarray((place[:, 0] * _FAR + place[:, 1]) * _FAR + scale, np.int64)


def agreeing(
    transform: NDArray[np.float64],
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    spots: NDArray[np.int64],
    size: int,
    loose: float,
) -> NDArray[np.int64]:
    """Return the pairs that agree with a transform, in their order, the nearest where a spot has several partners.

    `here` and `there` as for `agree`; `spots` [2, n] are where each is; `loose` is how many times the usual a pair may
    miss by.
    """
    zoom = math.sqrt(max(abs(float(np.linalg.det(transform[:2, :2]))), 1e-9))
    out = np.empty(len(here), np.int64)
    count = _inliers(np.ascontiguousarray(transform), here, there, spots, zoom, size, loose, out)
    return np.sort(out[:count])


@inlined
def _missed_by(transform: Any, x: float, y: float, u: float, v: float) -> float:
    depth = transform[2, 0] * x + transform[2, 1] * y + transform[2, 2]
    if not depth > 1e-9:
        return math.inf
    across = (transform[0, 0] * x + transform[0, 1] * y + transform[0, 2]) / depth - u
    down = (transform[1, 0] * x + transform[1, 1] * y + transform[1, 2]) / depth - v
    return math.sqrt(across * across + down * down)


@kernel(
    types.int64(_POINTS, _ROWS, _ROWS, _SPOTS, types.float64, types.int64, types.float64, types.int64[::1]),
)
def _inliers(transform: Any, here: Any, there: Any, spots: Any, zoom: float, size: int, loose: float, out: Any) -> int:
    count = 0
    found, missed = np.empty(here.shape[0], np.int64), np.empty(here.shape[0])
    for k in range(here.shape[0]):
        off = _missed_by(transform, here[k, 0], here[k, 1], there[k, 0], there[k, 1])
        allowed = loose * (_TIGHT * size + _TIGHT_SCALES * there[k, 2])
        if off <= allowed and abs(math.log(there[k, 2] / (here[k, 2] * zoom))) <= _SCALE_OFF:
            found[count], missed[count] = k, off
            count += 1
    nearest = found[:count][np.argsort(missed[:count], kind="mergesort")]
    for side in range(2):
        kept = 0
        for m in range(count):
            known = False
            for t in range(kept):
                known = known | (spots[side, nearest[t]] == spots[side, nearest[m]])
            if not known:
                nearest[kept] = nearest[m]
                kept += 1
        count = kept
    out[:count] = nearest[:count]
    return count
