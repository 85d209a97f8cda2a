"""The loops that find features: extrema of differences between levels of blur, compiled. Imported late, as `kernel` is.

The same on every machine, as `kernels.py` says of its own.
"""

import math
from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import inlined, kernel
from fanal.engine.fingerprint.local.pyramid import UNIT
from fanal.engine.fingerprint.local.vectors import LANES, differences, peaks
from fanal.engine.instructions import lowest

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
def _subtracted(levels: Any, pixels: Any, y: int, rows: Any, wide: int) -> None:
    """Write one row of the differences of neighbouring levels, `wide` values apart, to its place among three."""
    count, height, width = levels.shape
    for d in range(count - 1):
        fine, coarse = (d * height + y) * width, ((d + 1) * height + y) * width
        at = (y % 3 * (count - 1) + d) * wide
        x = 0
        while x + LANES <= width:
            differences(pixels, coarse + x, fine + x, rows, at + x)
            x += LANES
        if width >= LANES:
            rest = width - LANES
            differences(pixels, coarse + rest, fine + rest, rows, at + rest)
        else:
            for n in range(width):
                rows[at + n] = np.int16(np.int16(pixels[coarse + n]) - np.int16(pixels[fine + n]))


@inlined
def _noted(levels: Any, s: int, y: int, x: int, contrast: float, out: Any, at: int) -> int:
    """Write an extremum into row `at` as `extrema` tells it; return 1, or 0 where there is none that counts."""
    px, py, level, strength = _settled(levels, s, y, x, contrast * UNIT)
    if strength <= 0:
        return 0
    out[at, 0], out[at, 1], out[at, 2], out[at, 3], out[at, 4] = px, py, level, strength / UNIT, _grown(level)
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
    wide, pixels = width + LANES, levels.reshape(-1)
    rows = np.zeros(3 * (count - 1) * wide, np.int16)
    for y in range(BORDER - 1, min(BORDER + 1, height)):
        _subtracted(levels, pixels, y, rows, wide)
    for y in range(BORDER, height - BORDER):
        _subtracted(levels, pixels, y + 1, rows, wide)
        above, here, below = (y - 1) % 3 * (count - 1), y % 3 * (count - 1), (y + 1) % 3 * (count - 1)
        for s in range(1, count - 2):
            for start in range(BORDER, width - BORDER, LANES):
                up, down = (above + s) * wide + start, (below + s) * wide + start
                at = (here + s) * wide + start
                marks = np.uint64(peaks(rows, at, at - wide, at + wide, up, down, least))
                while marks:
                    x = start + lowest(marks)
                    marks &= marks - np.uint64(1)
                    if x < width - BORDER and found < out.shape[0] and _is_extremum(levels, s, y, x):
                        found += _noted(levels, s, y, x, contrast, out, found)
    return found
