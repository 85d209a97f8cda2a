"""Where lines of text lie: a map of how likely each pixel is text, and from it boxes turned by any angle.

The map is made by a network for differentiable binarisation (Liao et al., AAAI 2020), trained to show the inner part of
each line; the box around that part is let out by a distance that follows from its area and its outline, as the paper
has it.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LONGEST, SHORTEST = 1_280, 320
"""Pixels of the longer side at which a picture is looked at: reduced to the one, enlarged to the other."""
_STEP = 32
_TEXT, _BOX = 0.3, 0.5
"""From which likelihood on a pixel, and the mean of a box, is taken for text."""
_LET_OUT = 1.6
_SMALLEST = 3.0
_MOST_BOXES = 400
_EDGE = 1e-6

Corners = NDArray[Any]
"""[4, 2] in pixels of the picture: upper left, upper right, lower right, lower left of the box as it lies."""


def find_lines(pixels: NDArray[np.uint8], net: Any) -> list[Corners]:
    """Return the boxes of lines in a picture, uint8 [height, width, 3] in red, green and blue; from top to bottom."""
    height, width = pixels.shape[:2]
    likely = _likelihood(pixels, net)
    scale = np.array([width / likely.shape[1], height / likely.shape[0]], np.float32)
    bitmap = cv2.dilate((likely > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [box for outline in outlines[:_MOST_BOXES] if (box := _box(outline, likely)) is not None]
    placed = [np.clip(box * scale, 0, [width - 1, height - 1]).astype(np.float32) for box in boxes]
    return sorted(placed, key=lambda box: (round(float(box[:, 1].mean())), float(box[:, 0].mean())))


def _likelihood(pixels: NDArray[np.uint8], net: Any) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    zoom = min(1.0, LONGEST / max(height, width))
    zoom = max(zoom, SHORTEST / max(height, width))
    size = tuple(max(_STEP, round(side * zoom / _STEP) * _STEP) for side in (width, height))
    seen = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    net.setInput(as_input(np.asarray(seen, np.uint8))[None])
    return np.asarray(net.forward()[0, 0], np.float32)


def as_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pixels as the networks were trained on: [blue, green, red][height, width], from -1 to 1."""
    return np.ascontiguousarray(pixels[:, :, ::-1].transpose(2, 0, 1), np.float32) / np.float32(127.5) - np.float32(1)


def _box(outline: Any, likely: NDArray[np.float32]) -> Corners | None:
    inner = cv2.minAreaRect(outline)
    width, height = inner[1]
    if min(width, height) < _SMALLEST or _mean_within(cv2.boxPoints(inner), likely) < _BOX:
        return None
    out = width * height * _LET_OUT / (2 * (width + height) + _EDGE)
    return _in_order(cv2.boxPoints((inner[0], (width + 2 * out, height + 2 * out), inner[2])))


def _mean_within(box: Corners, likely: NDArray[np.float32]) -> float:
    low = np.floor(box.min(axis=0)).astype(int).clip(0)
    high = np.ceil(box.max(axis=0)).astype(int) + 1
    part = likely[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(box - low).astype(np.int32)], (1,))
    return float(cv2.mean(part, mask)[0])


def _in_order(box: Corners) -> Corners:
    by_x = box[np.argsort(box[:, 0], kind="stable")]
    left, right = (pair[np.argsort(pair[:, 1], kind="stable")] for pair in (by_x[:2], by_x[2:]))
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
