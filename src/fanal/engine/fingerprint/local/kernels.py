"""The loops over pixels of local features, compiled: orientations, descriptors. Imported late, as `kernel` is.

Source: D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004, with two changes for speed:
orientation and descriptor are sampled on a grid that grows with the feature instead of at every pixel, so that a large
feature costs no more than a small one; and shares between neighbouring directions are worked out for all of them at
once, as vectors.

The same on every machine: fractions are added in the order written, and of the library of mathematics only the square
root is used, which has one right answer.
"""

import math
from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import inlined, kernel
from fanal.engine.fingerprint.local.vectors import PRODUCT_LANES, add_between, add_eight, neighbours, product

_BINS = 36
_SECOND_PEAK = 0.8
_CELLS = 4
_SIDE = 16
_PATCH = _SIDE + 2
_SPACING = 0.75
"""Distance of samples, in units of the feature's scale: four cells of three times the scale each, as published."""
_AROUND = 4
"""Samples from a feature to the rim of what its direction is taken from, and their distance in units of its scale."""
_AROUND_SPACING = 1.125
_CLIP = 0.2
_LOW, _SHIFT = np.uint32(0xFFFF), np.uint32(16)
DIMENSIONS = 128
LOOK_UNIT = 512
"""Descriptors are whole numbers of this part of 1."""

_STACK = types.Array(types.uint16, 3, "C")
_ROWS = types.Array(types.float32, 2, "C")


def _sixteenths(values: Any) -> Any:
    """Round to what machines agree on: their exponential functions differ in the last bits."""
    return (np.round(values * 65536) / 65536).astype(np.float32)


def _disc() -> Any:
    v, u = np.mgrid[-_AROUND : _AROUND + 1, -_AROUND : _AROUND + 1].reshape(2, -1)
    near = u * u + v * v <= _AROUND * _AROUND
    return np.stack([u[near], v[near], _sixteenths(np.exp(-(u * u + v * v)[near] / 3.5))]).astype(np.float32)


