"""Furniture: each piece stands with the middle of its back edge on a spot, facing the spot's z."""

from typing import Literal

import numpy as np

from fanal.doors.demo.artwork import spines
from fanal.doors.demo.shapes import Spot, Stage
from fanal.doors.demo.surfaces import Bulb, Panel, Pixels
from fanal.doors.demo.textures import Colour, Texture, cloth, plain, wood

OAK: Colour = (176, 132, 88)
PINE: Colour = (206, 168, 118)
WALNUT: Colour = (112, 76, 54)
WHITE: Colour = (226, 222, 212)


def boards(stage: Stage, colour: Colour) -> Texture:
    """A skin of wood whose grain runs along the longer side."""

    def skin(width: float, height: float) -> Pixels:
        grain: Literal["x", "y"] = "x" if width >= height else "y"
        return wood(stage.rng, width, height, colour, grain)

    return skin


def bed(
    stage: Stage,
    spot: Spot,
    cover: Pixels,
    pillow: Colour,
    colour: Colour = OAK,
    size: tuple[float, float] = (1.45, 2.05),
) -> None:
    """A bed, its head at the wall."""
    wide, long = size
    timber = boards(stage, colour)
    stage.box(spot.moved(z=0.03), (wide + 0.1, 1.0, 0.06), timber)
    stage.box(spot.moved(z=long), (wide + 0.1, 0.5, 0.05), timber)
    for side in (-1, 1):
        stage.box(spot.moved(x=side * (wide / 2 + 0.02), y=0.18, z=long / 2), (0.04, 0.2, long), timber)
    linen = cloth(stage.rng, 0.6, 0.6, (232, 228, 220))
    stage.box(spot.moved(y=0.24, z=long / 2 + 0.02), (wide - 0.02, 0.24, long - 0.1), lambda w, h: linen)
    stage.cushion(spot.moved(y=0.3, z=long * 0.61), (wide + 0.1, long * 0.78), 0.27, cover, boxy=14, cells=14)
    case = cloth(stage.rng, 0.7, 0.4, pillow)
    for side in (-1, 1):
        stage.cushion(spot.moved(x=side * wide * 0.24, y=0.46, z=0.36), (wide * 0.45, 0.42), 0.15, case, boxy=3)


def drawers(
    stage: Stage, spot: Spot, size: tuple[float, float, float], rows: int, colour: Colour, columns: int = 1
) -> None:
    """A chest of drawers with round knobs."""
    wide, high, deep = size
    timber = boards(stage, colour)
    stage.box(spot.moved(y=0.06, z=deep / 2), (wide, high - 0.09, deep), timber)
    stage.box(spot.moved(y=high - 0.03, z=deep / 2), (wide + 0.05, 0.03, deep + 0.04), timber)
    stage.box(spot.moved(z=deep / 2 - 0.02), (wide - 0.06, 0.06, deep - 0.06), tuple(int(c * 0.5) for c in colour))  # type: ignore[arg-type]
    for row in range(rows):
        for column in range(columns):
            cell_w, cell_h = wide / columns, (high - 0.12) / rows
            face = spot.moved(x=(column + 0.5) * cell_w - wide / 2, y=0.08 + row * cell_h, z=deep + 0.008)
            stage.box(face, (cell_w - 0.03, cell_h - 0.025, 0.016), timber, omit="bottom back", casts=False)
            for knob in (-0.25, 0.25) if cell_w > 0.5 else (0.0,):
                stage.box(
                    face.moved(x=knob * cell_w, y=cell_h / 2 - 0.03, z=0.02),
                    (0.05, 0.022, 0.025),
                    (196, 170, 112),
                    casts=False,
                )


