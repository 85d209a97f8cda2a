"""Robust local features of a grey picture: where they are, how large, which way they turn, and what they look like."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

STORED_SIDE = 960
"""Longer side of the picture that features are looked for in; smaller pictures are enlarged to it."""
FRAME_SIDE = 720
"""The same of a frame of film."""
_BASE_SCALE = 1.6
_STEPS = 3
"""Scales an octave."""
_SMALLEST = 24
_DIRECTIONS = 256
"""A turn has so many: no more are stored."""
_CONTRAST = 1.0
"""Of 255: weaker extrema are noise."""
_CANDIDATES = 6000
_GRID = 8
_CROWD = 4.0


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one picture, the most telling first."""

    width: int
    height: int
    """Of the stored picture, in pixels."""
    places: NDArray[np.float32]
    """[n, 2]: x and y in pixels of the stored picture."""
    scales: NDArray[np.float32]
    """[n]: in pixels of the stored picture."""
    directions: NDArray[np.float32]
    """[n]: radians from the x axis towards the y axis."""
    looks: NDArray[np.float32]
    """[n, 128]: RootSIFT, of length 1 but for rounding to whole numbers of 1 / 512."""

    def __len__(self) -> int:
        return len(self.scales)


def local_features(
    plane: NDArray[np.uint8], budget: int, side: int = STORED_SIDE, full_size: tuple[int, int] | None = None
) -> Features:
    """Return up to `budget` features of a grey picture, uint8[height, width].

    `side` is the longer side that is worked at. `full_size` is (height, width) of the stored picture when `plane` is a
    reduced decode of it. A picture with a side under 8 pixels has none.
    """
    height, width = full_size or plane.shape[:2]
    if min(plane.shape[:2]) < 8:
        return _none(width, height)
    octaves = _scale_space(np.ascontiguousarray(plane), side)
    small = octaves[0].shape[1:]
    rows, octave = _turned(octaves, *_choose(octaves, budget, small))
    rows, octave = rows[:budget], octave[:budget]
    looks = _described(octaves, rows, octave)
    zoom = np.exp2(octave).astype(np.float32)
    fx, fy = width / small[1], height / small[0]
    places = (rows[:, :2] * zoom[:, None] + 0.5) * np.array([fx, fy]) - 0.5
    scales = rows[:, 3] * zoom * np.float32(math.sqrt(fx * fy))
    return Features(width, height, places.astype(np.float32), scales, rows[:, 4], looks)


def _none(width: int, height: int) -> Features:
    empty = np.empty(0, np.float32)
    return Features(width, height, np.empty((0, 2), np.float32), empty, empty, np.empty((0, 128), np.float32))


def _scale_space(plane: NDArray[np.uint8], side: int) -> list[NDArray[np.uint16]]:
    """Return an octave each: uint16[6, h, w] of growing blur, each octave half as large as the one before."""
    from fanal.engine.fingerprint.local import pyramid  # late: loading the compiler takes half a second

    factor = side / max(plane.shape)
    height, width = (max(8, round(length * factor)) for length in plane.shape)
    first = np.empty((height, width), np.uint16)
    pyramid.resize(plane, *pyramid.shares(plane.shape[0], height), *pyramid.shares(plane.shape[1], width), first)
    growth = 2 ** (1 / _STEPS)
    # How blurred a picture is taken to be that was not enlarged, in pixels.
    blur = math.sqrt(max(_BASE_SCALE**2 - (0.5 * max(1.0, factor)) ** 2, 0.01))
    octaves: list[NDArray[np.uint16]] = []
    while min(first.shape) >= _SMALLEST or not octaves:
        levels = np.empty((_STEPS + 3, *first.shape), np.uint16)
        if octaves:
            levels[0] = first
        else:
            pyramid.blur(first, pyramid.taps(blur, min(first.shape)), levels[0])
        for k in range(1, _STEPS + 3):
            step = _BASE_SCALE * growth ** (k - 1) * math.sqrt(growth**2 - 1)
            pyramid.blur(levels[k - 1], pyramid.taps(step, min(first.shape)), levels[k])
        octaves.append(levels)
        first = levels[_STEPS, ::2, ::2]
    return octaves


