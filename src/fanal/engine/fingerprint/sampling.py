"""PDQ's blur and its 64 samples along one axis, as one short weight vector a sample.

PDQ runs a box filter twice along an axis and then takes 64 of the results. Both are linear, so each of the 64 is one
weighted sum of a few neighbouring pixels. Working with those weights touches each pixel about once, and they can be
folded onto a picture that was decoded at a fraction of its size: each small pixel takes the weight of the pixels it
stands for, so that the same samples of the full picture are taken.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8] | NDArray[np.float32]
"""[height, width] or [height, width, channels] of values 0 to 255."""

SAMPLES = 64


class AxisWeights(NamedTuple):
    """The 64 weighted sums of an axis."""

    starts: NDArray[np.int64]
    """[64]: the first pixel of each sum."""
    counts: NDArray[np.int64]
    """[64]: how many pixels each sum has."""
    weights: NDArray[np.float32]
    """[64, longest]: row r holds counts[r] weights that add up to 1, then zeros."""


@lru_cache(maxsize=1024)
def axis_weights(length: int, reduced: int) -> AxisWeights:
    """Return the weights for an axis of `length` pixels of which a decode at `reduced` pixels is at hand.

    `reduced` equals `length` for a full decode. A decoder that halves k times gives ceil(length / 2^k) pixels, the last
    of them partly past the edge; any other ratio is taken as an even stretch.
    """
    starts, weights = _full_weights(length)
    if reduced != length:
        starts, weights = _fold(starts, weights, length, _scale(length, reduced), reduced)
    # What rounding leaves beside a sum's own pixels is no part of it, and must not be read past the edge.
    used = weights > 1e-12
    skipped = used.argmax(axis=1)
    counts = weights.shape[1] - used[:, ::-1].argmax(axis=1) - skipped
    shifted = skipped[:, None] + np.arange(counts.max())
    packed = np.take_along_axis(weights, np.minimum(shifted, weights.shape[1] - 1), axis=1)
    return AxisWeights(starts + skipped, counts.astype(np.int64), packed.astype(np.float32))


def _full_weights(length: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return starts [64] and weights [64, n]: two box passes, truncated at the edges as published, at the centres."""
    window = -(-length // (2 * SAMPLES))
    ahead = (window + 2) // 2
    pixels = np.arange(length)
    first = np.maximum(pixels + ahead - window, 0)
    stop = np.minimum(pixels + ahead, length)
    centres = ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.int64)
    starts = first[first[centres]]
    # The second pass averages some sums of the first: add each as a step up and a step down, then add up the steps.
    steps = np.zeros((SAMPLES, 2 * window + 1))
    rows = np.arange(SAMPLES)
    for offset in range(window):
        middle = np.minimum(first[centres] + offset, length - 1)
        share = (first[centres] + offset < stop[centres]) / ((stop - first)[centres] * (stop - first)[middle])
        np.add.at(steps, (rows, first[middle] - starts), share)
        np.add.at(steps, (rows, stop[middle] - starts), -share)
    return starts, np.cumsum(steps, axis=1)


def _scale(length: int, reduced: int) -> float:
    """Return how many full pixels a reduced one stands for."""
    for halvings in range(1, 4):
        if -(-length // 2**halvings) == reduced:
            return float(2**halvings)
    return length / reduced


def _fold(
    starts: NDArray[np.int64], weights: NDArray[np.float64], length: int, scale: float, reduced: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return starts and weights on the reduced axis: each pixel gets the weight of the full pixels it covers."""
    longest = weights.shape[1]
    mass = np.concatenate([np.zeros((SAMPLES, 1)), np.cumsum(weights, axis=1)], axis=1)
    ends = np.concatenate([weights, np.zeros((SAMPLES, 1))], axis=1)
    small = np.floor(starts / scale).astype(np.int64)
    edges = small[:, None] + np.arange(int(np.ceil(longest / scale)) + 2)
    # The last reduced pixel reaches to the edge of the picture whatever the ratio.
    reach = np.where(edges >= reduced, length, edges * scale)
    local = np.clip(reach - starts[:, None], 0, longest)
    whole = local.astype(np.int64)
    up_to = np.take_along_axis(mass, whole, axis=1) + (local - whole) * np.take_along_axis(ends, whole, axis=1)
    return small, np.diff(up_to, axis=1)
