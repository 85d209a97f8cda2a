"""Robust local features of a grey picture: where they are, how large, which way they turn, and what they look like."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)  # decoders run side by side, and a confined one may start no threads

STORED_SIDE = 720
"""Longer side of the picture that features are looked for in; smaller pictures are enlarged to it."""
_BASE_SCALE = 1.6
_STEPS = 3
"""Scales an octave."""
_SMALLEST = 24
_CONTRAST = 1.0
"""Of 255: weaker extrema are noise."""
_CANDIDATES = 6000
_GRID = 8
_CROWD = 4.0
_SCALE_BONUS = 0.5


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
    """[n, 128]: RootSIFT, of length 1."""

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
    small, blur = _at_size(plane, side)
    octaves = _scale_space(small, blur)
    chosen, octave = _choose(octaves, budget, small.shape[:2])
    rows, looks = _describe(octaves, chosen, octave)
    rows, looks = rows[:budget], looks[:budget]
    fx, fy = width / small.shape[1], height / small.shape[0]
    places = np.stack([(rows[:, 0] + 0.5) * fx - 0.5, (rows[:, 1] + 0.5) * fy - 0.5], axis=1).astype(np.float32)
    return Features(width, height, places, rows[:, 2] * np.float32(math.sqrt(fx * fy)), rows[:, 3], looks)


def _none(width: int, height: int) -> Features:
    empty = np.empty(0, np.float32)
    return Features(width, height, np.empty((0, 2), np.float32), empty, empty, np.empty((0, 128), np.float32))


def _at_size(plane: NDArray[np.uint8], side: int) -> tuple[NDArray[np.float32], float]:
    """Return the picture at its working size, and how blurred it is taken to be, in pixels."""
    factor = side / max(plane.shape[:2])
    size = (max(8, round(plane.shape[1] * factor)), max(8, round(plane.shape[0] * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = plane if factor == 1 else cv2.resize(plane, size, interpolation=how)
    return small.astype(np.float32), 0.5 * max(1.0, factor)


def _blurred(plane: NDArray[np.float32], sigma: float, out: NDArray[np.float32]) -> None:
    taps = 2 * math.ceil(3 * sigma) + 1
    cv2.GaussianBlur(plane, (taps, taps), sigma, dst=out, borderType=cv2.BORDER_REFLECT_101)


def _scale_space(small: NDArray[np.float32], blur: float) -> list[NDArray[np.float32]]:
    """Return an octave each: float32[6, h, w] of growing blur, each octave half as large as the one before."""
    growth = 2 ** (1 / _STEPS)
    octaves: list[NDArray[np.float32]] = []
    first = np.empty_like(small)
    _blurred(small, math.sqrt(max(_BASE_SCALE**2 - blur**2, 0.01)), first)
    while min(first.shape) >= _SMALLEST or not octaves:
        levels = np.empty((_STEPS + 3, *first.shape), np.float32)
        levels[0] = first
        for k in range(1, _STEPS + 3):
            step = _BASE_SCALE * growth ** (k - 1) * math.sqrt(growth**2 - 1)
            _blurred(levels[k - 1], step, levels[k])
        octaves.append(levels)
        first = np.ascontiguousarray(levels[_STEPS, ::2, ::2])
    return octaves


def _choose(
    octaves: list[NDArray[np.float32]], budget: int, shape: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return x, y, level, scale of the strongest extrema, well spread, in pixels of their octave; and the octave."""
    from fanal.engine.fingerprint.local import kernels  # late: loading the compiler takes half a second

    found, octave = [], []
    for o, levels in enumerate(octaves):
        out = np.empty((_CANDIDATES, 4), np.float32)
        count = kernels.extrema(np.diff(levels, axis=0), _CONTRAST, out)
        found.append(out[:count])
        octave.append(np.full(count, o, np.int64))
    rows, octaves_of = np.concatenate(found), np.concatenate(octave)
    strength = rows[:, 3].copy()
    rows[:, 3] = _BASE_SCALE * 2 ** (rows[:, 2] / _STEPS)
    zoom = 2.0**octaves_of
    value = strength * (rows[:, 3] * zoom) ** _SCALE_BONUS
    keep = _spread(rows[:, :2] * zoom[:, None], value, shape)[:budget]
    return rows[keep], octaves_of[keep]


def _spread(places: NDArray[np.float64], value: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the features' numbers, the best first; one in a crowded part of the picture counts for less."""
    column = np.clip(places[:, 0] * _GRID / shape[1], 0, _GRID - 1).astype(np.int64)
    row = np.clip(places[:, 1] * _GRID / shape[0], 0, _GRID - 1).astype(np.int64)
    cell = row * _GRID + column
    order = np.lexsort((-value, cell))
    starts = np.searchsorted(cell[order], np.arange(_GRID * _GRID))
    rank = np.empty(len(value), np.int64)
    rank[order] = np.arange(len(value)) - starts[cell[order]]
    return np.argsort(-value / (1 + rank / _CROWD), kind="stable")


def _describe(
    octaves: list[NDArray[np.float32]], chosen: NDArray[np.float32], octave: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x, y, scale, direction in pixels of the working size, and the descriptors; in the order of `chosen`."""
    from fanal.engine.fingerprint.local import kernels

    order, rows, looks = [], [], []
    for o, levels in enumerate(octaves):
        mine = np.flatnonzero(octave == o)
        if not len(mine):
            continue
        features = np.ascontiguousarray(chosen[mine])
        turns = np.empty((len(mine), 2), np.float32)
        kernels.orientations(levels, features, turns)
        twice = np.flatnonzero(turns[:, 1] >= 0)
        which = np.concatenate([np.arange(len(mine)), twice])
        direction = np.concatenate([turns[:, 0], turns[twice, 1]])
        five = np.ascontiguousarray(np.concatenate([features[which], direction[:, None]], axis=1))
        out = np.empty((len(five), kernels.DIMENSIONS), np.float32)
        kernels.descriptors(levels, five, out)
        zoom = np.float32(2.0**o)
        rows.append(np.stack([five[:, 0] * zoom, five[:, 1] * zoom, five[:, 3] * zoom, five[:, 4]], axis=1))
        looks.append(out)
        order.append(mine[which])
    if not rows:
        return np.empty((0, 4), np.float32), np.empty((0, 128), np.float32)
    ranks = np.argsort(np.concatenate(order), kind="stable")
    return np.concatenate(rows)[ranks], np.concatenate(looks)[ranks]
