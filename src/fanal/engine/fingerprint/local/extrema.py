"""The loops that find features: extrema of differences between levels of blur, compiled. Imported late, as `kernel` is.

The same on every machine, as `kernels.py` says of its own.
"""

import math
from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import inlined, kernel
from fanal.engine.fingerprint.local.pyramid import UNIT

BORDER = 5
_EDGE_RATIO = 10.0
_EDGE_LIMIT = (_EDGE_RATIO + 1) ** 2 / _EDGE_RATIO
_STACK = types.Array(types.uint16, 3, "C")
_ROWS = types.Array(types.float32, 2, "C")


@inlined
def _dog(levels: Any, s: int, y: int, x: int) -> float:
    return float(np.int64(levels[s + 1, y, x]) - np.int64(levels[s, y, x]))


@inlined
def _is_extremum(levels: Any, s: int, y: int, x: int) -> bool:
    value = _dog(levels, s, y, x)
    sign = 1.0 if value > 0 else -1.0
    for d in (-1, 0, 1):
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if sign * _dog(levels, s + d, y + dy, x + dx) > sign * value:
                    return False
    return True


@inlined
def _step(levels: Any, s: int, y: int, x: int) -> tuple[float, float, float, float, float]:
    """Return where the quadratic through the neighbours peaks (x, y, scale), its height there, and the edge ratio."""
    c = _dog(levels, s, y, x)
    gx = (_dog(levels, s, y, x + 1) - _dog(levels, s, y, x - 1)) * 0.5
    gy = (_dog(levels, s, y + 1, x) - _dog(levels, s, y - 1, x)) * 0.5
    gs = (_dog(levels, s + 1, y, x) - _dog(levels, s - 1, y, x)) * 0.5
    xx = _dog(levels, s, y, x + 1) + _dog(levels, s, y, x - 1) - 2 * c
    yy = _dog(levels, s, y + 1, x) + _dog(levels, s, y - 1, x) - 2 * c
    ss = _dog(levels, s + 1, y, x) + _dog(levels, s - 1, y, x) - 2 * c
    xy = (
        _dog(levels, s, y + 1, x + 1)
        - _dog(levels, s, y + 1, x - 1)
        - _dog(levels, s, y - 1, x + 1)
        + _dog(levels, s, y - 1, x - 1)
    ) * 0.25
    xs = (
        _dog(levels, s + 1, y, x + 1)
        - _dog(levels, s + 1, y, x - 1)
        - _dog(levels, s - 1, y, x + 1)
        + _dog(levels, s - 1, y, x - 1)
    ) * 0.25
    ys = (
        _dog(levels, s + 1, y + 1, x)
        - _dog(levels, s + 1, y - 1, x)
        - _dog(levels, s - 1, y + 1, x)
        + _dog(levels, s - 1, y - 1, x)
    ) * 0.25
    determinant = xx * (yy * ss - ys * ys) - xy * (xy * ss - ys * xs) + xs * (xy * ys - yy * xs)
    if determinant == 0:
        return 9.0, 9.0, 9.0, 0.0, 1e9
    dx = -(gx * (yy * ss - ys * ys) - xy * (gy * ss - ys * gs) + xs * (gy * ys - yy * gs)) / determinant
    dy = -(xx * (gy * ss - ys * gs) - gx * (xy * ss - ys * xs) + xs * (xy * gs - gy * xs)) / determinant
    ds = -(xx * (yy * gs - gy * ys) - xy * (xy * gs - gy * xs) + gx * (xy * ys - yy * xs)) / determinant
    flat = xx * yy - xy * xy
    edge = (xx + yy) ** 2 / flat if flat > 0 else 1e9
    return dx, dy, ds, c + 0.5 * (gx * dx + gy * dy + gs * ds), edge


