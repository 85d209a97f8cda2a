"""Patterns of cloth and wallpaper, drawn large and repeated."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from fanal.doors.demo.surfaces import Pixels
from fanal.doors.demo.textures import Colour, Texture, repeated, weave

Motif = Pixels
SIDE = 384


def _sheet(colour: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (SIDE, SIDE), colour)
    return image, ImageDraw.Draw(image)


def stripes(colours: tuple[Colour, ...], widths: tuple[float, ...]) -> Motif:
    """Upright stripes."""
    image, draw = _sheet(colours[0])
    x, total = 0.0, sum(widths)
    for colour, width in zip(colours, widths, strict=True):
        draw.rectangle((x, 0, x + width / total * SIDE, SIDE), fill=colour)
        x += width / total * SIDE
    return np.asarray(image)


def tartan(base: Colour, dark: Colour, thin: Colour) -> Motif:
    """Crossing bands as of a woven plaid."""
    line = np.zeros((SIDE, 3), np.float32) + base
    for at, wide, colour in (
        (0.1, 0.28, dark),
        (0.22, 0.03, thin),
        (0.6, 0.1, dark),
        (0.78, 0.03, thin),
        (0.9, 0.03, thin),
    ):
        line[int(at * SIDE) : int((at + wide) * SIDE)] = colour
    return ((line[None] + line[:, None]) / 2).astype(np.uint8)


def leaves(base: Colour, leaf: Colour, stem: Colour) -> Motif:
    """A climbing twig with paired leaves; continues over its edges."""
    image, draw = _sheet(base)
    points = [(SIDE / 2 + np.sin(t / SIDE * 2 * np.pi) * SIDE * 0.14, t) for t in range(0, SIDE + 8, 4)]
    draw.line(points, fill=stem, width=5)
    for index in range(6):
        y = (index + 0.5) * SIDE / 6
        x = SIDE / 2 + np.sin(y / SIDE * 2 * np.pi) * SIDE * 0.14
        for side in (-1, 1):
            for wrap in (-SIDE, 0, SIDE):
                _leaf(draw, (x, y + wrap), side, leaf)
    return np.asarray(image)


def _leaf(draw: ImageDraw.ImageDraw, foot: tuple[float, float], side: int, colour: Colour) -> None:
    t = np.linspace(0, np.pi, 14)
    along, bulge = np.linspace(0, 1, 14) * SIDE * 0.26, np.sin(t) * SIDE * 0.055
    tilt = -0.55
    outline = np.concatenate([np.stack([along, bulge], 1), np.stack([along, -bulge], 1)[::-1]])
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    turned = outline @ np.array([[1, 0], [0, 1]]) @ turn.T
    draw.polygon([(foot[0] + side * x, foot[1] - abs(SIDE * 0.02) + y) for x, y in turned], fill=colour)


def blossoms(base: Colour, petals: tuple[Colour, ...], heart: Colour) -> Motif:
    """Large round flowers with small ones between."""
    image, draw = _sheet(base)
    for (cx, cy, size), colour in zip(
        ((0.5, 0.5, 0.3), (0, 0, 0.2), (1, 0, 0.2), (0, 1, 0.2), (1, 1, 0.2)), petals * 5, strict=False
    ):
        for ring, shade in ((1.0, 1.0), (0.62, 0.82)):
            tone = tuple(int(c * shade) for c in colour)
            for petal in range(8):
                angle = petal * np.pi / 4 + (0.4 if ring < 1 else 0)
                x, y = (
                    (cx + np.cos(angle) * size * 0.55 * ring) * SIDE,
                    (cy + np.sin(angle) * size * 0.55 * ring) * SIDE,
                )
                r = size * 0.3 * ring * SIDE
                draw.ellipse((x - r, y - r, x + r, y + r), fill=tone, outline=tuple(int(c * 0.8) for c in tone))
        r = size * 0.2 * SIDE
        draw.ellipse((cx * SIDE - r, cy * SIDE - r, cx * SIDE + r, cy * SIDE + r), fill=heart)
    return np.asarray(image)


def hexagons(base: Colour, line: Colour, fill: Colour) -> Motif:
    """A honeycomb whose period is the motif (1 : 0.577 rows squeezed to a square)."""
    image, draw = _sheet(base)
    for cx, cy, colour in ((0, 0, fill), (1, 0, fill), (0, 1, fill), (1, 1, fill), (0.5, 0.5, base)):
        points = [((cx + 0.333 * np.cos(a)) * SIDE, (cy + 0.577 * np.sin(a)) * SIDE) for a in np.arange(6) * np.pi / 3]
        draw.polygon(points, fill=colour, outline=line, width=7)
    return np.asarray(image)


def stars(base: Colour, ink: Colour) -> Motif:
    """Scattered five-pointed stars."""
    image, draw = _sheet(base)
    for cx, cy, size in ((0.25, 0.25, 0.16), (0.75, 0.72, 0.16), (0.7, 0.25, 0.07), (0.28, 0.72, 0.07)):
        angles = np.arange(10) * np.pi / 5 - np.pi / 2
        radius = np.where(np.arange(10) % 2, 0.42, 1) * size
        draw.polygon(
            [((cx + r * np.cos(a)) * SIDE, (cy + r * np.sin(a)) * SIDE) for a, r in zip(angles, radius, strict=True)],
            fill=ink,
        )
    return np.asarray(image)


def diamonds(base: Colour, first: Colour, second: Colour) -> Motif:
    """Nested lozenges in the manner of woven rugs."""
    image, draw = _sheet(base)
    for scale, colour in ((0.98, first), (0.74, base), (0.56, second), (0.34, base), (0.18, first)):
        r = SIDE / 2 * scale
        m = SIDE / 2
        draw.polygon([(m, m - r), (m + r, m), (m, m + r), (m - r, m)], fill=colour)
    for x in (0, SIDE):
        for y in (0, SIDE):
            r = SIDE * 0.14
            draw.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill=second)
    return np.asarray(image)


def quilt(rng: np.random.Generator, colours: tuple[Colour, ...], columns: int = 8, rows: int = 9) -> Pixels:
    """A patchwork cover: every patch its own figure; no two quilts are alike."""
    cell = 96
    picture = np.zeros((rows * cell, columns * cell, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            first, second = rng.permutation(len(colours))[:2]
            picture[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = _patch(
                cell, colours[first], colours[second], int(rng.integers(6))
            )
    seam = np.arange(0, picture.shape[0], cell)
    picture[seam] = picture[seam] // 2 + 90
    across = np.arange(0, picture.shape[1], cell)
    picture[:, across] = picture[:, across] // 2 + 90
    return weave(rng, picture)


def _patch(cell: int, first: Colour, second: Colour, kind: int) -> Pixels:
    y, x = np.mgrid[0:cell, 0:cell] / cell
    centred = np.hypot(x - 0.5, y - 0.5)
    figure = (
        centred < 0.34,
        x + y < 1,
        (np.abs(x - 0.5) < 0.15) | (np.abs(y - 0.5) < 0.15),
        (np.floor(x * 4) + np.floor(y * 4)) % 2 > 0,
        np.abs(x - 0.5) + np.abs(y - 0.5) < 0.4,
        np.sin(x * 25) > 0,
    )[kind]
    return np.where(figure[..., None], np.array(second), np.array(first)).astype(np.uint8)


def mandala(rng: np.random.Generator, base: Colour, inks: tuple[Colour, ...], side: int = 900) -> Pixels:
    """One great round ornament on cloth, its rings drawn at random."""
    image = Image.new("RGB", (side, side), base)
    draw = ImageDraw.Draw(image)
    m = side / 2
    for ring in range(9, 0, -1):
        colour = inks[int(rng.integers(len(inks)))]
        radius, petals = side * 0.052 * ring, int(rng.choice([8, 12, 16, 24]))
        draw.ellipse((m - radius, m - radius, m + radius, m + radius), outline=colour, width=4)
        size = radius * np.pi / petals * 0.8
        for k in range(petals):
            a = k * 2 * np.pi / petals
            x, y = m + np.cos(a) * radius, m + np.sin(a) * radius
            if ring % 2:
                draw.ellipse((x - size, y - size, x + size, y + size), fill=colour, outline=base, width=2)
            else:
                points = [
                    (x + np.cos(a + i) * size * 1.3, y + np.sin(a + i) * size * 1.3) for i in (0, 1.57, 3.14, 4.71)
                ]
                draw.polygon(points, fill=colour)
    for k, corner in enumerate(((0, 0), (side, 0), (0, side), (side, side))):
        for ring in range(5, 0, -1):
            r = side * 0.045 * ring
            draw.ellipse(
                (corner[0] - r, corner[1] - r, corner[0] + r, corner[1] + r), fill=inks[(ring + k) % len(inks)]
            )
    return weave(rng, np.array(image))


def papered(
    rng: np.random.Generator, motif: Motif, step: float, *, drop: bool = False, squeeze: float = 1.0
) -> Texture:
    """A wall or cloth texture that repeats `motif` every `step` metres."""
    squeezed = np.asarray(
        cv2.resize(motif, (SIDE, max(8, int(SIDE * squeeze))), interpolation=cv2.INTER_AREA), np.uint8
    )

    def texture(width: float, height: float) -> Pixels:
        picture = repeated(squeezed, width, height, step, drop)
        grain = rng.standard_normal(picture.shape[:2]).astype(np.float32)[..., None] * 1.6
        return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)

    return texture
