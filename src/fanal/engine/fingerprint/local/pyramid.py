"""The scale space of local features in whole numbers: the picture at its working size, and growing blurs of it.

Values are grey levels times 128 in 16 bits. Sums of whole numbers are the same in every order, so vector instructions
of any width give the same levels to the bit on every machine. Compiled; imported late, as `kernel` is.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_U8_ROWS, inlined, kernel
from fanal.engine.fingerprint.local.vectors import LANES, weigh

UNIT = 128
"""Of a stored value: one grey level."""
_WHOLE = 1 << 16

_LEVEL = types.Array(types.uint16, 2, "C")
_TAPS = types.Array(types.uint16, 1, "C")
_FIRSTS, _SHARES = types.Array(types.uint32, 1, "C"), types.Array(types.uint16, 2, "C")


@inlined
def _part(value: Any, share: Any) -> Any:
    """Return value × share / 65536, rounded down: one instruction for a whole vector."""
    return np.uint16(np.uint32(np.uint32(value) * np.uint32(share)) >> np.uint32(16))


@inlined
def _mirrored(place: int, length: int) -> int:
    return length - 1 - abs(length - 1 - place)


@inlined
def _weighed(source: Any, before: Any, after: Any, shares: Any, lost: Any, out: Any, at: int, width: int) -> None:
    """Write `width` sums of weighted pairs of `source` into `out[at:]`, as `vectors.weigh` does for a few."""
    x = 0
    while x + LANES <= width:
        weigh(source, before, after, shares, lost, x, out, at + x)
        x += LANES
    if width >= LANES:
        # The rest lies closer than a whole vector to the edge: some are worked out twice.
        weigh(source, before, after, shares, lost, width - LANES, out, at + width - LANES)
        return
    for n in range(width):
        total = np.uint16(lost + _part(source[before[0] + n], shares[0]))
        for k in range(1, shares.shape[0]):
            both = np.uint16(source[before[k] + n] + source[after[k] + n])
            total = np.uint16(total + _part(both, shares[k]))
        out[at + n] = total


@kernel(types.void(_LEVEL, _TAPS, _LEVEL))
def blur(source: Any, taps: Any, out: Any) -> None:
    """Blur uint16[h, w] into `out` by the half kernel `taps`, from its middle outwards; edges are mirrored."""
    height, width = source.shape
    reach = taps.shape[0] - 1
    line = np.empty(width + 2 * reach, np.uint16)
    # Each product loses half a unit on average by rounding down.
    lost = np.uint16((reach + 1) // 2)
    pixels, result = source.reshape(-1), out.reshape(-1)
    above, below = np.empty(reach + 1, np.int64), np.empty(reach + 1, np.int64)
    left, right = reach - np.arange(reach + 1), reach + np.arange(reach + 1)
    for y in range(height):
        for k in range(reach + 1):
            above[k], below[k] = abs(y - k) * width, _mirrored(y + k, height) * width
        _weighed(pixels, above, below, taps, lost, line, reach, width)
        for k in range(1, reach + 1):
            line[reach - k] = line[reach + k]
            line[reach + width - 1 + k] = line[reach + width - 1 - k]
        _weighed(line, left, right, taps, lost, result, y * width, width)


@kernel(types.void(READ_U8_ROWS, _FIRSTS, _SHARES, _FIRSTS, _SHARES, _LEVEL))
def resize(plane: Any, row_from: Any, row_share: Any, from_: Any, share: Any, out: Any) -> None:
    """Write uint8[h, w] at another size into `out`; each axis as (first pixel, shares of 256) of each new pixel."""
    width = plane.shape[1]
    wide, taps = out.shape[1], share.shape[0]
    line = np.empty(width, np.uint16)
    mixed = np.empty(wide, np.uint32)
    for y in range(out.shape[0]):
        line[:] = np.uint16(0)
        for k in range(row_share.shape[0]):
            row, part = plane[row_from[y] + k], np.uint16(row_share[k, y])
            if part:
                for x in range(width):
                    line[x] = np.uint16(line[x] + np.uint16(np.uint16(row[x]) * part))
        result = out[y]
        mixed[:] = np.uint32(256)
        for k in range(taps):
            part_of, first = share[k], from_
            for x in range(wide):
                mixed[x] = np.uint32(mixed[x] + np.uint32(part_of[x]) * np.uint32(line[first[x] + np.uint32(k)]))
        for x in range(wide):
            result[x] = np.uint16(mixed[x] >> np.uint32(9))


@lru_cache(maxsize=256)
def shares(length: int, wanted: int) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Return for each of `wanted` new pixels its first of `length` pixels, and the shares of 256 it takes of each.

    A smaller picture takes what each new pixel covers; a larger one interpolates.
    """
    scale = length / wanted
    centres = (np.arange(wanted) + 0.5) * scale - 0.5
    reach = max(scale, 1.0)
    # A box of `scale` pixels seen by pixels of width 1, or a tent between two pixels where it is enlarged.
    leftmost = centres - scale / 2 + 0.5 if scale > 1 else centres
    first = np.clip(np.floor(leftmost), 0, length - 1).astype(np.int64)
    count = min(length, math.ceil(reach) + 1)
    first = np.minimum(first, length - count)
    pixels = first[:, None] + np.arange(count)
    if scale > 1:
        left, right = (centres - scale / 2)[:, None], (centres + scale / 2)[:, None]
        covered = np.minimum(pixels + 0.5, right) - np.maximum(pixels - 0.5, left)
    else:
        covered = 1 - np.abs(pixels - np.clip(centres, 0, length - 1)[:, None])
    covered = np.maximum(covered, 0)
    rounded = np.floor(np.cumsum(covered, axis=1) / covered.sum(axis=1, keepdims=True) * 256 + 0.5).astype(np.int64)
    return first.astype(np.uint32), np.ascontiguousarray(np.diff(rounded, axis=1, prepend=0).T.astype(np.uint16))


@lru_cache(maxsize=1024)
def taps(sigma: float, shortest: int) -> NDArray[np.uint16]:
    """Return the half of a Gaussian's kernel, from its middle outwards, in shares of 65536.

    It is no longer than the shorter side of the picture allows, as edges are mirrored once.
    """
    reach = min(math.ceil(3 * sigma), shortest - 1)
    weights = np.exp(-0.5 * (np.arange(reach + 1) / sigma) ** 2)
    sides = np.floor(weights[1:] / (2 * weights[1:].sum() + 1) * _WHOLE + 0.5).astype(np.int64)
    # Hardly any blur leaves a whole to the middle, which is one too many for 16 bits.
    return np.concatenate([[min(_WHOLE - 1, _WHOLE - 2 * sides.sum())], sides]).astype(np.uint16)
