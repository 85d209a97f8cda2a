"""Landscapes and abstract drawings: views from windows, pictures on walls, and files that belong to nothing."""

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from fanal.doors.demo.surfaces import Pixels
from fanal.doors.demo.textures import Colour, Field, noise

Kind = Literal["hills", "sea", "town", "desert", "forest", "moors"]

_PALETTES: dict[str, tuple[Colour, Colour, tuple[Colour, ...]]] = {
    "hills": ((126, 178, 222), (236, 236, 224), ((150, 178, 178), (118, 156, 126), (92, 138, 86), (66, 110, 62))),
    "sea": ((104, 172, 222), (240, 234, 216), ((132, 160, 176), (100, 134, 140), (88, 128, 96), (70, 110, 74))),
    "town": ((142, 182, 216), (238, 228, 214), ((176, 168, 172), (160, 138, 132), (140, 108, 96), (108, 84, 78))),
    "desert": ((96, 160, 216), (246, 220, 186), ((204, 158, 132), (196, 128, 92), (178, 102, 66), (148, 82, 54))),
    "forest": ((168, 196, 210), (236, 236, 226), ((156, 176, 176), (96, 128, 116), (58, 96, 78), (36, 68, 54))),
    "moors": ((150, 166, 188), (232, 222, 214), ((156, 152, 170), (128, 116, 136), (112, 104, 92), (92, 92, 66))),
}


def landscape(rng: np.random.Generator, kind: str, columns: int, rows: int) -> Pixels:
    """An invented view with sky, clouds and folded land."""
    high, low, lands = _PALETTES[kind]
    horizon = rows * rng.uniform(0.42, 0.56)
    picture = _sky(rng, high, low, columns, rows, horizon)
    for index, colour in enumerate(lands):
        base = horizon + (rows - horizon) * (index / len(lands)) ** 1.3
        if kind == "sea" and index == 2:
            _sea(rng, picture, int(base))
            continue
        _land(rng, picture, colour, base, rows * 0.09 * (1 + index * 0.25), kind, index)
    return picture


def _sky(rng: np.random.Generator, high: Colour, low: Colour, columns: int, rows: int, horizon: float) -> Pixels:
    v = np.clip(np.linspace(0, rows / horizon, rows), 0, 1)[:, None, None] ** 0.8
    sky = np.asarray(high) * (1 - v) + np.asarray(low) * v + np.zeros((1, columns, 1))
    cloud = noise(rng, columns, rows, (3, 7), 4)
    veil = np.clip(cloud - 0.15, 0, 1)[..., None] * 0.8
    lightness = 250 - 26 * np.clip(noise(rng, columns, rows, (3, 9), 2), 0, 1)[..., None]
    x, y = rng.uniform(0.15, 0.85) * columns, horizon * rng.uniform(0.25, 0.7)
    grid_y, grid_x = np.mgrid[0:rows, 0:columns]
    glow = np.exp(-((grid_x - x) ** 2 + (grid_y - y) ** 2) / (2 * (rows * 0.13) ** 2))[..., None]
    sky = sky * (1 - veil) + lightness * veil
    return np.asarray(np.clip(sky + glow * np.array([60, 48, 20]), 0, 255), np.uint8)


def _ridge(rng: np.random.Generator, columns: int, bumps: float) -> Field:
    line = np.zeros(columns, np.float32)
    for octave in range(6):
        points = rng.standard_normal((1, max(2, int(bumps * 1.9**octave)))).astype(np.float32)
        line += cv2.resize(points, (columns, 1), interpolation=cv2.INTER_CUBIC)[0] / 2.0**octave
    return line


def _land(
    rng: np.random.Generator, picture: Pixels, colour: Colour, base: float, rise: float, kind: str, index: int
) -> None:
    rows, columns = picture.shape[:2]
    line = base - rise * 0.8 * _ridge(rng, columns, 2 + index)
    if kind == "town" and index >= 1:
        line = _roofs(rng, line, columns)
    if kind == "forest" and index >= 1:
        spikes = np.abs(((np.arange(columns) * (0.12 / index) * 640 / columns) % 1) - 0.5) * rows * 0.05 * index
        line = line + spikes * rng.uniform(0.4, 1.2, columns)
    y = np.arange(rows)[:, None]
    cover = np.clip(y - line[None, :] + 0.5, 0, 1)[..., None]
    shade = 1 + np.clip(noise(rng, columns, rows, (14, 22), 4), -1, 1)[..., None] * 0.08
    shade = shade - np.clip((y - line[None, :]) / rows, 0, 1)[..., None] * 0.3
    ground = np.asarray(colour) * shade
    if kind == "town" and index >= 2:
        _windows(rng, ground, line)
    picture[:] = np.clip(picture * (1 - cover) + ground * cover, 0, 255).astype(np.uint8)


