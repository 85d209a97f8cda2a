"""Light in a room: daylight through windows, sun, lamps, and what the walls give back. Baked once a room."""

from dataclasses import dataclass

import cv2
import numpy as np

from fanal.doors.demo.camera import Floats, unit
from fanal.doors.demo.surfaces import Block, Opening, Panel, Pixels, Scene, Surface, Turned

Single = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SKY_POINTS = 6
LAMP_POINTS = 4
BOUNCES = 14


@dataclass(frozen=True)
class Mood:
    """A time of day. Colours are linear RGB; `sun` is the angle beside the window and the height, in degrees."""

    name: str
    sky: tuple[float, float, float]
    sun_colour: tuple[float, float, float]
    sun: tuple[float, float]
    lamp: tuple[float, float, float]
    view: tuple[float, float, float]
    exposure: float = 1.0


MOODS = {
    m.name: m
    for m in (
        Mood("morning", (1.0, 1.05, 1.15), (5.2, 4.3, 3.0), (-20, 33), (0, 0, 0), (1.05, 1.03, 1.0), 0.97),
        Mood("overcast", (1.25, 1.3, 1.38), (0, 0, 0), (0, 40), (0.0, 0.0, 0.0), (0.86, 0.9, 0.95), 0.92),
        Mood("afternoon", (0.95, 0.98, 1.05), (5.6, 4.0, 2.2), (24, 25), (0, 0, 0), (1.06, 1.0, 0.9), 0.93),
        Mood("evening", (0.2, 0.24, 0.42), (0, 0, 0), (0, 20), (1.0, 0.74, 0.44), (0.34, 0.38, 0.6), 0.85),
        Mood("night", (0.02, 0.025, 0.05), (0, 0, 0), (0, 20), (1.05, 0.8, 0.5), (0.07, 0.08, 0.16), 0.72),
    )
}


@dataclass
class Gathered:
    """What reaches one surface, as maps over it: from the sky, from lamps, and the colour of what it faces."""

    sky: Single
    lamp: Single
    faced: Single


def blocked(blocks: list[Block], origin: Single, ray: Single, reach: Single | float) -> np.ndarray:
    """Whether each ray (n, 3) meets a block before `reach` times its length."""
    dark = np.zeros(len(origin), bool)
    for block in blocks:
        enter, leave = _span(block, origin, ray)
        dark |= (enter < leave) & (leave > 1e-4) & (enter < reach)
    return dark


def _span(block: Block, origin: Single, ray: Single) -> tuple[Single, Single]:
    o, d = origin - np.asarray(block.centre, np.float32), ray
    if block.yaw:
        c, s = np.float32(np.cos(block.yaw)), np.float32(np.sin(block.yaw))
        turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)
        o, d = o @ turn, d @ turn
    enter = np.full(len(o), -np.inf, np.float32)
    leave = np.full(len(o), np.inf, np.float32)
    for axis in range(3):
        inverse = 1 / np.where(np.abs(d[:, axis]) < 1e-7, np.float32(1e-7), d[:, axis])
        middle, spread = -o[:, axis] * inverse, np.abs(np.float32(block.half[axis]) * inverse)
        np.maximum(enter, middle - spread, out=enter)
        np.minimum(leave, middle + spread, out=leave)
    return enter, leave


