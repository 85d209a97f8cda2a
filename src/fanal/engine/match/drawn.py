"""Pictures, films and sounds drawn from a number: harmless, the same everywhere, and each number another.

They serve as examples of techniques and in the tests that every technique is held to.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_SHAPES = 500
_NOTES = 4
"""A second."""


def drawn_picture(number: int, width: int = 640, height: int = 480) -> NDArray[np.uint8]:
    """Return [height, width, 3] of overlapping shapes, large ones first, whose edges are like those of photographs."""
    dice = np.random.default_rng(number)
    picture = np.full((height, width, 3), dice.integers(40, 216, 3), np.uint8)
    sizes = np.sort(np.clip(dice.pareto(1.2, _SHAPES) * 7 + 4, 4, 160))[::-1]
    for size in sizes:
        place = (int(dice.integers(0, width)), int(dice.integers(0, height)))
        colour = tuple(int(value) for value in dice.integers(0, 256, 3))
        axes = (int(size), int(size * dice.uniform(0.3, 1)))
        cv2.ellipse(picture, place, axes, float(dice.uniform(0, 180)), 0, float(dice.uniform(160, 360)), colour, -1)
    return picture


def drawn_film(number: int, seconds: int = 6) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield one picture a second, each another."""
    for second in range(seconds):
        yield float(second), drawn_picture(number * 1_000 + second)


def drawn_sound(number: int, rate: int, seconds: int = 12) -> NDArray[np.float32]:
    """Return mono samples of a melody of bells over a little noise."""
    dice = np.random.default_rng(number)
    heard = dice.normal(0, 0.005, rate * seconds)
    length = rate // 2
    time = np.arange(length) / rate
    for note in range((seconds - 1) * _NOTES):
        start = note * rate // _NOTES + int(dice.integers(0, rate // 16))
        pitch = 300 * 2 ** dice.uniform(0, 2.5)
        partials = sum(np.sin(2 * np.pi * pitch * part * time) / part for part in (1, 2.4, 3.8))
        heard[start : start + length] += 0.2 * partials * np.exp(-5 * time)
    return np.clip(heard, -1, 1).astype(np.float32)
