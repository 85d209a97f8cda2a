"""What a scene is made of: flat panels, bent sheets, turned shapes, and the blocks that cast their shadows."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fanal.doors.demo.camera import Floats, unit

Pixels = NDArray[np.uint8]
Glow = Literal["", "view", "sky", "lamp"]


@dataclass(eq=False)
class Panel:
    """A textured parallelogram. `across` runs along the texture's rows, `down` along its columns.

    `hole` is (left, top, right, bottom) as fractions of the panel: a window opening.
    A texture with four channels is blended by its alpha.
    """

    corner: Floats
    across: Floats
    down: Floats
    texture: Pixels
    glow: Glow = ""
    hole: tuple[float, float, float, float] | None = None
    spacing: float = 0.09
    casts: bool = False

    @property
    def normal(self) -> Floats:
        """The side from which the texture reads the right way round."""
        return unit(np.cross(self.down, self.across))

    def samples(self) -> tuple[Floats, Floats]:
        """Points (rows, columns, 3) at which light is gathered, and their normals."""
        rows, columns = (int(np.clip(np.linalg.norm(e) / self.spacing, 2, 64)) for e in (self.down, self.across))
        u = ((np.arange(columns) + 0.5) / columns)[None, :, None]
        v = ((np.arange(rows) + 0.5) / rows)[:, None, None]
        points = self.corner + u * self.across + v * self.down + 0.004 * self.normal
        return points, np.broadcast_to(self.normal, points.shape)


@dataclass(eq=False)
class Sheet:
    """A bent surface: a grid of points (rows + 1, columns + 1, 3) over which the texture is stretched."""

    grid: Floats
    texture: Pixels
    glow: Glow = ""

    def samples(self) -> tuple[Floats, Floats]:
        """The grid's own points with their smooth normals."""
        along = np.gradient(self.grid, axis=1)
        down = np.gradient(self.grid, axis=0)
        normals = unit(np.cross(down, along))
        return self.grid + 0.004 * normals, normals


@dataclass(eq=False)
class Turned:
    """A cone frustum about an upright axis: cylinders, bottles, lamp shades. The texture runs once around."""

    axis: tuple[float, float]
    bottom: float
    top: float
    bottom_radius: float
    top_radius: float
    texture: Pixels
    glow: Glow = ""
    turn: float = 0.0

    def samples(self) -> tuple[Floats, Floats]:
        """Points around the shape, top row first."""
        columns, rows = 20, 3
        angle = ((np.arange(columns) + 0.5) / columns + self.turn)[None, :] * 2 * np.pi
        v = ((np.arange(rows) + 0.5) / rows)[:, None]
        radius = self.top_radius + (self.bottom_radius - self.top_radius) * v
        height = self.top + (self.bottom - self.top) * v
        slope = (self.bottom_radius - self.top_radius) / max(self.top - self.bottom, 1e-6)
        normals = unit(np.stack(np.broadcast_arrays(np.sin(angle), slope + 0 * v, np.cos(angle)), axis=-1))
        points = np.stack(
            np.broadcast_arrays(
                self.axis[0] + radius * np.sin(angle), height + 0 * angle, self.axis[1] + radius * np.cos(angle)
            ),
            axis=-1,
        )
        return points + 0.004 * normals, normals


Surface = Panel | Sheet | Turned


@dataclass(frozen=True)
class Block:
    """A box that stops light: centre, half sizes, and its turn about the upright axis in radians."""

    centre: tuple[float, float, float]
    half: tuple[float, float, float]
    yaw: float
    colour: tuple[float, float, float]


@dataclass(frozen=True)
class Opening:
    """A window: the rectangle through which daylight comes. `inward` points into the room."""

    corner: Floats
    across: Floats
    down: Floats
    inward: Floats


@dataclass(frozen=True)
class Bulb:
    """A lamp's light: a small ball. A shaded bulb shines up and down rather than sideways."""

    place: tuple[float, float, float]
    power: float
    shaded: bool = True


@dataclass
class Scene:
    """A room of `size` (x, y, z) with all that stands in it; `marks` are boxes of points worth remembering."""

    size: tuple[float, float, float]
    surfaces: list[Surface] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    bulbs: list[Bulb] = field(default_factory=list)
    marks: dict[str, Floats] = field(default_factory=dict)
