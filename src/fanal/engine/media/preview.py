"""Small pictures made anew from pixels: all that an officer's page ever shows of a file."""

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.media.findings import Preview

Pixels = NDArray[np.uint8]
"""[height, width] of grey, or [height, width, channels]."""

LONGEST = 640
"""Pixels of the longer side of the one preview of a picture, and of the poster of a film."""
LONGEST_STILL = 320
"""Of the further stills of a film."""

GLIMPSE = 12
"""Of the glimpse: enough for colours and where they lie, too little to see anything."""

_QUALITY = 80
"""JPEG and not WebP, for which the same picture costs ten times the processor time and saves a fifth of the bytes."""
_GLIMPSE_QUALITY = 60


def small(pixels: Pixels, longest: int = LONGEST) -> Pixels:
    """Return a picture of at most `longest` pixels a side, of [height, width] or [height, width, channels] pixels."""
    height, width = pixels.shape[:2]
    # Whole blocks become their mean first, which is quick; the rest, less than a half, is interpolated.
    block = max(1, max(height, width) // longest)
    down, across = max(1, height // block), max(1, width // block)
    if block > 1:
        whole = pixels[: down * min(block, height), : across * min(block, width)]
        pixels = _resized(whole, across, down, cv2.INTER_AREA)
    most = max(down, across)
    if most <= longest:
        return pixels
    size = max(1, round(across * longest / most)), max(1, round(down * longest / most))
    return _resized(pixels, *size, cv2.INTER_LINEAR)


def _resized(pixels: Pixels, width: int, height: int, how: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)


def fit(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture at most `longest` pixels a side; a smaller one as it is."""
    most = max(picture.size)
    if most <= longest:
        return picture
    size = (max(1, round(picture.width * longest / most)), max(1, round(picture.height * longest / most)))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Return the picture as its Exif orientation, 1 to 8, wants it shown."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels[::-1] if orientation in (3, 4, 7, 8) else pixels


def preview_of(pixels: Pixels, time: float | None = None) -> Preview:
    """Encode a small picture, grey or red, green and blue, as JPEG, with nothing in it but pixels."""
    return _encoded(pixels, _QUALITY, time)


def _encoded(pixels: Pixels, quality: int, time: float | None = None) -> Preview:
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    image = simplejpeg.encode_jpeg(np.ascontiguousarray(colours), quality, "RGB", "420")
    return Preview(image, colours.shape[1], colours.shape[0], time)


def glimpse_of(pixels: Pixels) -> Preview:
    """Return a few pixels of a small picture, for pages that show nothing until asked to."""
    step = max(1, max(pixels.shape[:2]) // (4 * GLIMPSE))
    return _encoded(small(np.ascontiguousarray(pixels[::step, ::step]), GLIMPSE), _GLIMPSE_QUALITY)


def still_previews(pixels: Pixels) -> tuple[Preview, Preview]:
    """Return all that is shown of one still picture, given small: a glimpse, then itself."""
    return glimpse_of(pixels), preview_of(pixels)
