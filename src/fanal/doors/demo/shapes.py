"""The carpenter: puts boxes, boards, cushions and turned shapes at a spot of the room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from fanal.doors.demo.camera import Floats
from fanal.doors.demo.surfaces import Block, Glow, Opening, Panel, Pixels, Scene, Sheet, Surface, Turned
from fanal.doors.demo.textures import Colour, Texture, plain

Wall = Literal["back", "right", "front", "left"]

_FACES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]] = {
    "front": ((-0.5, 1, 0.5), (1, 0, 0), (0, -1, 0)),
    "back": ((0.5, 1, -0.5), (-1, 0, 0), (0, -1, 0)),
    "left": ((-0.5, 1, -0.5), (0, 0, 1), (0, -1, 0)),
    "right": ((0.5, 1, 0.5), (0, 0, -1), (0, -1, 0)),
    "top": ((-0.5, 1, -0.5), (1, 0, 0), (0, 0, 1)),
    "bottom": ((-0.5, 0, 0.5), (1, 0, 0), (0, 0, -1)),
}
_SIZES = {"front": (0, 1), "back": (0, 1), "left": (2, 1), "right": (2, 1), "top": (0, 2), "bottom": (0, 2)}


@dataclass(frozen=True)
class Spot:
    """A place and direction: x to its right, y up, z ahead of it, towards who looks at it."""

    x: float
    y: float
    z: float
    yaw: float = 0.0

    def turn(self, vector: Sequence[float] | Floats) -> Floats:
        """A direction of the spot in room axes; works on (..., 3)."""
        v = np.asarray(vector, dtype=np.float64)
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        return np.stack([v[..., 0] * c + v[..., 2] * s, v[..., 1], -v[..., 0] * s + v[..., 2] * c], axis=-1)

    def at(self, point: Sequence[float] | Floats) -> Floats:
        """A point of the spot in room coordinates; works on (..., 3)."""
        return np.asarray(self.turn(point) + np.array([self.x, self.y, self.z]))

    def moved(self, x: float = 0, y: float = 0, z: float = 0, turn: float = 0) -> "Spot":
        """Another spot, `x, y, z` away along this one's axes."""
        place = self.at((x, y, z))
        return Spot(float(place[0]), float(place[1]), float(place[2]), self.yaw + turn)


