"""The loops over pixels of local features, compiled: extrema, orientations, descriptors. Imported late, as `kernel` is.

Source: D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004, with two changes for speed:
orientation and descriptor are sampled on a grid that grows with the feature instead of at every pixel, so that a large
feature costs no more than a small one.
"""

import math
from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import inlined, kernel

BORDER = 5
_EDGE_RATIO = 10.0
_EDGE_LIMIT = (_EDGE_RATIO + 1) ** 2 / _EDGE_RATIO
_BINS = 36
_SECOND_PEAK = 0.8
_CELLS = 4
_SIDE = 16
_PATCH = _SIDE + 2
_SPACING = 0.75
"""Distance of samples, in units of the feature's scale: four cells of three times the scale each, as published."""
_CLIP = 0.2
DIMENSIONS = 128

_STACK = types.Array(types.float32, 3, "C")
_ROWS = types.Array(types.float32, 2, "C")


@inlined
def _is_top(dog: Any, level: int, y: int, x: int, value: float) -> bool:
    for d in (0, -1, 1):
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if dog[level + d, y + dy, x + dx] > value:
                    return False
    return True


@inlined
def _is_bottom(dog: Any, level: int, y: int, x: int, value: float) -> bool:
    for d in (0, -1, 1):
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if dog[level + d, y + dy, x + dx] < value:
                    return False
    return True


@inlined
def _is_extremum(dog: Any, level: int, y: int, x: int, value: float) -> bool:
    # Two loops rather than one with a sign: this is what most of the time goes into.
    return bool(_is_top(dog, level, y, x, value) if value > 0 else _is_bottom(dog, level, y, x, value))


@inlined
def _step(dog: Any, s: int, y: int, x: int) -> tuple[float, float, float, float, float]:
    """Return where the quadratic through the neighbours peaks (x, y, scale), its height there, and the edge ratio."""
    c = dog[s, y, x]
    gx = (dog[s, y, x + 1] - dog[s, y, x - 1]) * 0.5
    gy = (dog[s, y + 1, x] - dog[s, y - 1, x]) * 0.5
    gs = (dog[s + 1, y, x] - dog[s - 1, y, x]) * 0.5
    xx = dog[s, y, x + 1] + dog[s, y, x - 1] - 2 * c
    yy = dog[s, y + 1, x] + dog[s, y - 1, x] - 2 * c
    ss = dog[s + 1, y, x] + dog[s - 1, y, x] - 2 * c
    xy = (dog[s, y + 1, x + 1] - dog[s, y + 1, x - 1] - dog[s, y - 1, x + 1] + dog[s, y - 1, x - 1]) * 0.25
    xs = (dog[s + 1, y, x + 1] - dog[s + 1, y, x - 1] - dog[s - 1, y, x + 1] + dog[s - 1, y, x - 1]) * 0.25
    ys = (dog[s + 1, y + 1, x] - dog[s + 1, y - 1, x] - dog[s - 1, y + 1, x] + dog[s - 1, y - 1, x]) * 0.25
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
def _settled(dog: Any, s: int, y: int, x: int, contrast: float) -> tuple[float, float, float, float]:
    """Return x, y, level and strength of the extremum near a pixel; strength 0 where there is none that counts."""
    levels, height, width = dog.shape
    for _ in range(4):
        dx, dy, ds, peak, edge = _step(dog, s, y, x)
        if abs(dx) < 0.6 and abs(dy) < 0.6 and abs(ds) < 0.6:
            counts = abs(peak) >= contrast and edge < _EDGE_LIMIT
            return x + dx, y + dy, s + ds, abs(peak) if counts else 0.0
        x += round(min(1.0, max(-1.0, dx)))
        y += round(min(1.0, max(-1.0, dy)))
        s += round(min(1.0, max(-1.0, ds)))
        if not (0 < s < levels - 1 and BORDER <= x < width - BORDER and BORDER <= y < height - BORDER):
            break
    return 0.0, 0.0, 0.0, 0.0


@kernel(types.int64(_STACK, types.float64, _ROWS), loose=True)
def extrema(dog: Any, contrast: float, out: Any) -> int:
    """Write x, y, level (with fractions), strength of each extremum of float32[levels, h, w] into rows of `out`.

    Returns how many there are; no more than `out` has rows.
    """
    levels, height, width = dog.shape
    found = 0
    least = np.float32(contrast * 0.5)
    for level in range(1, levels - 1):
        for row in range(BORDER, height - BORDER):
            for column in range(BORDER, width - BORDER):
                value = dog[level, row, column]
                left, right = dog[level, row, column - 1], dog[level, row, column + 1]
                # Nearly all pixels end here; without a branch each.
                if (abs(value) < least) | ((value < left) | (value < right)) & ((value > left) | (value > right)):
                    continue
                if not _is_extremum(dog, level, row, column, value):
                    continue
                x, y, s, strength = _settled(dog, level, row, column, contrast)
                if strength > 0 and found < out.shape[0]:
                    out[found, 0] = x
                    out[found, 1] = y
                    out[found, 2] = s
                    out[found, 3] = strength
                    found += 1
    return found


@inlined
def _second(values: Any, first: int) -> int:
    """Return the highest other peak that comes near the first; -1 where there is none."""
    second = -1
    for b in range(_BINS):
        peak = values[b] > values[b - 1] and values[b] > values[(b + 1) % _BINS]
        near = b != first and values[b] >= _SECOND_PEAK * values[first]
        if peak and near and (second < 0 or values[b] > values[second]):
            second = b
    return second


@inlined
def _peak(values: Any, at: int) -> float:
    left, middle, right = values[at - 1], values[at], values[(at + 1) % _BINS]
    curve = left + right - 2 * middle
    shift = 0.5 * (left - right) / curve if curve != 0 else 0.0
    return float(((at + shift) * (2 * math.pi / _BINS)) % (2 * math.pi))