class Bake:
    """The light of one room. `lit` gives any of its surfaces' textures under a mood."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self._scene = scene
        self._rng = rng
        self._bright = [s for s in scene.surfaces if not s.glow]
        self._maps = self._gather()
        self._suns: dict[str, dict[int, Single]] = {}
        self._done: dict[tuple[str, int], Pixels] = {}
        self._mean = self._average()

    def _gather(self) -> dict[int, Gathered]:
        samples = [s.samples() for s in self._bright]
        points = np.concatenate([p.reshape(-1, 3) for p, _ in samples]).astype(np.float32)
        normals = np.concatenate([n.reshape(-1, 3) for _, n in samples]).astype(np.float32)
        sky = self._from_openings(points, normals)
        lamp = self._from_bulbs(points, normals)
        faced = self._faced(points, normals)
        maps, start = {}, 0
        for surface, (grid, _) in zip(self._bright, samples, strict=True):
            shape = grid.shape[:2]
            end = start + shape[0] * shape[1]
            around = isinstance(surface, Turned)
            soft = [_soften(a[start:end].reshape(*shape, -1), around=around) for a in (sky, lamp, faced)]
            maps[id(surface)] = Gathered(*soft)
            start = end
        return maps

    def _from_openings(self, points: Single, normals: Single) -> Single:
        total = np.zeros(len(points), np.float32)
        for opening in self._scene.openings:
            area = float(np.linalg.norm(np.cross(opening.across, opening.down)))
            for index in range(SKY_POINTS):
                u = (index % 2 + self._rng.random(len(points))) / 2
                v = (index // 2 + self._rng.random(len(points))) / (SKY_POINTS // 2)
                aim = opening.corner + u[:, None] * opening.across + v[:, None] * opening.down
                ray = (aim - points).astype(np.float32)
                total += self._received(points, normals, ray, opening.inward) * np.float32(area / SKY_POINTS)
        return total

    def _received(self, points: Single, normals: Single, ray: Single, inward: Floats) -> Single:
        square = np.maximum((ray * ray).sum(axis=1), 0.04)
        facing = np.maximum((normals * ray).sum(axis=1), 0) * np.maximum(-(ray @ inward.astype(np.float32)), 0)
        share = np.asarray(facing / (square * square), np.float32)
        able = share > 1e-5
        share[able] *= ~blocked(self._scene.blocks, points[able], ray[able], 0.97)
        return share

    def _from_bulbs(self, points: Single, normals: Single) -> Single:
        total = np.zeros(len(points), np.float32)
        for bulb in self._scene.bulbs:
            for _ in range(LAMP_POINTS):
                shift = unit(self._rng.normal(size=(len(points), 3))) * 0.07
                ray = (np.asarray(bulb.place) + shift - points).astype(np.float32)
                square = np.maximum((ray * ray).sum(axis=1), 0.03)
                length = np.sqrt(square)
                share = np.maximum((normals * ray).sum(axis=1), 0) / (square * length)
                if bulb.shaded:
                    share *= 0.22 + 0.78 * np.clip(np.abs(ray[:, 1]) / length * 1.3 - 0.25, 0, 1)
                able = share > 1e-4
                share[able] *= ~blocked(self._scene.blocks, points[able], ray[able], 0.95)
                total += (share * bulb.power / LAMP_POINTS).astype(np.float32)
        return total

    def _faced(self, points: Single, normals: Single) -> Single:
        """The mean colour each point sees over its hemisphere; what is near is darker, as corners are."""
        total = np.zeros((len(points), 3), np.float32)
        for index in range(BOUNCES):
            height = np.sqrt((index + self._rng.random(len(points))) / BOUNCES)
            angle = self._rng.random(len(points)) * 2 * np.pi
            flat = np.sqrt(1 - height * height)
            side = unit(np.cross(normals, np.where(np.abs(normals[:, 1:2]) > 0.9, [1.0, 0, 0], [0, 1.0, 0])))
            ahead = np.cross(normals, side)
            ray = normals * height[:, None] + side * (flat * np.cos(angle))[:, None]
            ray = (ray + ahead * (flat * np.sin(angle))[:, None]).astype(np.float32)
            total += self._colour_met(points, ray)
        return np.asarray(total / BOUNCES, np.float32)

    def _colour_met(self, points: Single, ray: Single) -> Single:
        size = np.asarray(self._scene.size, np.float32)
        safe = np.where(np.abs(ray) < 1e-6, np.float32(1e-6), ray)
        nearest = np.where(safe > 0, (size - points) / safe, -points / safe).min(axis=1)
        colour = np.full((len(points), 3), 0.62, np.float32)
        for block in self._scene.blocks:
            enter, leave = _span(block, points, ray)
            hit = (enter < leave) & (leave > 1e-4) & (enter < nearest)
            nearest = np.where(hit, np.maximum(enter, 0), nearest)
            colour[hit] = block.colour
        return np.asarray(colour * (nearest / (nearest + 0.16))[:, None], np.float32)

    def _average(self) -> tuple[float, float]:
        sky = np.concatenate([m.sky.ravel() for m in self._maps.values()])
        lamp = np.concatenate([m.lamp.ravel() for m in self._maps.values()])
        return float(sky.mean()), float(lamp.mean())

    def lit(self, surface: Surface, mood: Mood) -> Pixels:
        """The texture of `surface` with the light of `mood` on it, ready to be drawn."""
        key = (mood.name, id(surface))
        if key not in self._done:
            self._done[key] = self._light(surface, mood)
        return self._done[key]

    def forget(self, mood: Mood) -> None:
        """Drop the lit textures of `mood` when its pictures are made."""
        for key in [k for k in self._done if k[0] == mood.name]:
            del self._done[key]

    def _light(self, surface: Surface, mood: Mood) -> Pixels:
        texture = surface.texture
        if surface.glow:
            colour = _glow(surface.glow, mood)
            shone = texture[..., :3].astype(np.float32) * np.asarray(colour, np.float32)
            return _with_alpha(np.clip(shone, 0, 255).astype(np.uint8), texture)
        maps = self._maps[id(surface)]
        sky, sun, lamp = (np.asarray(c, np.float32) for c in (mood.sky, mood.sun_colour, mood.lamp))
        sunny = 0.25 if sun.any() else 0.0
        ambient = sky * (self._mean[0] * 3.4 + 0.02) + lamp * (self._mean[1] * 2.6) + sun * sunny * self._mean[0]
        light = maps.sky * sky * 1.1 + maps.lamp * lamp + maps.faced * ambient
        exposure = mood.exposure / self._brightness(sky, lamp, ambient)
        size = (texture.shape[1], texture.shape[0])
        light = _spread(light * exposure, size, around=isinstance(surface, Turned))
        if sun.any():
            shine = self._sun(surface, mood)
            if shine is not None:
                light += cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR)[..., None] * sun * 0.85
        albedo = _LINEAR[texture[..., :3]]
        return _with_alpha(_tone(albedo * light), texture)

    def _brightness(self, sky: Single, lamp: Single, ambient: Single) -> float:
        """The mean light in the room, by which a camera sets its exposure."""
        return float(((sky * 1.1 * self._mean[0] + lamp * self._mean[1] + 0.45 * ambient) * (0.3, 0.59, 0.11)).sum())

    def _sun(self, surface: Surface, mood: Mood) -> Single | None:
        if mood.name not in self._suns:
            self._suns[mood.name] = self._sunlight(mood)
        return self._suns[mood.name].get(id(surface))

    def _sunlight(self, mood: Mood) -> dict[int, Single]:
        """Sun on every surface that has any, finer than the other light so that window bars cast their shadow."""
        grids = [_fine_samples(surface) for surface in self._bright]
        points = np.concatenate([p.reshape(-1, 3) for p, _ in grids]).astype(np.float32)
        normals = np.concatenate([n.reshape(-1, 3) for _, n in grids]).astype(np.float32)
        total = np.zeros(len(points), np.float32)
        for opening in self._scene.openings:
            middle = sun_direction(opening, mood.sun)
            likely = _through(opening, points, np.broadcast_to(middle, points.shape), 0.15) & (normals @ middle > 0)
            able = np.flatnonzero(likely)
            for _ in range(5):
                aim = unit(middle + self._rng.normal(size=(len(able), 3)) * 0.012).astype(np.float32)
                seen = _through(opening, points[able], aim, 0.0)
                seen[seen] = ~blocked(self._scene.blocks, points[able][seen], aim[seen], 30.0)
                total[able] += np.where(seen, normals[able] @ middle, 0).astype(np.float32) / 5
        found: dict[int, Single] = {}
        start = 0
        for surface, (grid, _) in zip(self._bright, grids, strict=True):
            end = start + grid.shape[0] * grid.shape[1]
            if total[start:end].any():
                soft = cv2.GaussianBlur(total[start:end].reshape(grid.shape[:2]), (0, 0), 0.8)
                found[id(surface)] = np.asarray(soft, np.float32)
            start = end
        return found


def sun_direction(opening: Opening, sun: tuple[float, float]) -> Single:
    """The unit vector from the room towards the sun that shines through `opening`."""
    beside, height = np.radians(sun)
    sideways = unit(opening.across)
    level = -opening.inward * np.cos(beside) + sideways * np.sin(beside)
    return np.asarray(level * np.cos(height) + np.array([0, np.sin(height), 0]), np.float32)


def _through(opening: Opening, points: Single, ray: Single, margin: float) -> np.ndarray:
    """Whether each ray leaves by the opening."""
    inward = opening.inward.astype(np.float32)
    slant = ray @ inward
    away = ((opening.corner - points) @ inward) / np.where(np.abs(slant) < 1e-6, -1e-6, slant)
    place = points + ray * away[:, None] - opening.corner
    u = place @ (opening.across / float(opening.across @ opening.across))
    v = place @ (opening.down / float(opening.down @ opening.down))
    return np.asarray((away > 0) & (np.abs(u - 0.5) < 0.5 + margin) & (np.abs(v - 0.5) < 0.5 + margin))


def _fine_samples(surface: Surface) -> tuple[Floats, Floats]:
    points, normals = surface.samples()
    if not isinstance(surface, Panel) or max(points.shape[:2]) < 6:
        return points, normals
    rows, columns = min(points.shape[0] * 3, 150), min(points.shape[1] * 3, 150)
    grown = [cv2.resize(points[..., i], (columns, rows), interpolation=cv2.INTER_LINEAR) for i in range(3)]
    finer = np.stack(grown, axis=-1).astype(np.float64)
    return finer, np.broadcast_to(surface.normal, finer.shape)


def _spread(light: Single, size: tuple[int, int], *, around: bool) -> Single:
    """Stretch a light map over a texture; `around` when its left and right edges meet."""
    if not around:
        return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_LINEAR), np.float32)
    columns = light.shape[1]
    wrapped = np.hstack([light[:, -2:], light, light[:, :2]])
    margin = -(-size[0] * 2 // columns)
    grown = cv2.resize(wrapped, (size[0] + 2 * margin, size[1]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown[:, margin:-margin], np.float32)


def _soften(grid: np.ndarray, *, around: bool) -> Single:
    """Blur away the grain of random rays; small maps keep their average only as far as they are wide."""
    spread = 1.1 if min(grid.shape[:2]) > 3 else 0.6
    wrapped = np.hstack([grid, grid, grid]) if around else grid
    soft = cv2.GaussianBlur(np.ascontiguousarray(wrapped), (0, 0), spread, borderType=cv2.BORDER_REPLICATE)
    soft = soft.reshape(*wrapped.shape[:2], -1)
    return np.asarray(soft[:, grid.shape[1] : 2 * grid.shape[1]] if around else soft, np.float32)


def _glow(kind: str, mood: Mood) -> tuple[float, float, float]:
    if kind == "view":
        return mood.view
    if kind == "sky":
        return (mood.view[0] * 0.92, mood.view[1] * 0.93, mood.view[2] * 0.95)
    on = float(np.clip(mood.lamp[0], 0, 1))
    return (0.78 + 0.32 * on, 0.78 + 0.2 * on, 0.78 - 0.02 * on)


_LINEAR = np.linspace(0, 1, 256, dtype=np.float32) ** np.float32(2.1)


def _tone(light: Single) -> Pixels:
    """From linear light to picture values: bright parts roll off gently, as film does."""
    rolled = light * (1 + light / 6.0) / (1 + light * 0.72)
    shade = np.sqrt(np.clip(rolled, 0, 1))
    return np.asarray(shade * 255 + 0.5, np.uint8)


def _with_alpha(colour: Pixels, texture: Pixels) -> Pixels:
    return colour if texture.shape[2] == 3 else np.dstack([colour, texture[..., 3]])