class Stage:
    """A scene under construction. Colours or textures may be given wherever a surface needs one."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.scene = scene
        self.rng = rng

    def wall(self, wall: Wall, along: float, up: float = 0, out: float = 0) -> Spot:
        """A spot on a wall: metres from its left end as seen from inside, above the floor, and out from it."""
        x, _, z = self.scene.size
        spots = {
            "back": Spot(along, up, 0, 0),
            "right": Spot(x, up, along, -np.pi / 2),
            "front": Spot(x - along, up, z, np.pi),
            "left": Spot(0, up, z - along, np.pi / 2),
        }
        return spots[wall].moved(z=out)

    def add(self, surface: Surface) -> None:
        """Put a finished surface into the scene."""
        self.scene.surfaces.append(surface)

    def box(
        self,
        spot: Spot,
        size: tuple[float, float, float],
        skin: Colour | Texture,
        *,
        faces: dict[str, Pixels] | None = None,
        omit: str = "bottom",
        casts: bool = True,
    ) -> None:
        """A box standing with the middle of its underside on `spot`; `faces` override the skin of single sides."""
        for name, (corner, across, down) in _FACES.items():
            if name in omit.split():
                continue
            wide, high = size[_SIZES[name][0]], size[_SIZES[name][1]]
            texture = (faces or {}).get(name)
            if texture is None:
                texture = skin(wide, high) if callable(skin) else plain(skin, wide, high)
            whole = np.asarray(size)
            self.add(
                Panel(
                    spot.at(np.asarray(corner) * whole),
                    spot.turn(np.asarray(across) * whole),
                    spot.turn(np.asarray(down) * whole),
                    texture,
                )
            )
        if casts:
            self.block(spot, size, _mean(skin))

    def block(self, spot: Spot, size: tuple[float, float, float], colour: Colour = (150, 140, 130)) -> None:
        """Something that stops light, drawn or not."""
        middle = spot.at((0, size[1] / 2, 0))
        half = (size[0] / 2, size[1] / 2, size[2] / 2)
        linear = (np.asarray(colour) / 255.0) ** 2.1
        place = (float(middle[0]), float(middle[1]), float(middle[2]))
        self.scene.blocks.append(Block(place, half, spot.yaw, (float(linear[0]), float(linear[1]), float(linear[2]))))

    def board(self, spot: Spot, size: tuple[float, float], texture: Pixels, *, glow: Glow = "", mark: str = "") -> None:
        """A flat upright picture facing the spot's z, its middle on the spot."""
        wide, high = size
        panel = Panel(
            spot.at((-wide / 2, high / 2, 0)), spot.turn((wide, 0, 0)), spot.turn((0, -high, 0)), texture, glow
        )
        self.add(panel)
        if mark:
            self.scene.marks[mark] = np.stack(
                [spot.at((i * wide / 2, k * high / 2, 0)) for i in (-1, 1) for k in (-1, 1)]
            )

    def mat(self, spot: Spot, size: tuple[float, float], texture: Pixels) -> None:
        """A flat thing lying on the spot, read from its front side."""
        wide, deep = size
        self.add(Panel(spot.at((-wide / 2, 0, -deep / 2)), spot.turn((wide, 0, 0)), spot.turn((0, 0, deep)), texture))

    def turned(
        self,
        spot: Spot,
        profile: Sequence[tuple[float, float]],
        skin: Pixels | Colour,
        *,
        glow: Glow = "",
        cap: Colour | None = None,
    ) -> None:
        """A turned shape from (radius, height) pairs upwards; `cap` closes it with a flat top."""
        texture = skin if isinstance(skin, np.ndarray) else plain(skin, 0.05, 0.05)
        for (r0, y0), (r1, y1) in pairwise(profile):
            if y1 > y0:
                self.add(
                    Turned((spot.x, spot.z), spot.y + y0, spot.y + y1, r0, r1, texture, glow, spot.yaw / (2 * np.pi))
                )
        radius, height = profile[-1]
        if cap is not None:
            self.add(_disc(spot.moved(y=height), radius, cap))
        widest = max(r for r, _ in profile)
        if not glow:
            self.block(replace(spot, yaw=0.0), (widest * 1.35, height, widest * 1.35), (150, 140, 130))

    def cushion(
        self,
        spot: Spot,
        size: tuple[float, float],
        thick: float,
        texture: Pixels,
        *,
        upright: bool = False,
        boxy: float = 4.0,
        cells: int = 10,
        back: bool = False,
    ) -> None:
        """A swelling sheet: flat at its rim, `thick` in the middle. Lies on the spot, or stands facing z."""
        step = np.sin(np.linspace(-np.pi / 2, np.pi / 2, cells + 1))
        s, t = np.meshgrid(step, step)
        swell = ((1 - np.abs(s) ** boxy) * (1 - np.abs(t) ** boxy)) ** 0.5 * thick
        wide, high = size
        for side in (1, -1) if back else (1,):
            if upright:
                local = np.stack([s * wide / 2 * side, -t * high / 2, swell * side], axis=-1)
            else:
                local = np.stack([s * wide / 2 * side, swell * side, t * high / 2], axis=-1)
            self.add(Sheet(spot.at(local), texture))

    def drape(
        self,
        spot: Spot,
        size: tuple[float, float],
        texture: Pixels,
        *,
        waves: int = 6,
        depth: float = 0.04,
        gather: float = 0.0,
    ) -> None:
        """Cloth hanging from the spot's height: folds of `depth`, drawn in by `gather` at the bottom."""
        columns, rows = waves * 5, 4
        u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
        phase = self.rng.uniform(0, 6)
        fold = np.sin(u * waves * 2 * np.pi + phase + np.sin(v * 2 + phase) * 0.4) * depth * (0.6 + 0.4 * v)
        x = (u - 0.5) * size[0] * (1 - gather * v)
        self.add(Sheet(spot.at(np.stack([x, -v * size[1], fold + depth], axis=-1)), texture))

    def opening(self, spot: Spot, size: tuple[float, float]) -> None:
        """A window through which daylight comes, its middle on the spot."""
        wide, high = size
        corner = spot.at((-wide / 2, high / 2, 0.02))
        self.scene.openings.append(
            Opening(corner, spot.turn((wide, 0, 0)), spot.turn((0, -high, 0)), spot.turn((0, 0, 1)))
        )


def _mean(skin: Colour | Texture) -> Colour:
    if not callable(skin):
        return skin
    red, green, blue = skin(0.2, 0.2).reshape(-1, 3).mean(axis=0)
    return int(red), int(green), int(blue)


def _disc(spot: Spot, radius: float, colour: Colour) -> Panel:
    y, x = np.mgrid[-31.5:32, -31.5:32]
    alpha = (np.clip(32 - np.hypot(x, y), 0, 1) * 255).astype(np.uint8)
    texture = np.dstack([np.full((64, 64, 3), colour, np.uint8), alpha])
    return Panel(spot.at((-radius, 0, -radius)), spot.turn((2 * radius, 0, 0)), spot.turn((0, 0, 2 * radius)), texture)