_OFFSET = np.arange(_SIDE) - (_SIDE - 1) / 2
_DISC = _disc()
_GRID = (np.mgrid[:_PATCH, :_PATCH][::-1] - (_PATCH - 1) / 2).reshape(2, -1).astype(np.float32)
_GRADIENTS = _SIDE * _PATCH - 2
_BLUR = _sixteenths(np.exp(-(_OFFSET[:, None] ** 2 + _OFFSET**2) / (2.0 * (_SIDE / 2) ** 2)))
_WINDOW = np.pad(_BLUR, ((0, 0), (0, _PATCH - _SIDE))).reshape(-1)
_CELL_SHARES = np.maximum(
    0, 1 - np.abs((np.arange(_SIDE) + 0.5) / (_SIDE // _CELLS) - 0.5 - np.arange(_CELLS)[:, None])
).astype(np.float32)
"""[4, 16]: how much of each sample's row (or column) goes to each row of cells."""


@inlined
def _eighths(gx: Any, gy: Any) -> Any:
    """Return the direction of a gradient in eighths of a turn, 0 to 8, within a thousandth."""
    ax, ay = abs(gx), abs(gy)
    low, high = min(ax, ay), max(ax, ay)
    t = low / (high + np.float32(1e-20))
    q = t * t
    # An odd polynomial near the arc tangent, times 4 / pi.
    a = t * (np.float32(1.27258) + q * (np.float32(-0.40908) + q * (np.float32(0.18524) + q * np.float32(-0.04874))))
    a = np.float32(2) - a if ay > ax else a
    a = np.float32(4) - a if gx < 0 else a
    return np.float32(8) - a if gy < 0 else a


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
    return float((at + shift) * (2 * math.pi / _BINS))


@inlined
def _smoothed(histogram: Any, smooth: Any) -> None:
    for b in range(_BINS):
        near, far = histogram[b - 1] + histogram[(b + 1) % _BINS], histogram[b - 2] + histogram[(b + 2) % _BINS]
        smooth[b] = np.float32(6) * histogram[b] + np.float32(4) * near + far


@kernel(types.void(_STACK, _ROWS, _ROWS))
def orientations(blurred: Any, features: Any, out: Any) -> None:
    """Write up to two main directions of each feature into `out` [n, 2], in radians; -1 where there is no second.

    `blurred` is uint16[levels, h, w]; rows of `features` are x, y, level, scale, in pixels of this octave.
    """
    height, width = blurred.shape[1], blurred.shape[2]
    samples = _DISC.shape[1]
    across, down = np.empty(samples, np.float32), np.empty(samples, np.float32)
    weight, turn = np.empty(samples, np.float32), np.empty(samples, np.float32)
    histogram, smooth = np.empty(_BINS, np.float32), np.empty(_BINS, np.float32)
    for i in range(features.shape[0]):
        x, y, spacing = features[i, 0], features[i, 1], np.float32(_AROUND_SPACING) * features[i, 3]
        plane = blurred[min(blurred.shape[0] - 1, max(0, round(features[i, 2])))]
        for n in range(samples):
            px = np.int64(x + _DISC[0, n] * spacing + np.float32(1000.5)) - 1000
            py = np.int64(y + _DISC[1, n] * spacing + np.float32(1000.5)) - 1000
            across[n] = down[n] = np.float32(0)
            if 1 <= px < width - 1 and 1 <= py < height - 1:
                across[n] = np.float32(np.int64(plane[py, px + 1]) - np.int64(plane[py, px - 1]))
                down[n] = np.float32(np.int64(plane[py + 1, px]) - np.int64(plane[py - 1, px]))
        for n in range(samples):
            weight[n] = _DISC[2, n] * math.sqrt(across[n] * across[n] + down[n] * down[n])
            turn[n] = _eighths(across[n], down[n]) * np.float32(_BINS / 8)
        histogram[:] = np.float32(0)
        for n in range(samples):
            low = np.int64(turn[n])
            share = turn[n] - np.float32(low)
            histogram[low % _BINS] += weight[n] * (np.float32(1) - share)
            histogram[(low + 1) % _BINS] += weight[n] * share
        _smoothed(histogram, smooth)
        first = int(np.argmax(smooth))
        second = _second(smooth, first)
        out[i, 0] = _peak(smooth, first)
        out[i, 1] = _peak(smooth, second) if second >= 0 else -1.0


@inlined
def _located(shape: Any, level: int, feature: Any, spots: Any, inside: Any) -> None:
    """Write which pixel of the stack each sample of a patch lies behind, and how far to the right of and below it."""
    width = np.uint32(shape[2])
    right, bottom = np.float32(shape[2] - 1.001), np.float32(shape[1] - 1.001)
    x, y, spacing = feature[0], feature[1], np.float32(_SPACING) * feature[3]
    cos, sin = feature[4] * spacing, feature[5] * spacing
    first = np.uint32(level * shape[1] * shape[2])
    for n in range(_PATCH * _PATCH):
        u, v = _GRID[0, n], _GRID[1, n]
        px = min(right, max(np.float32(0), x + u * cos - v * sin))
        py = min(bottom, max(np.float32(0), y + u * sin + v * cos))
        ix, iy = np.int32(px), np.int32(py)
        inside[0, n], inside[1, n] = px - np.float32(ix), py - np.float32(iy)
        spots[n] = np.uint32(first + np.uint32(np.uint32(iy) * width + np.uint32(ix)))


@inlined
def _sampled(pixels: Any, width: Any, spots: Any, inside: Any, corners: Any, patch: Any) -> None:
    """Fill float32[324] with what lies at the places found, between four pixels each."""
    for n in range(_PATCH * _PATCH):
        corners[0, n] = neighbours(pixels, spots[n])
        corners[1, n] = neighbours(pixels, np.uint32(spots[n] + width))
    for n in range(_PATCH * _PATCH):
        above, under = corners[0, n], corners[1, n]
        upper, lower = np.float32(np.int32(above & _LOW)), np.float32(np.int32(under & _LOW))
        upper += inside[0, n] * (np.float32(np.int32(above >> _SHIFT)) - upper)
        lower += inside[0, n] * (np.float32(np.int32(under >> _SHIFT)) - lower)
        patch[n] = upper + inside[1, n] * (lower - upper)


@inlined
def _gradients(patch: Any, least: Any, most: Any, bins: Any) -> None:
    """Write how much of each gradient of a patch goes to which of eight directions, and how much to the next.

    Rows stay as long as the patch's: one loop over all is quicker, and what lies beyond a row is not looked at.
    """
    for n in range(_GRADIENTS):
        gx, gy = patch[n + _PATCH + 2] - patch[n + _PATCH], patch[n + 2 * _PATCH + 1] - patch[n + 1]
        weight, turn = _WINDOW[n] * math.sqrt(gx * gx + gy * gy), _eighths(gx, gy)
        low = np.int32(turn)
        share = (turn - np.float32(low)) * weight
        least[n], most[n], bins[n] = weight - share, share, low & np.int32(7)


@inlined
def _binned(least: Any, most: Any, bins: Any, sums: Any) -> None:
    """Add up gradients into float32[4 × 16 × 8]: rows of cells, columns of samples and their directions."""
    sums[:] = np.float32(0)
    for r in range(_SIDE):
        # Each row of samples lies in or between two rows of cells.
        cell = min(_CELLS - 2, max(0, (r - 2) // 4))
        share, next_share = _CELL_SHARES[cell, r], _CELL_SHARES[cell + 1, r]
        for c in range(_SIDE):
            n, at = r * _PATCH + c, (cell * _SIDE + c) * 8
            add_between(sums, at, at + _SIDE * 8, bins[n], least[n], most[n], share, next_share)


@inlined
def _folded(sums: Any, cells: Any) -> None:
    """Add up the columns of samples into columns of cells, float32[16 × 8]."""
    cells[:] = np.float32(0)
    for c in range(_SIDE):
        cell = min(_CELLS - 2, max(0, (c - 2) // 4))
        share, next_share = _CELL_SHARES[cell, c], _CELL_SHARES[cell + 1, c]
        for row in range(_CELLS):
            at, column = (row * _CELLS + cell) * 8, (row * _SIDE + c) * 8
            add_eight(cells, at, sums, column, share)
            add_eight(cells, at + 8, sums, column, next_share)


@inlined
def _sum(parts: Any) -> Any:
    total = np.float32(0)
    for b in range(parts.shape[0]):
        total += parts[b]
    return total


@inlined
def _root(cells: Any, parts: Any, i: int, out: Any) -> None:
    """Write RootSIFT of 16 × 8 sums as whole numbers of 1 / 512 into row `i`."""
    parts[:] = np.float32(1e-9)
    for cell in range(_CELLS * _CELLS):
        for b in range(8):
            parts[b] += cells[cell * 8 + b] * cells[cell * 8 + b]
    limit = np.float32(_CLIP) * np.float32(math.sqrt(_sum(parts)))
    parts[:] = np.float32(1e-9)
    for cell in range(_CELLS * _CELLS):
        for b in range(8):
            cells[cell * 8 + b] = min(limit, cells[cell * 8 + b])
            parts[b] += cells[cell * 8 + b]
    mass = _sum(parts)
    for d in range(DIMENSIONS):
        whole = np.float32(math.sqrt(cells[d] / mass)) * np.float32(LOOK_UNIT) + np.float32(0.5)
        out[i, d] = np.uint8(np.int32(min(np.float32(255), whole)))


@kernel(types.void(_STACK, _ROWS, types.Array(types.uint8, 2, "C")))
def descriptors(blurred: Any, features: Any, out: Any) -> None:
    """Write RootSIFT of each feature into uint8[n, 128]: 4 rows × 4 columns × 8 directions, in units of 1 / 512.

    Rows of `features` are x, y, level, scale, and the cosine and sine of the direction, in pixels of this octave.
    """
    # No part of an array is named within the loop: counting who uses it would take longer than the sums.
    pixels, width, shape = blurred.reshape(-1), np.uint32(blurred.shape[2]), blurred.shape
    patch = np.empty(_PATCH * _PATCH, np.float32)
    spots, inside = np.empty(_PATCH * _PATCH, np.uint32), np.empty((2, _PATCH * _PATCH), np.float32)
    corners = np.empty((2, _PATCH * _PATCH), np.uint32)
    least, most = np.empty(_GRADIENTS, np.float32), np.empty(_GRADIENTS, np.float32)
    bins = np.empty(_GRADIENTS, np.int32)
    sums, cells = np.empty(_CELLS * _SIDE * 8, np.float32), np.empty(DIMENSIONS, np.float32)
    parts = np.empty(8, np.float32)
    for i in range(features.shape[0]):
        level = min(shape[0] - 1, max(0, round(features[i, 2])))
        _located(shape, level, features[i], spots, inside)
        _sampled(pixels, width, spots, inside, corners, patch)
        _gradients(patch, least, most, bins)
        _binned(least, most, bins, sums)
        _folded(sums, cells)
        _root(cells, parts, i, out)


@kernel(types.void(_ROWS, _ROWS, types.Array(types.float32, 1, "C"), types.Array(types.int64, 1, "C")))
def nearest(looks: Any, centres: Any, lengths: Any, out: Any) -> None:
    """Write into `out` [n] which centre is nearest to each row of float32[n, 64]; `centres` is float32[64, 128].

    All are whole numbers so small that their sums are exact. `lengths` [128] holds half the square of each centre's
    length.
    """
    rows, matrix = looks.reshape(-1), centres.reshape(-1)
    inner, columns = centres.shape
    near = np.empty(columns, np.float32)
    for i in range(looks.shape[0]):
        for first in range(0, columns, PRODUCT_LANES):
            product(rows, i * inner, inner, matrix, first, columns, near, first)
        best = np.int32(2**31 - 1)
        for j in range(columns):
            best = min(best, np.int32(np.int32(lengths[j] - near[j]) * np.int32(128) + np.int32(j)))
        out[i] = best & 127


@inlined
def _least(values: Any, kept: Any, out: Any) -> None:
    """Write the least values into `kept` and where they are into `out`, the least first; of equals the first."""
    last = kept.shape[0] - 1
    kept[:] = np.inf
    worst = kept[last]
    for j in range(values.shape[0]):
        value = values[j]
        if value < worst:
            m = last
            while m > 0 and value < kept[m - 1]:
                kept[m], out[m] = kept[m - 1], out[m - 1]
                m -= 1
            kept[m], out[m] = value, j
            worst = kept[last]


@kernel(types.void(_ROWS, _ROWS, types.int64, types.int64[:, ::1]))
def nearest_pairs(first: Any, second: Any, side: int, out: Any) -> None:
    """Write into `out` [n, probes] the pairs of halves that are nearest together, the nearest first.

    `first` and `second` are float32[n, 128]: how far each row's halves are from each centre; a pair is the number of
    the first centre times 128 and that of the second. Pairs are made of the `side` nearest of either half.
    """
    one, two = np.empty(side, np.int64), np.empty(side, np.int64)
    near, far = np.empty(side, np.float32), np.empty(side, np.float32)
    sums, least = np.empty(side * side, np.float32), np.empty(out.shape[1], np.float32)
    best = np.empty(out.shape[1], np.int64)
    for i in range(first.shape[0]):
        _least(first[i], near, one)
        _least(second[i], far, two)
        for a in range(side):
            for b in range(side):
                sums[a * side + b] = near[a] + far[b]
        _least(sums, least, best)
        for m in range(best.shape[0]):
            out[i, m] = one[best[m] // side] * first.shape[1] + two[best[m] % side]
