"""Drawn pictures with texture to find again: overlapping shapes, from a seed."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def leaves(seed: int, width: int = 640, height: int = 480, shapes: int = 400) -> NDArray[np.uint8]:
    """Return uint8[height, width]: discs and polygons of many sizes over each other, with a little grain."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width), 128, np.float32)
    for size in np.sort(4.0 / random.random(shapes) ** 0.8)[::-1]:
        reach = min(float(size), width / 3)
        x, y = random.uniform(0, width), random.uniform(0, height)
        turns = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 9)))
        corners = np.stack([x + reach * np.cos(turns), y + reach * np.sin(turns)], axis=1)
        cv2.fillPoly(picture, [corners.astype(np.int32)], random.uniform(10, 245), cv2.LINE_AA)
    picture += random.normal(0, 2, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255).astype(np.uint8)


def room(seed: int, thing: int | None = None) -> Image.Image:
    """Return a scene, and in it, a little smaller, the middle of another."""
    picture = Image.fromarray(leaves(seed))
    if thing is not None:
        picture.paste(Image.fromarray(leaves(thing)).crop((160, 120, 480, 360)).resize((280, 210)), (40, 60))
    return picture