def bookcase(stage: Stage, spot: Spot, size: tuple[float, float, float], shelves: int, colour: Colour) -> None:
    """Shelves with books, and gaps here and there."""
    wide, high, deep = size
    timber = boards(stage, colour)
    for side in (-1, 1):
        stage.box(spot.moved(x=side * (wide / 2 - 0.015), z=deep / 2), (0.03, high, deep), timber)
    stage.box(spot.moved(z=0.01), (wide - 0.06, high, 0.02), timber)
    step = (high - 0.08) / shelves
    for index in range(shelves + 1):
        level = 0.05 + index * step
        stage.box(spot.moved(y=level, z=deep / 2), (wide - 0.06, 0.025, deep), timber, omit="back")
        if index < shelves:
            _books(stage, spot.moved(y=level + 0.025, z=deep * 0.48), wide - 0.1, step * 0.82, deep * 0.75)


def _books(stage: Stage, spot: Spot, wide: float, high: float, deep: float) -> None:
    start = -wide / 2
    while start < wide / 2 - 0.12:
        run = min(float(stage.rng.uniform(0.14, 0.42)), wide / 2 - start)
        tall = high * float(stage.rng.uniform(0.78, 1.0))
        front = spines(stage.rng, run, tall)
        stage.box(
            spot.moved(x=start + run / 2), (run, tall, deep), (120, 98, 80), faces={"front": front}, omit="bottom back"
        )
        start += run + (float(stage.rng.uniform(0.05, 0.16)) if stage.rng.random() < 0.4 else 0.004)


def table(
    stage: Stage, spot: Spot, size: tuple[float, float, float], colour: Colour, *, round_legs: bool = False
) -> None:
    """A table; its back edge stands on the spot."""
    wide, high, deep = size
    timber = boards(stage, colour)
    stage.box(spot.moved(y=high - 0.035, z=deep / 2), (wide, 0.035, deep), timber, omit="")
    stage.box(spot.moved(y=high - 0.11, z=deep / 2), (wide - 0.12, 0.075, deep - 0.12), timber)
    for x in (-1, 1):
        for z in (0.06, deep - 0.06):
            foot = spot.moved(x=x * (wide / 2 - 0.06), z=z)
            if round_legs:
                stage.turned(foot, ((0.018, 0), (0.028, high - 0.1)), boards(stage, colour)(0.1, 0.4))
            else:
                stage.box(foot, (0.06, high - 0.04, 0.06), timber)


def chair(stage: Stage, spot: Spot, colour: Colour, seat: Colour) -> None:
    """A kitchen chair; looks along z."""
    timber = boards(stage, colour)
    for x in (-0.18, 0.18):
        stage.box(spot.moved(x=x, z=0.02), (0.04, 0.92, 0.04), timber)
        stage.box(spot.moved(x=x, z=0.38), (0.04, 0.45, 0.04), timber)
    for y in (0.62, 0.74, 0.86):
        stage.box(spot.moved(y=y, z=0.02), (0.34, 0.055, 0.025), timber, omit="")
    stage.box(spot.moved(y=0.43, z=0.2), (0.42, 0.03, 0.42), timber, omit="")
    stage.cushion(spot.moved(y=0.46, z=0.21), (0.38, 0.36), 0.05, cloth(stage.rng, 0.4, 0.4, seat))


def sofa(stage: Stage, spot: Spot, skin: Colour, accents: tuple[Pixels, ...], wide: float = 1.95) -> None:
    """A sofa with soft seats and cushions."""
    fabric = cloth(stage.rng, 0.7, 0.7, skin)

    def cover(_w: float, _h: float) -> Pixels:
        return fabric

    stage.box(spot.moved(y=0.1, z=0.45), (wide, 0.2, 0.86), cover)
    stage.box(spot.moved(y=0.1, z=0.12), (wide, 0.6, 0.22), cover)
    for side in (-1, 1):
        arm = spot.moved(x=side * (wide / 2 - 0.09), y=0.1, z=0.45)
        stage.box(arm, (0.18, 0.44, 0.86), cover)
        stage.cushion(arm.moved(y=0.42), (0.22, 0.9), 0.07, fabric, boxy=5)
    inner = wide - 0.36
    for k in (-1, 1):
        stage.cushion(spot.moved(x=k * inner / 4, y=0.28, z=0.55), (inner / 2 - 0.01, 0.68), 0.19, fabric, boxy=9)
        stage.cushion(
            spot.moved(x=k * inner / 4, y=0.58, z=0.25), (inner / 2 - 0.01, 0.42), 0.14, fabric, upright=True, boxy=7
        )
    for index, accent in enumerate(accents):
        x = (-1, 1, 0)[index % 3] * (inner / 2 - 0.24)
        stage.cushion(
            spot.moved(x=x, y=0.63, z=0.4, turn=-0.25 * np.sign(x)),
            (0.42, 0.42),
            0.09,
            accent,
            upright=True,
            boxy=3,
            back=True,
        )