def _roofs(rng: np.random.Generator, line: Field, columns: int) -> Field:
    steps, x = line.copy(), 0
    while x < columns:
        wide = int(rng.uniform(0.04, 0.1) * columns) + 2
        level = float(line[x]) - rng.uniform(0, 0.05) * columns
        gable = np.abs(np.linspace(-1, 1, wide)) * wide * rng.choice([0.0, 0.35, 0.5])
        steps[x : x + wide] = (level + gable)[: columns - x]
        x += wide
    return steps


def _windows(rng: np.random.Generator, ground: np.ndarray, line: Field) -> None:
    columns = ground.shape[1]
    step = max(6, columns // 50)
    for x in range(step, columns - step, step):
        for k in range(1, 4):
            y = int(line[x]) + k * step
            if 0 <= y < ground.shape[0] - step and rng.random() < 0.6:
                ground[y : y + step // 2, x : x + step // 3] = (222, 210, 176) if rng.random() < 0.4 else (92, 96, 110)


def _sea(rng: np.random.Generator, picture: Pixels, top: int) -> None:
    rows, columns = picture.shape[:2]
    depth = np.linspace(0, 1, rows - top)[:, None, None]
    water = np.array([126, 176, 194]) * (1 - depth) + np.array([38, 96, 132]) * depth
    ripple = noise(rng, columns, rows - top, (10, 90), 3)[..., None] * (6 + 16 * depth)
    picture[top:] = np.clip(water + ripple, 0, 255).astype(np.uint8)


def _waves(rng: np.random.Generator, columns: int, rows: int) -> Pixels:
    field = noise(rng, columns, rows, (3, 3), 3)
    bands = (np.floor(field * 7) % len(_INKS[0])).astype(int)
    inks = np.array(_INKS[int(rng.integers(len(_INKS)))], np.uint8)
    return np.asarray(inks[bands % len(inks)], np.uint8)


def _circles(rng: np.random.Generator, columns: int, rows: int) -> Pixels:
    inks = _INKS[int(rng.integers(len(_INKS)))]
    picture = np.full((rows, columns, 3), inks[0], np.uint8)
    for _ in range(26):
        centre = (int(rng.integers(columns)), int(rng.integers(rows)))
        radius = int(rng.uniform(0.03, 0.2) * rows)
        colour = inks[int(rng.integers(1, len(inks)))]
        thick = -1 if rng.random() < 0.6 else max(2, radius // 6)
        cv2.circle(picture, centre, radius, colour, thick, cv2.LINE_AA)
    return picture


def _shards(rng: np.random.Generator, columns: int, rows: int) -> Pixels:
    inks = _INKS[int(rng.integers(len(_INKS)))]
    picture = np.full((rows, columns, 3), inks[-1], np.uint8)
    for _ in range(34):
        middle = rng.uniform(0, 1, 2) * [columns, rows]
        points = (middle + rng.normal(0, 0.13, (3, 2)) * rows).astype(np.int32)
        cv2.fillConvexPoly(picture, points, inks[int(rng.integers(len(inks)))], cv2.LINE_AA)
    return picture


_INKS: tuple[tuple[Colour, ...], ...] = (
    ((236, 226, 206), (38, 70, 83), (42, 157, 143), (233, 196, 106), (231, 111, 81)),
    ((244, 241, 222), (61, 64, 91), (129, 178, 154), (242, 204, 143), (224, 122, 95)),
    ((232, 236, 240), (52, 73, 94), (149, 165, 166), (192, 57, 43), (243, 156, 18)),
    ((250, 243, 221), (94, 100, 114), (140, 192, 200), (255, 166, 158), (86, 130, 89)),
    ((230, 220, 232), (88, 60, 110), (150, 110, 170), (236, 180, 120), (70, 120, 130)),
)
_DRAWINGS: tuple[Callable[[np.random.Generator, int, int], Pixels], ...] = (_waves, _circles, _shards)


def drawing(rng: np.random.Generator, columns: int, rows: int) -> Pixels:
    """An abstract drawing of one of three kinds."""
    return _DRAWINGS[int(rng.integers(len(_DRAWINGS)))](rng, columns, rows)
