"""Brightness as PDQ wants it: the luma of ITU-R BT.601 in full range, whatever a file's own colours are.

Every step here is linear, so it may be done before or after a picture is shrunk to 64 × 64; after is cheaper.
"""

from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sampling import Plane

RED, GREEN, BLUE = 0.299, 0.587, 0.114
"""BT.601, as in JPEG and in the published PDQ."""

_MIX_PLANE = np.array([1], np.float32)
_MIX_RGB = np.array([RED, GREEN, BLUE], np.float32)
_MIX_RGBA = np.array([RED, GREEN, BLUE, 0], np.float32)


class Matrix(Enum):
    """How a film's luma was made from red, green and blue: the weights of red and blue (ITU-T H.273)."""

    BT601 = (0.299, 0.114)
    BT709 = (0.2126, 0.0722)
    BT2020 = (0.2627, 0.0593)


class FilmColour(NamedTuple):
    """What the planes of a film's frame mean."""

    matrix: Matrix = Matrix.BT601
    full_range: bool = False
    """False: luma from 16 to 235 and chroma from 16 to 240, as in nearly all films."""


def mix_of(pixels: Plane) -> NDArray[np.float32]:
    """Return the factors that make luma of a picture's channels. Raises ValueError for arrays that are no picture."""
    if pixels.ndim == 2:
        return _MIX_PLANE
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return _MIX_RGB
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return _MIX_RGBA
    raise ValueError("a picture is [height, width], or [height, width, 3 or 4]")


def film_luma(
    luma: NDArray[np.float32],
    chroma: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
    colour: FilmColour,
) -> NDArray[np.float32]:
    """Return BT.601 luma in full range of (shrunk) planes of a film: its luma and, if at hand, blue and red chroma.

    Hashing a film's own luma plane as it is gives other bits than hashing its picture: its range is narrower, which
    lowers PDQ's quality by a seventh, and BT.709 (every film in high definition) weighs colours differently.
    """
    low, span, chroma_span = (0.0, 255.0, 255.0) if colour.full_range else (16.0, 219.0, 224.0)
    result: NDArray[np.float32] = (luma - np.float32(low)) * np.float32(255.0 / span)
    if chroma is not None and colour.matrix is not Matrix.BT601:
        for plane, share in zip(chroma, _chroma_shares(colour.matrix), strict=True):
            result += (plane - np.float32(128)) * np.float32(share * 255.0 / chroma_span)
    return result.clip(np.float32(0), np.float32(255))


def _chroma_shares(matrix: Matrix) -> tuple[float, float]:
    """Return what blue and red chroma add to luma in BT.601 beyond luma in `matrix`."""
    red, blue = matrix.value
    green = 1 - red - blue
    from_blue = 2 * (1 - blue)
    from_red = 2 * (1 - red)
    return BLUE * from_blue - GREEN * from_blue * blue / green, RED * from_red - GREEN * from_red * red / green