def _choose(
    octaves: list[NDArray[np.uint16]], budget: int, shape: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return x, y, level, scale of the strongest extrema, well spread, in pixels of their octave; and the octave."""
    from fanal.engine.fingerprint.local.extrema import extrema

    found, octave = [], []
    out = np.empty((_CANDIDATES, 5), np.float32)
    for o, levels in enumerate(octaves):
        count = extrema(levels, _CONTRAST, out)
        found.append(out[:count].copy())
        octave.append(np.full(count, o, np.int64))
    rows, octaves_of = np.concatenate(found), np.concatenate(octave)
    scale = rows[:, 4] * np.float32(_BASE_SCALE)
    zoom = np.exp2(octaves_of)
    value = rows[:, 3] * np.sqrt(scale * zoom)
    keep = _spread(rows[:, :2] * zoom[:, None], value, shape)[:budget]
    rows[:, 3] = scale
    return rows[keep, :4], octaves_of[keep]


def _spread(places: NDArray[Any], value: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the features' numbers, the best first; one in a crowded part of the picture counts for less."""
    column = np.clip(places[:, 0] * _GRID / shape[1], 0, _GRID - 1).astype(np.int64)
    row = np.clip(places[:, 1] * _GRID / shape[0], 0, _GRID - 1).astype(np.int64)
    cell = row * _GRID + column
    order = np.lexsort((-value, cell))
    starts = np.searchsorted(cell[order], np.arange(_GRID * _GRID))
    rank = np.empty(len(value), np.int64)
    rank[order] = np.arange(len(value)) - starts[cell[order]]
    return np.argsort(-value / (1 + rank / _CROWD), kind="stable")


def _turned(
    octaves: list[NDArray[np.uint16]], chosen: NDArray[np.float32], octave: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return x, y, level, scale, direction and the octave; a feature that looks two ways is there twice in a row."""
    from fanal.engine.fingerprint.local import kernels

    turns = np.empty((len(chosen), 2), np.float32)
    for o, levels in enumerate(octaves):
        mine = np.flatnonzero(octave == o)
        out = np.empty((len(mine), 2), np.float32)
        kernels.orientations(levels, np.ascontiguousarray(chosen[mine]), out)
        turns[mine] = out
    which, way = np.nonzero(turns >= 0)
    steps = np.round(turns[which, way] * np.float32(_DIRECTIONS / (2 * math.pi))) % _DIRECTIONS
    direction = steps * np.float32(2 * math.pi / _DIRECTIONS)
    return np.concatenate([chosen[which], direction[:, None]], axis=1), octave[which]


@cache
def _ways() -> NDArray[np.float32]:
    """Return float32[256, 2]: cosine and sine of each direction, rounded to what all machines agree on."""
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    return (np.round(np.stack([np.cos(angles), np.sin(angles)], axis=1) * 65536) / 65536).astype(np.float32)


def _described(
    octaves: list[NDArray[np.uint16]], rows: NDArray[np.float32], octave: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the descriptors, float32[n, 128], of rows as `_turned` gives them."""
    from fanal.engine.fingerprint.local import kernels

    looks = np.empty((len(rows), kernels.DIMENSIONS), np.uint8)
    steps = np.round(rows[:, 4] * np.float32(_DIRECTIONS / (2 * math.pi))).astype(np.int64)
    six = np.concatenate([rows[:, :4], _ways()[steps]], axis=1)
    for o, levels in enumerate(octaves):
        mine = np.flatnonzero(octave == o)
        out = np.empty((len(mine), kernels.DIMENSIONS), np.uint8)
        kernels.descriptors(levels, six[mine], out)
        looks[mine] = out
    return looks.astype(np.float32) * np.float32(1 / kernels.LOOK_UNIT)
