"""The colour at each feature: two logarithms of ratios of light, to which another lamp adds the same everywhere."""

import numpy as np
from numpy.typing import NDArray

STEP = 0.025
"""A stored colour counts so much of a natural logarithm a step."""
UNKNOWN = -128
"""Stands for a colour that is not known: of a grey picture, a frame of film, or an earlier print."""
_MOST = 127
_DARK = 16
"""Of 255: what is darker than this has hardly a colour."""
_ONE_TINT = 2.0
"""Steps: where colours spread less, the picture is grey, or brown all over, and says nothing."""


def colours_at(
    pixels: NDArray[np.uint8], places: NDArray[np.float32], scales: NDArray[np.float32], full_size: tuple[int, int]
) -> NDArray[np.int8] | None:
    """Return int8[n, 2], in steps: red beside green, and blue beside both; None of a picture that is of one tint.

    `pixels` are uint8[height, width, 3 or more], red first; places and scales are in pixels of the stored picture,
    which has `full_size` (height, width).
    """
    if pixels.ndim != 3 or pixels.shape[2] < 3 or not len(places):
        return None
    from fanal.engine.fingerprint.local import tinting  # late: loading the compiler takes half a second

    sums = np.zeros((len(places), 3), np.int64)
    across, down = pixels.shape[1] / full_size[1], pixels.shape[0] / full_size[0]
    tinting.add_up(np.ascontiguousarray(pixels), np.ascontiguousarray(places), scales, across, down, sums)
    red, green, blue = np.log(sums / tinting.ACROSS**2 + _DARK).T
    ratios = np.stack([red - green, blue - (red + green) / 2], axis=1)
    steps = np.clip(np.rint(ratios / STEP), -_MOST, _MOST).astype(np.int8)
    return None if np.hypot(*steps.std(axis=0)) < _ONE_TINT else steps