@inlined
def _settled(levels: Any, s: int, y: int, x: int, contrast: float) -> tuple[float, float, float, float]:
    """Return x, y, level and strength of the extremum near a pixel; strength 0 where there is none that counts."""
    height, width = levels.shape[1], levels.shape[2]
    for _ in range(4):
        dx, dy, ds, peak, edge = _step(levels, s, y, x)
        if abs(dx) < 0.6 and abs(dy) < 0.6 and abs(ds) < 0.6:
            counts = abs(peak) >= contrast and edge < _EDGE_LIMIT
            return x + dx, y + dy, s + ds, abs(peak) if counts else 0.0
        x += round(min(1.0, max(-1.0, dx)))
        y += round(min(1.0, max(-1.0, dy)))
        s += round(min(1.0, max(-1.0, ds)))
        if not (0 < s < levels.shape[0] - 2 and BORDER <= x < width - BORDER and BORDER <= y < height - BORDER):
            break
    return 0.0, 0.0, 0.0, 0.0


@inlined
def _grown(level: float) -> float:
    """Return 2 to the power of level / 3."""
    power, term, exponent = 1.0, 1.0, level * (math.log(2.0) / 3)
    for n in range(1, 16):
        term *= exponent / n
        power += term
    return power


@inlined
def _differences(levels: Any, y: int, out: Any) -> None:
    """Write one row of the differences of neighbouring levels into int16[levels - 1, w]."""
    for d in range(out.shape[0]):
        fine, coarse, row = levels[d, y], levels[d + 1, y], out[d]
        for x in range(row.shape[0]):
            row[x] = np.int16(np.int16(coarse[x]) - np.int16(fine[x]))


@inlined
def _promising(above: Any, here: Any, below: Any, d: int, least: Any, out: Any) -> None:
    """Mark in uint8[w] where a row is at least `least` high or deep, and no less so than its six nearest."""
    value, finer, coarser, up, down = here[d], here[d - 1], here[d + 1], above[d], below[d]
    for x in range(1, value.shape[0] - 1):
        v, left, right = value[x], value[x - 1], value[x + 1]
        # Of equal neighbours only the last counts.
        top = (v >= left) & (v > right) & (v >= up[x]) & (v > down[x]) & (v >= finer[x]) & (v > coarser[x])
        pit = (v <= left) & (v < right) & (v <= up[x]) & (v < down[x]) & (v <= finer[x]) & (v < coarser[x])
        out[x] = np.uint8((top & (v >= least)) | (pit & (v <= -least)))


@inlined
def _noted(levels: Any, s: int, y: int, x: int, contrast: float, out: Any) -> int:
    """Write an extremum as `extrema` tells it; return 1, or 0 where there is none that counts."""
    px, py, level, strength = _settled(levels, s, y, x, contrast * UNIT)
    if strength <= 0:
        return 0
    out[0], out[1], out[2], out[3], out[4] = px, py, level, strength / UNIT, _grown(level)
    return 1


@kernel(types.int64(_STACK, types.float64, _ROWS))
def extrema(levels: Any, contrast: float, out: Any) -> int:
    """Write x, y, level (with fractions), strength and growth of each extremum into rows of `out`.

    Extrema are of the differences of neighbouring levels, uint16[levels, h, w] in units of 1 / 128 grey level, which
    are never kept whole. The growth is 2 to the power of level / 3. Returns how many there are, at most len(out).
    """
    count, height, width = levels.shape
    found = 0
    least = np.int16(contrast * UNIT * 0.5)
    rows = np.zeros((3, count - 1, width), np.int16)
    marks = np.zeros((width + 7) // 8 * 8, np.uint8)
    eight = marks.view(np.uint64)
    for y in range(BORDER - 1, min(BORDER + 1, height)):
        _differences(levels, y, rows[y % 3])
    for y in range(BORDER, height - BORDER):
        _differences(levels, y + 1, rows[(y + 1) % 3])
        for s in range(1, count - 2):
            _promising(rows[(y - 1) % 3], rows[y % 3], rows[(y + 1) % 3], s, least, marks)
            for group in range(eight.shape[0]):
                if eight[group] == 0:
                    continue
                for x in range(max(BORDER, group * 8), min(width - BORDER, group * 8 + 8)):
                    if marks[x] and found < out.shape[0] and _is_extremum(levels, s, y, x):
                        found += _noted(levels, s, y, x, contrast, out[found])
    return found
