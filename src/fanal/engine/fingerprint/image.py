"""Prints of a still picture."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.cells import cells_of
from fanal.engine.fingerprint.local.prints import local_print, region_print
from fanal.engine.fingerprint.pdq import QUALITY_GATE, TECHNIQUE, pdq_prints
from fanal.engine.fingerprint.prints import Cell, Print, in_cell
from fanal.engine.fingerprint.region import Region
from fanal.engine.fingerprint.sampling import Plane

cv2.setNumThreads(1)  # decoders run side by side, and a confined one may start no threads


def image_prints(pixels: Plane, full_size: tuple[int, int] | None = None) -> tuple[Print, ...]:
    """Return all prints of a picture as it is stored: an orientation that EXIF asks for is not applied.

    That is what makes hashes exchangeable with others; the search covers all eight orientations anyway.
    `pixels` and `full_size` are as for `fanal.engine.fingerprint.pdq.pdq_prints`.
    """
    whole = whole_print(pixels, full_size)
    local = local_print(grey_of(pixels), full_size, pixels=_bytes_of(pixels))
    return (whole, *cell_prints(_bytes_of(pixels)), local)


def part_prints(pixels: Plane, region: Region) -> tuple[Print, ...]:
    """Return the prints of a part of a picture that is decoded in full; none where the part lies outside it."""
    part = region.crop(pixels)
    return (whole_print(part), region_print(grey_of(pixels), region, _bytes_of(pixels))) if part.size else ()


def whole_print(pixels: Plane, full_size: tuple[int, int] | None = None) -> Print:
    """Return the print of the picture as one: its PDQ."""
    pdq = pdq_prints(pixels, full_size)
    return Print(TECHNIQUE, pdq.hash, quality=pdq.quality, turned=pdq.turned)


def cell_prints(pixels: Plane) -> tuple[Print, ...]:
    """Return the PDQ of each picture of a collage that shows enough to be compared; none where it is no collage."""
    height, width = pixels.shape[:2]
    found: list[Print] = []
    for region in cells_of(pixels):
        shares = region.x / width, region.y / height, region.width / width, region.height / height
        made = whole_print(region.crop(pixels))
        if (made.quality or 0) >= QUALITY_GATE:
            found.append(replace(made, time=in_cell(Cell(*(round(100 * share) for share in shares)))))
    return tuple(found)


def grey_of(pixels: Plane) -> NDArray[np.uint8]:
    """Return the grey of a picture, uint8[height, width]."""
    bytes_ = _bytes_of(pixels)
    if bytes_.ndim == 2:
        return np.ascontiguousarray(bytes_)
    code = cv2.COLOR_RGBA2GRAY if bytes_.shape[2] == 4 else cv2.COLOR_RGB2GRAY
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(bytes_), code), np.uint8)


def _bytes_of(pixels: Plane) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, np.uint8)
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
