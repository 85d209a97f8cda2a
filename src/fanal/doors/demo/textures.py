"""Surfaces as pictures: wood, plaster, wallpaper, cloth, tiles, carpet. All take metres and return RGB pixels."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np

from fanal.doors.demo.surfaces import Pixels

Colour = tuple[int, int, int]
Field = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

DENSITY = 260


def size_of(width: float, height: float, density: int = DENSITY) -> tuple[int, int]:
    """Pixels (columns, rows) of a surface in metres; never less than 4 nor more than 1600 a side."""
    return int(np.clip(width * density, 4, 1600)), int(np.clip(height * density, 4, 1600))


def noise(rng: np.random.Generator, columns: int, rows: int, cells: tuple[float, float], octaves: int = 3) -> Field:
    """Smooth noise around 0, about -1 to 1; `cells` are bumps across and down."""
    total = np.zeros((rows, columns), np.float32)
    for octave in range(octaves):
        step = 2**octave
        grid = (max(2, int(cells[1] * step)), max(2, int(cells[0] * step)))
        grain = rng.standard_normal((min(grid[0], rows), min(grid[1], columns))).astype(np.float32)
        grown = cv2.resize(grain, (columns, rows), interpolation=cv2.INTER_CUBIC)
        total += np.asarray(grown, np.float32) / np.float32(1.6**octave)
    return np.asarray(total / 2, np.float32)


def tint(base: Colour, shade: Field) -> Pixels:
    """`base` made lighter and darker by `shade` (0 leaves it as it is)."""
    return np.asarray(np.clip(np.asarray(base, np.float32) * (1 + shade[..., None]), 0, 255), np.uint8)


def plain(colour: Colour, width: float = 0.1, height: float = 0.1) -> Pixels:
    """A small flat texture, its edges a little lighter as on a painted board."""
    columns, rows = size_of(width, height)
    picture = np.full((rows, columns, 3), colour, np.uint8)
    return edged(picture) if max(rows, columns) < 10 * min(rows, columns) else picture


def edged(picture: Pixels, strength: float = 0.1) -> Pixels:
    """Lighten a thin rim: the worn edge of a board."""
    rim = max(1, round(min(picture.shape[:2]) * 0.012))
    lighter = np.clip(picture.astype(np.float32) * (1 + strength) + 6, 0, 255).astype(np.uint8)
    framed = lighter.copy()
    framed[rim:-rim, rim:-rim] = picture[rim:-rim, rim:-rim]
    return framed if min(picture.shape[:2]) > 8 else picture


def plaster(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Pixels:
    """A painted wall: hardly any pattern, slightly uneven."""
    columns, rows = size_of(width, height, 150)
    return tint(colour, noise(rng, columns, rows, (width * 3, height * 3)) * 0.018)


def wood(
    rng: np.random.Generator, width: float, height: float, colour: Colour, grain: Literal["x", "y"] = "x"
) -> Pixels:
    """A board with its grain along x or y."""
    if grain == "y":
        return np.ascontiguousarray(wood(rng, height, width, colour).swapaxes(0, 1))
    columns, rows = size_of(width, height)
    warp = noise(rng, columns, rows, (width * 1.5 + 1, height * 5 + 1), 2)
    y = np.linspace(0, height * 30, rows, dtype=np.float32)[:, None]
    rings = np.sin((y + warp * 2.4) * 2.2) * 0.05
    fibres = noise(rng, columns, rows, (width * 8 + 1, height * 140 + 1), 2) * 0.05
    return edged(tint(colour, rings + fibres + warp * 0.03))


def planks(rng: np.random.Generator, width: float, height: float, colour: Colour, board: float = 0.14) -> Pixels:
    """A floor of boards running along x, each a little different, with dark joints."""
    columns, rows = size_of(width, height, 210)
    picture = np.zeros((rows, columns, 3), np.uint8)
    edges = np.linspace(0, rows, max(2, round(height / board)) + 1).astype(int)
    for top, bottom in pairwise(edges):
        cut = int(rng.uniform(0.15, 0.85) * columns)
        for left, right in ((0, cut), (cut, columns)):
            metres = ((right - left) / columns * width, (bottom - top) / rows * height)
            piece = wood(rng, *metres, colour)
            piece = np.asarray(cv2.resize(piece, (right - left, bottom - top)), np.uint8)
            shade = rng.normal(0, 0.055)
            picture[top:bottom, left:right] = np.clip(piece * (1 + shade), 0, 255)
            picture[top:bottom, left : left + 1] = np.asarray(colour) * 0.45
        picture[top : top + 1] = np.asarray(colour) * 0.45
    return picture


def herringbone(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Pixels:
    """Parquet laid in a zigzag."""
    columns, rows = size_of(width, height, 210)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / 210
    across, length = 0.075, 0.3
    column = np.floor(x / length)
    side = column % 2
    slanted = y + np.where(side > 0, 1, -1) * (x - column * length)
    piece = np.floor(slanted / (across * 2))
    tone = np.sin(piece * 12.9898 + column * 78.233) * 43758.5453
    tone = (tone - np.floor(tone)) - 0.5
    grain = noise(rng, columns, rows, (width * 20, height * 60), 2)
    joint = (np.abs(slanted / (across * 2) - np.round(slanted / (across * 2))) < 0.02) | (
        np.abs(x - np.round(x / length) * length) < 0.004
    )
    return tint(colour, tone * 0.22 + grain * 0.05 - joint * 0.4)


def tiles(
    rng: np.random.Generator,
    width: float,
    height: float,
    colour: Colour,
    side: tuple[float, float] = (0.2, 0.2),
    second: Colour | None = None,
) -> Pixels:
    """Glazed tiles with pale joints; with a `second` colour they alternate."""
    columns, rows = size_of(width, height, 230)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / 230
    row = np.floor(y / side[1])
    column = np.floor(x / side[0] + (0.5 * (row % 2) if side[0] > side[1] * 1.5 else 0))
    tone = np.sin(row * 12.9898 + column * 78.233) * 43758.5453
    tone = (tone - np.floor(tone) - 0.5) * 0.07
    picture = tint(colour, tone + noise(rng, columns, rows, (width * 4, height * 4)) * 0.015)
    if second is not None:
        odd = ((row + column) % 2) > 0
        picture[odd] = tint(second, tone)[odd]
    u = x / side[0] + (0.5 * (row % 2) if side[0] > side[1] * 1.5 else 0)
    near_x, near_y = np.abs(u - np.round(u)) * side[0], np.abs(y / side[1] - np.round(y / side[1])) * side[1]
    joint = (near_x < 0.004) | (near_y < 0.004)
    picture[joint] = (196, 194, 188)
    return picture


def brick(rng: np.random.Generator, width: float, height: float, colour: Colour = (164, 92, 70)) -> Pixels:
    """A brick wall."""
    picture = tiles(rng, width, height, colour, (0.22, 0.073))
    rough = noise(rng, picture.shape[1], picture.shape[0], (width * 50, height * 50), 2)
    return np.asarray(np.clip(picture * (1 + rough[..., None] * 0.09), 0, 255), np.uint8)


def carpet(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Pixels:
    """A soft floor."""
    columns, rows = size_of(width, height, 190)
    return tint(
        colour, noise(rng, columns, rows, (columns / 3, rows / 3), 1) * 0.09 + noise(rng, columns, rows, (6, 6)) * 0.03
    )


def cloth(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Pixels:
    """Plain woven cloth with soft creases."""
    columns, rows = size_of(width, height, 300)
    return weave(rng, np.full((rows, columns, 3), colour, np.uint8))


def weave(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Give a flat pattern the look of cloth."""
    rows, columns = picture.shape[:2]
    threads = rng.standard_normal((rows, 1)).astype(np.float32) + rng.standard_normal((1, columns)).astype(np.float32)
    folds = noise(rng, columns, rows, (5, 4), 3)
    return np.asarray(np.clip(picture * (1 + threads * 0.018 + folds * 0.035)[..., None], 0, 255), np.uint8)


def repeated(motif: Pixels, width: float, height: float, step: float, drop: bool = False) -> Pixels:
    """Tile a square motif every `step` metres; with `drop`, every other column half a step lower."""
    columns, rows = size_of(width, height)
    side = max(8, round(step * DENSITY))
    small = cv2.resize(motif, (side, side), interpolation=cv2.INTER_AREA)
    if drop:
        small = np.hstack([small, np.roll(small, side // 2, axis=0)])
    across, down = -(-columns // small.shape[1]), -(-rows // small.shape[0])
    return np.ascontiguousarray(np.tile(small, (down, across, 1))[:rows, :columns])


Texture = Callable[[float, float], Pixels]
"""Makes a texture for a surface of (width, height) metres."""
