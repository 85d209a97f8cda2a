"""A pinhole camera: where it stands, where it looks, and how points of the room fall on its picture."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEAR = 0.06


def unit(vector: Floats) -> Floats:
    """Return `vector` (last axis) scaled to length one."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-12))


@dataclass(frozen=True)
class Camera:
    """Metres, y upwards. `view` is the horizontal angle of view in degrees, `roll` a small tilt of the hand."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    view: float
    width: int
    height: int
    roll: float = 0.0

    @cached_property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / 2 / float(np.tan(np.radians(self.view) / 2))

    @cached_property
    def axes(self) -> Floats:
        """Rows: right, down and forward of the picture in room coordinates."""
        forward = unit(np.subtract(self.target, self.eye))
        right = unit(np.cross(forward, (0.0, 1.0, 0.0)))
        down = np.cross(forward, right)
        turn = np.radians(self.roll)
        tilted = right * np.cos(turn) + down * np.sin(turn)
        return np.stack([tilted, np.cross(forward, tilted), forward])

    @cached_property
    def matrix(self) -> Floats:
        """The 3x3 matrix from camera axes to homogeneous pixels (pixel centres at whole numbers)."""
        return np.array(
            [[self.focal, 0, self.width / 2 - 0.5], [0, self.focal, self.height / 2 - 0.5], [0, 0, 1]], dtype=np.float64
        )

    def to_axes(self, points: Floats) -> Floats:
        """Return room points (..., 3) in camera axes; the third number is the depth."""
        return np.asarray((points - np.asarray(self.eye)) @ self.axes.T)

    def project(self, points: Floats) -> Floats:
        """Return the pixels (..., 2) on which room points fall; meaningful only in front of the camera."""
        seen = self.to_axes(points)
        depth = np.maximum(seen[..., 2:], NEAR)
        return np.asarray(seen[..., :2] / depth * self.focal + [self.width / 2 - 0.5, self.height / 2 - 0.5])

    def enlarged(self, factor: float) -> "Camera":
        """The same view with `factor` times as many pixels a side."""
        size = (round(self.width * factor), round(self.height * factor))
        return Camera(self.eye, self.target, self.view, *size, self.roll)