def cupboard(
    stage: Stage,
    spot: Spot,
    size: tuple[float, float, float],
    doors: int,
    skin: Colour | Texture,
    *,
    foot: float = 0.08,
) -> None:
    """A cupboard or wardrobe with panelled doors."""
    wide, high, deep = size
    stage.box(spot.moved(y=foot, z=deep / 2), (wide, high - foot, deep), skin, omit="" if foot > 0.5 else "bottom")
    if 0 < foot < 0.5:
        stage.box(spot.moved(z=deep / 2 - 0.03), (wide - 0.02, foot, deep - 0.06), (60, 54, 50))
    for index in range(doors):
        each = wide / doors
        door = spot.moved(x=(index + 0.5) * each - wide / 2, y=foot + 0.02, z=deep + 0.009)
        stage.box(door, (each - 0.014, high - foot - 0.04, 0.018), skin, omit="bottom back", casts=False)
        inset = door.moved(y=0.07, z=0.012)
        stage.box(inset, (each - 0.15, high - foot - 0.18, 0.008), skin, omit="bottom back", casts=False)
        side = 1 if index % 2 == 0 else -1
        stage.box(
            door.moved(x=side * (each / 2 - 0.045), y=(high - foot) * 0.48, z=0.025),
            (0.018, 0.11, 0.022),
            (188, 184, 176),
            casts=False,
        )


def shelf(stage: Stage, spot: Spot, wide: float, deep: float, colour: Colour) -> None:
    """A board on the wall; its top is 3 cm above the spot."""
    timber = boards(stage, colour)
    stage.box(spot.moved(z=deep / 2), (wide, 0.03, deep), timber, omit="back")
    for side in (-0.38, 0.38):
        stage.box(spot.moved(x=side * wide, y=-0.12, z=0.02), (0.025, 0.12, 0.03), timber, omit="back")


def table_lamp(stage: Stage, spot: Spot, base: Colour, shade: Pixels | Colour, power: float = 0.42) -> None:
    """A lamp with a turned foot and a shade that glows when lit."""
    stage.turned(spot, ((0.075, 0), (0.08, 0.015), (0.03, 0.03), (0.055, 0.12), (0.03, 0.2), (0.012, 0.3)), base)
    stage.turned(spot.moved(y=0.25), ((0.15, 0), (0.09, 0.2)), shade, glow="lamp")
    stage.scene.bulbs.append(Bulb((spot.x, spot.y + 0.38, spot.z), power))


def pendant(stage: Stage, spot: Spot, drop: float, shade: Pixels | Colour, power: float = 1.5) -> None:
    """A lamp on a cord from the ceiling spot."""
    stage.turned(spot.moved(y=-drop + 0.18), ((0.006, 0), (0.006, drop - 0.18)), (70, 66, 62), glow="lamp")
    stage.turned(spot.moved(y=-drop), ((0.22, 0), (0.16, 0.11), (0.03, 0.2)), shade, glow="lamp")
    stage.scene.bulbs.append(Bulb((spot.x, spot.y - drop - 0.06, spot.z), power, shaded=False))


def rug(stage: Stage, spot: Spot, size: tuple[float, float], texture: Pixels) -> None:
    """A rug on the floor, its middle on the spot."""
    wide, deep = size
    base = spot.moved(y=0.006)
    stage.mat(base, size, texture)
    for side in (-1, 1):
        fringe = plain((222, 210, 186), 0.1, 0.1)
        stage.add(
            Panel(
                base.at((-wide / 2, -0.001, side * deep / 2 - 0.03)),
                base.turn((wide, 0, 0)),
                base.turn((0, 0, 0.06)),
                fringe,
            )
        )
