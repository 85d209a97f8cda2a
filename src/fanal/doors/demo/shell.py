"""The room itself: floor, walls, ceiling, skirting, windows with a view, doors."""

from dataclasses import dataclass

import numpy as np

from fanal.doors.demo.camera import Floats
from fanal.doors.demo.scenery import landscape
from fanal.doors.demo.shapes import Spot, Stage, Wall
from fanal.doors.demo.surfaces import Panel, Pixels, Scene
from fanal.doors.demo.textures import Colour, Texture, cloth, plain, plaster, wood


@dataclass(frozen=True)
class View:
    """Where a photographer of this room stands and looks; `view` is the angle in degrees."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    view: float = 68.0


@dataclass
class Room:
    """A room ready to be photographed, and the places to do it from."""

    name: str
    scene: Scene
    views: tuple[View, ...]


class Shell:
    """Builds the six sides, then openings in them."""

    def __init__(self, size: tuple[float, float, float], rng: np.random.Generator) -> None:
        self.scene = Scene(size)
        self.stage = Stage(self.scene, rng)
        self._walls: dict[Wall, Panel] = {}

    def sides(
        self,
        wall: Texture,
        floor: Texture,
        ceiling: Colour = (238, 235, 226),
        *,
        accent: Texture | None = None,
        skirting: Colour = (232, 228, 218),
    ) -> None:
        """Floor, ceiling and walls; `accent` papers the back wall differently."""
        wide, high, deep = self.scene.size
        stage = self.stage
        stage.add(Panel(np.zeros(3), np.array([wide, 0, 0]), np.array([0, 0, deep]), floor(wide, deep)))
        lid = plaster(stage.rng, wide / 3, deep / 3, ceiling)
        stage.add(Panel(np.array([0, high, deep]), np.array([wide, 0, 0]), np.array([0, 0, -deep]), lid))
        for name in ("back", "right", "front", "left"):
            length = wide if name in ("back", "front") else deep
            spot = stage.wall(name, length / 2)
            skin = accent if accent is not None and name == "back" else wall
            panel = Panel(
                spot.at((-length / 2, high, 0)), spot.turn((length, 0, 0)), spot.turn((0, -high, 0)), skin(length, high)
            )
            self._walls[name] = panel
            stage.add(panel)
            stage.box(spot.moved(z=0.008), (length, 0.09, 0.016), skirting, omit="bottom back left right", casts=False)
            stage.box(
                spot.moved(y=high - 0.05, z=0.012),
                (length, 0.05, 0.024),
                skirting,
                omit="top back left right",
                casts=False,
            )

    def window(
        self,
        wall: Wall,
        along: float,
        sill: float,
        size: tuple[float, float],
        kind: str,
        *,
        bars: tuple[int, int] = (2, 2),
        curtain: Pixels | None = None,
        frame: Colour = (236, 233, 224),
    ) -> None:
        """A window with its frame, reveal, sill and what is seen outside; `curtain` hangs at both sides."""
        stage, panel = self.stage, self._walls[wall]
        wide, high = size
        middle = stage.wall(wall, along, sill + high / 2)
        length, rise = float(np.linalg.norm(panel.across)), float(np.linalg.norm(panel.down))
        left, top = (along - wide / 2) / length, 1 - (sill + high) / rise
        panel.hole = (left, top, left + wide / length, top + high / rise)
        outside = landscape(stage.rng, kind, 960, 720)
        stage.board(middle.moved(z=-1.5, y=0.1), (wide + 4.4, (wide + 4.4) * 0.75), outside, glow="view")
        self._reveal(middle, size)
        self._bars(middle, size, bars, frame)
        stage.box(stage.wall(wall, along, sill - 0.03, 0.07), (wide + 0.16, 0.03, 0.16), frame, omit="back", casts=True)
        stage.opening(middle, (wide - 0.06, high - 0.06))
        if curtain is not None:
            self._curtains(stage.wall(wall, along, sill + high + 0.12, 0.05), wide, high + sill - 0.06, curtain)

    def _reveal(self, middle: Spot, size: tuple[float, float]) -> None:
        wide, high = size[0] / 2, size[1] / 2
        white = plain((226, 224, 216))
        back = middle.turn((0, 0, -0.2))
        for corner, across in (
            ((-wide, -high), (2 * wide, 0)),
            ((wide, -high), (0, 2 * high)),
            ((wide, high), (-2 * wide, 0)),
            ((-wide, high), (0, -2 * high)),
        ):
            start = middle.at((corner[0], corner[1], 0))
            self.stage.add(Panel(start + back, middle.turn((*across, 0)), -back, white, "sky"))

    def _bars(self, middle: Spot, size: tuple[float, float], bars: tuple[int, int], frame: Colour) -> None:
        wide, high = size
        for index in range(bars[0] + 1):
            x = (index / bars[0] - 0.5) * (wide - 0.05)
            thick = 0.06 if index in (0, bars[0]) else 0.045
            self.stage.box(
                middle.moved(x=x, y=-high / 2, z=-0.03), (thick, high, 0.05), frame, omit="back bottom top left right"
            )
        for index in range(bars[1] + 1):
            y = (index / bars[1] - 0.5) * (high - 0.05) - 0.025
            self.stage.box(middle.moved(y=y, z=-0.03), (wide, 0.045, 0.044), frame, omit="back left right top bottom")

    def _curtains(self, top: Spot, wide: float, long: float, fabric: Pixels) -> None:
        stage = self.stage
        stage.box(top.moved(y=0.02, z=0.05), (wide + 0.8, 0.03, 0.03), (112, 84, 60), omit="")
        for side in (-1, 1):
            panel = top.moved(x=side * (wide / 2 + 0.13), z=0.02)
            stage.drape(panel, (0.42, long), fabric, waves=5, depth=0.045)
            stage.block(panel.moved(y=-long, z=-0.01), (0.38, long, 0.02), (180, 160, 140))

    def door(self, wall: Wall, along: float, colour: Colour) -> None:
        """A closed door with panels and a handle."""
        stage = self.stage
        spot = stage.wall(wall, along)
        for x in (-0.46, 0.46):
            stage.box(spot.moved(x=x, z=0.02), (0.07, 2.06, 0.04), (232, 228, 218), omit="back", casts=False)
        stage.box(spot.moved(y=2.06, z=0.02), (0.99, 0.07, 0.04), (232, 228, 218), omit="back", casts=False)

        def timber(width: float, height: float) -> Pixels:
            return wood(stage.rng, width, height, colour, "y")

        stage.box(spot.moved(z=0.01), (0.85, 2.06, 0.02), timber, omit="back bottom", casts=False)
        for x in (-0.2, 0.2):
            for y, tall in ((0.15, 0.7), (1.0, 0.9)):
                stage.box(spot.moved(x=x, y=y, z=0.025), (0.29, tall, 0.012), timber, omit="back", casts=False)
        stage.box(spot.moved(x=0.36, y=0.98, z=0.05), (0.13, 0.022, 0.022), (186, 176, 150), omit="", casts=False)

    def curtain_cloth(self, colour: Colour) -> Pixels:
        """Plain cloth for curtains."""
        return cloth(self.stage.rng, 0.5, 1.6, colour)

    def done(self, name: str, *views: View) -> Room:
        """The finished room."""
        return Room(name, self.scene, views)


def middle_of(mark: Floats) -> Floats:
    """The centre of a remembered mark."""
    return np.asarray(mark.mean(axis=0))