@inlined
def _root(cells: Any, out: Any) -> None:
    total = 1e-12
    for r in range(_CELLS):
        for c in range(_CELLS):
            for b in range(8):
                total += cells[r + 1, c + 1, b] ** 2
    limit = np.float32(_CLIP * math.sqrt(total))
    mass = np.float32(1e-12)
    for r in range(_CELLS):
        for c in range(_CELLS):
            for b in range(8):
                value = min(limit, cells[r + 1, c + 1, b])
                out[(r * _CELLS + c) * 8 + b] = value
                mass += value
    for d in range(DIMENSIONS):
        out[d] = math.sqrt(out[d] / mass)


@kernel(types.void(_STACK, _ROWS, _ROWS), loose=True)
def orientations(blurred: Any, features: Any, out: Any) -> None:
    """Write up to two main directions of each feature into `out` [n, 2], in radians; -1 where there is no second.

    `blurred` is float32[levels, h, w]; rows of `features` are x, y, level, scale, in pixels of this octave.
    """
    height, width = blurred.shape[1], blurred.shape[2]
    histogram = np.empty(_BINS, np.float32)
    smooth = np.empty(_BINS, np.float32)
    for i in range(features.shape[0]):
        x, y, scale = features[i, 0], features[i, 1], features[i, 3]
        level = min(blurred.shape[0] - 1, max(0, round(features[i, 2])))
        plane = blurred[level]
        histogram[:] = np.float32(0)
        spacing = _SPACING * scale
        for v in range(-6, 7):
            for u in range(-6, 7):
                px, py = round(x + u * spacing), round(y + v * spacing)
                if u * u + v * v > 36 or px < 1 or py < 1 or px >= width - 1 or py >= height - 1:
                    continue
                gx = plane[py, px + 1] - plane[py, px - 1]
                gy = plane[py + 1, px] - plane[py - 1, px]
                weight = math.exp(-(u * u + v * v) / 8.0) * math.sqrt(gx * gx + gy * gy)
                turn = math.atan2(gy, gx) * (_BINS / (2 * math.pi))
                low = math.floor(turn)
                share = turn - low
                histogram[low % _BINS] += weight * (1 - share)
                histogram[(low + 1) % _BINS] += weight * share
        for b in range(_BINS):
            smooth[b] = (
                6 * histogram[b]
                + 4 * (histogram[b - 1] + histogram[(b + 1) % _BINS])
                + histogram[b - 2]
                + histogram[(b + 2) % _BINS]
            )
        first = int(np.argmax(smooth))
        second = _second(smooth, first)
        out[i, 0] = _peak(smooth, first)
        out[i, 1] = _peak(smooth, second) if second >= 0 else -1.0


@kernel(types.void(_STACK, _ROWS, _ROWS), loose=True)
def descriptors(blurred: Any, features: Any, out: Any) -> None:
    """Write RootSIFT of each feature into `out` [n, 128]: 4 rows × 4 columns × 8 directions, of length 1.

    Rows of `features` are x, y, level, scale, direction, in pixels of this octave.
    """
    height, width = blurred.shape[1], blurred.shape[2]
    patch = np.empty((_PATCH, _PATCH), np.float32)
    cells = np.empty((_CELLS + 2, _CELLS + 2, 8), np.float32)
    for i in range(features.shape[0]):
        x, y, scale = features[i, 0], features[i, 1], features[i, 3]
        plane = blurred[min(blurred.shape[0] - 1, max(0, round(features[i, 2])))]
        cos = math.cos(features[i, 4]) * _SPACING * scale
        sin = math.sin(features[i, 4]) * _SPACING * scale
        for r in range(_PATCH):
            for c in range(_PATCH):
                u, v = c - (_PATCH - 1) * 0.5, r - (_PATCH - 1) * 0.5
                px = min(width - 1.001, max(0.0, x + u * cos - v * sin))
                py = min(height - 1.001, max(0.0, y + u * sin + v * cos))
                ix, iy = int(px), int(py)
                fx, fy = np.float32(px - ix), np.float32(py - iy)
                upper = plane[iy, ix] + fx * (plane[iy, ix + 1] - plane[iy, ix])
                lower = plane[iy + 1, ix] + fx * (plane[iy + 1, ix + 1] - plane[iy + 1, ix])
                patch[r, c] = upper + fy * (lower - upper)
        cells[:] = np.float32(0)
        for r in range(_SIDE):
            for c in range(_SIDE):
                gx = patch[r + 1, c + 2] - patch[r + 1, c]
                gy = patch[r + 2, c + 1] - patch[r, c + 1]
                u, v = c - (_SIDE - 1) * 0.5, r - (_SIDE - 1) * 0.5
                weight = math.exp(-(u * u + v * v) / 128.0) * math.sqrt(gx * gx + gy * gy)
                turn = math.atan2(gy, gx) * (8 / (2 * math.pi))
                low = math.floor(turn)
                share = np.float32(turn - low)
                rr, cc = (r + 0.5) / 4 + 0.5, (c + 0.5) / 4 + 0.5
                ir, ic = int(rr), int(cc)
                fr, fc = np.float32(rr - ir), np.float32(cc - ic)
                b0, b1 = low & 7, (low + 1) & 7
                for dr in range(2):
                    wr = weight * (fr if dr else 1 - fr)
                    for dc in range(2):
                        w = wr * (fc if dc else 1 - fc)
                        cells[ir + dr, ic + dc, b0] += w * (1 - share)
                        cells[ir + dr, ic + dc, b1] += w * share
        _root(cells, out[i])
