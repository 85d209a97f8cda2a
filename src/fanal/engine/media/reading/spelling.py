"""What the lines say: each box cut out level, turned the right way round, and read character by character."""

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.media.reading.finding import Corners, as_input
from fanal.engine.media.reading.models import Models
from fanal.engine.text.line import Line, Quad

_HEIGHT = 48
_WIDEST = 1_920
"""Pixels; a longer line is squeezed."""
_NARROWEST = 96
_TURN_WIDTH = 192
_UPRIGHT_FROM = 1.5
"""Height over width from which a box is taken for a line that runs up or down."""
_TURNED = 0.9
"""How sure the classifier must be that a line stands on its head."""
_BATCH_PIXELS = 2_400
"""Width of all lines read together: what bounds the memory."""
LEAST_CONFIDENCE = 0.6
"""Below it a line is taken for a pattern, or for a script that the model cannot read."""

Strip = NDArray[np.uint8]


def read_lines(pixels: NDArray[np.uint8], boxes: Sequence[Corners], models: Models) -> Iterator[Line]:
    """Yield what can be read in these boxes of a picture, uint8 [height, width, 3], in their order."""
    cut = [_cut(pixels, box) for box in boxes]
    strips = [strip for strip, _ in cut]
    corners = [corners for _, corners in cut]
    for number, on_its_head in enumerate(_turned(strips, models.turn)):
        if on_its_head:
            strips[number] = np.ascontiguousarray(strips[number][::-1, ::-1])
            corners[number] = np.roll(corners[number], 2, axis=0)
    said: dict[int, tuple[str, float]] = {}
    for batch in _batches(strips):
        said.update(zip(batch, _said([strips[number] for number in batch], models), strict=True))
    for number in range(len(boxes)):
        text, confidence = said[number]
        if confidence >= LEAST_CONFIDENCE and any(map(str.isalnum, text)):
            yield Line(text, _quad(corners[number]), confidence)


def _cut(pixels: NDArray[np.uint8], box: Corners) -> tuple[Strip, Corners]:
    """Return a box as a level strip of the height that is read, and its corners in the order of reading."""
    width, height = (max(1.0, float(np.linalg.norm(box[0] - box[other]))) for other in (1, 3))
    if height / width >= _UPRIGHT_FROM:
        # Turned to the left: what ran downwards stands on its head, and is turned once more after this.
        box, width, height = np.roll(box, -1, axis=0), height, width
    zoomed = max(8, min(_WIDEST, round(width * _HEIGHT / height)))
    level = np.array([[0, 0], [zoomed, 0], [zoomed, _HEIGHT], [0, _HEIGHT]], np.float32)
    low, high = np.floor(box.min(axis=0)).astype(int).clip(0), np.ceil(box.max(axis=0)).astype(int) + 2
    part = pixels[low[1] : high[1], low[0] : high[0]]
    # Fine lettering would be torn apart by a jump in scale: it is reduced by area first.
    much = height / _HEIGHT
    offset = box - low.astype(np.float32)
    if much > 2:
        size = max(1, round(part.shape[1] * 2 / much)), max(1, round(part.shape[0] * 2 / much))
        offset = offset * np.array([size[0] / part.shape[1], size[1] / part.shape[0]], np.float32)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    map_ = cv2.getPerspectiveTransform(np.ascontiguousarray(offset, np.float32), level)
    strip = cv2.warpPerspective(
        np.ascontiguousarray(part),
        map_,
        (zoomed, _HEIGHT),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(strip, np.uint8), box


def _turned(strips: Sequence[Strip], net: Any) -> Iterator[bool]:
    """Tell of each strip whether it stands on its head."""
    for strip in strips:
        seen = np.zeros((3, _HEIGHT, _TURN_WIDTH), np.float32)
        width = min(_TURN_WIDTH, strip.shape[1])
        seen[:, :, :width] = as_input(np.asarray(cv2.resize(strip, (width, _HEIGHT)), np.uint8))
        net.setInput(seen[None])
        yield bool(net.forward()[0, 1] > _TURNED)


def _batches(strips: Sequence[Strip]) -> Iterator[list[int]]:
    """Yield numbers of strips of about the same width, so that little is read of what was filled up."""
    batch: list[int] = []
    for number in sorted(range(len(strips)), key=lambda one: strips[one].shape[1]):
        if batch and (len(batch) + 1) * strips[number].shape[1] > _BATCH_PIXELS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _said(strips: Sequence[Strip], models: Models) -> Iterator[tuple[str, float]]:
    widest = max(_NARROWEST, *(strip.shape[1] for strip in strips))
    seen = np.zeros((len(strips), 3, _HEIGHT, widest), np.float32)
    for row, strip in zip(seen, strips, strict=True):
        row[:, :, : strip.shape[1]] = as_input(strip)
    models.read.setInput(seen)
    for likely in models.read.forward():
        yield _spelt(likely, models.alphabet)


def _spelt(likely: NDArray[np.float32], alphabet: Sequence[str]) -> tuple[str, float]:
    """Return the text and the mean confidence of its characters from [steps, characters] (CTC, the best path).

    Equal characters in neighbouring steps are one; 0 is none, and parts those that are two.
    """
    best = likely.argmax(axis=1)
    begins = (best != 0) & (best != np.concatenate([[0], best[:-1]]))
    numbers = best[begins]
    if not len(numbers):
        return "", 0.0
    text = "".join(alphabet[number] for number in numbers if number < len(alphabet))
    return " ".join(text.split()), float(likely[begins, numbers].mean())


def _quad(corners: Corners) -> Quad:
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    return first, second, third, fourth
