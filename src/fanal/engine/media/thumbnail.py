"""The small picture that a camera embeds beside the large one, and whether it still shows the same.

Programs that crop, paint over or replace a picture often leave the thumbnail of the first one. It is decoded like any
other picture, here behind the wall, freed of the black bars that cameras lay around it, and compared by PDQ.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint import pdq
from fanal.engine.fingerprint.image import whole_print
from fanal.engine.fingerprint.prints import IN_THUMBNAIL, Print
from fanal.engine.media import jpeg
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Preview
from fanal.engine.media.preview import LONGEST_STILL, preview_of, small

_LONGEST = 1_024
"""Pixels a side; no camera embeds a larger one here."""
_SMALLEST = 48
_DARK, _FLAT = 24, 12
"""A bar's mean and spread are below these, of 255."""
_SHAPES = (9 / 16, 2 / 3, 3 / 4, 1.0, 16 / 9, 3 / 2, 4 / 3)
DIFFERS_FROM = 64
"""Bits of PDQ from which on a thumbnail shows something else; measured in docs/decisions/0013-facts-and-cameras.md."""
_ASPECT = 0.04
"""By which two shapes of one picture may differ: thumbnails are a few pixels large."""


class Thumbnail(NamedTuple):
    """A thumbnail that shows something else than its picture."""

    print: Print
    preview: Preview


def read_thumbnail(untrusted_jpeg: bytes, picture: Print, size: tuple[int, int], sheet: FactSheet) -> Thumbnail | None:
    """Put on the sheet what the embedded thumbnail is; return it where it differs from the picture.

    `picture` is the picture's PDQ and `size` its stored width and height. What cannot be decoded is a fact, no error.
    """
    if not untrusted_jpeg:
        return None
    pixels = _decoded(untrusted_jpeg)
    if pixels is None:
        sheet.add("thumbnail_unreadable", 1)
        return None
    inner = _without_bars(pixels, size[0] / size[1])
    sheet.add("thumbnail_size", f"{pixels.shape[1]} × {pixels.shape[0]}")
    if min(inner.shape[:2]) < _SMALLEST:
        return None
    made = whole_print(inner)
    distance = _distance(made, picture)
    if distance is None:
        return None
    cut = _apart(inner.shape[1] / inner.shape[0], size[0] / size[1])
    sheet.add("thumbnail_distance", distance)
    if distance < DIFFERS_FROM and not (cut and distance >= DIFFERS_FROM // 2):
        return None
    sheet.add("thumbnail_differs", 1)
    return Thumbnail(
        Print(made.technique, made.data, made.quality, IN_THUMBNAIL, made.turned),
        preview_of(small(inner, LONGEST_STILL), IN_THUMBNAIL),
    )


def _decoded(untrusted_jpeg: bytes) -> NDArray[np.uint8] | None:
    head = jpeg.read_head(untrusted_jpeg)
    if not 0 < head.width <= _LONGEST or not 0 < head.height <= _LONGEST:
        return None
    try:
        decoded = jpeg.decode(untrusted_jpeg, head)
    except (ValueError, LookupError, RuntimeError):
        return None
    return decoded.pixels if decoded is not None else None


def _without_bars(pixels: NDArray[np.uint8], shape: float) -> NDArray[np.uint8]:
    """Return the part that has the picture's shape (width by height), if all around it is dark and flat: bars.

    A picture that was cropped has another shape than its thumbnail: then one of those that cameras have.
    """
    if abs(pixels.shape[1] / pixels.shape[0] / shape - 1) <= _ASPECT:
        return pixels
    for tried in (shape, *_SHAPES):
        inner = _within(pixels, tried)
        if inner is not None:
            return inner
    return pixels


def _within(pixels: NDArray[np.uint8], shape: float) -> NDArray[np.uint8] | None:
    height, width = pixels.shape[:2]
    across = max(0, round((width - height * shape) / 2))
    down = max(0, round((height - width / shape) / 2))
    if max(across, down) < 2 or 2 * across >= width or 2 * down >= height:
        return None
    luma = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    # A line less of each bar: coding smears the picture's edge into it.
    bars = (luma[: down - 1], luma[1 - down :]) if down else (luma[:, : across - 1], luma[:, 1 - across :])
    if any(bar.mean() > _DARK or bar.std() > _FLAT for bar in bars):
        return None
    return np.ascontiguousarray(pixels[down:-down] if down else pixels[:, across:-across])


def _distance(made: Print, picture: Print) -> int | None:
    """Return in how many bits the two differ, however one was turned; None where one tells too little."""
    if min(made.quality or 0, picture.quality or 0) < pdq.QUALITY_GATE:
        return None
    turns = np.frombuffer(made.data + made.turned, np.uint8).reshape(-1, pdq.HASH_BYTES)
    differing = np.unpackbits(turns ^ np.frombuffer(picture.data, np.uint8), axis=1).sum(axis=1)
    return int(differing.min())


def _apart(one: float, other: float) -> bool:
    """Tell whether two shapes are not that of one picture, upright or turned."""
    return min(abs(one / other - 1), abs(one * other - 1)) > _ASPECT
