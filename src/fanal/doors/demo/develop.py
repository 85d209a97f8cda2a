"""From a drawn scene to a photograph: lens, film and file, as an invented camera makes them."""

from dataclasses import dataclass

import cv2
import numpy as np

from fanal.doors.demo.camera import Camera
from fanal.doors.demo.light import Bake, Mood
from fanal.doors.demo.raster import draw
from fanal.doors.demo.surfaces import Pixels, Scene

OVERSAMPLE = 1.75


@dataclass(frozen=True)
class Film:
    """How a camera renders: the width of its grain, the darkness of its corners, its cast of colour."""

    grain: float = 1.5
    vignette: float = 0.22
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    contrast: float = 1.06


def photograph(scene: Scene, bake: Bake, camera: Camera, mood: Mood, film: Film, rng: np.random.Generator) -> Pixels:
    """Return the finished picture, (height, width, 3) RGB."""
    sharp = draw(scene.surfaces, camera.enlarged(OVERSAMPLE), lambda surface: bake.lit(surface, mood))
    picture = cv2.resize(sharp, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return expose(np.asarray(picture, np.uint8), film, rng)


def expose(picture: Pixels, film: Film, rng: np.random.Generator) -> Pixels:
    """Bloom around bright parts, dark corners, colour cast, contrast and grain."""
    rows, columns = picture.shape[:2]
    light = picture.astype(np.float32)
    small = cv2.resize(np.maximum(light - 205, 0), (columns // 8, rows // 8), interpolation=cv2.INTER_AREA)
    bloom = cv2.GaussianBlur(small, (0, 0), columns / 8 * 0.02)
    light += cv2.resize(bloom, (columns, rows), interpolation=cv2.INTER_LINEAR) * 0.7
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    light *= (1 - film.vignette * ((x * x + y * y) / 2) ** 1.4)[..., None]
    light = (light * np.asarray(film.cast, np.float32) - 118) * film.contrast + 118
    grain = rng.standard_normal((rows, columns), dtype=np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * (film.grain * 1.8)
    light += grain[..., None] * (1.15 - np.clip(light, 0, 255) / 420)
    return np.asarray(np.clip(light + 0.5, 0, 255), np.uint8)
