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


@lru_cache(maxsize=512)
def axis_weights(length: int, reduced: int) -> AxisWeights:
    """Return the weights for an axis of `length` pixels of which a decode at `reduced` pixels is at hand.

    `reduced` equals `length` for a full decode. A decoder that halves k times gives ceil(length / 2^k) pixels, the last
    of them partly past the edge; any other ratio is taken as an even stretch.
    """
    full = _full_weights(length)
    if reduced != length:
        full = _fold(full, _scale(length, reduced), reduced)
    return _pack(full)


def _full_weights(length: int) -> NDArray[np.float64]:
    """Return [64, length]: two passes of the box filter, truncated at the edges as published, at the 64 centres."""
    window = -(-length // (2 * SAMPLES))
    ahead = (window + 2) // 2
    pixels = np.arange(length)
    first = np.maximum(pixels + ahead - window, 0)
    stop = np.minimum(pixels + ahead, length)
    size = stop - first
    centres = ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.int64)
    weights = np.zeros((SAMPLES, length))
    for row, centre in enumerate(centres):
        for middle in range(first[centre], stop[centre]):
            weights[row, first[middle] : stop[middle]] += 1.0 / (size[centre] * size[middle])
    return weights


def _scale(length: int, reduced: int) -> float:
    """Return how many full pixels a reduced one stands for."""
    for halvings in range(1, 4):
        if -(-length // 2**halvings) == reduced:
            return float(2**halvings)
    return length / reduced


def _fold(full: NDArray[np.float64], scale: float, reduced: int) -> NDArray[np.float64]:
    """Return [64, reduced]: each reduced pixel gets the weight of the stretch of full pixels it covers."""
    length = full.shape[1]
    mass = np.concatenate([np.zeros((SAMPLES, 1)), np.cumsum(full, axis=1)], axis=1)
    edges = np.minimum(np.arange(reduced + 1) * scale, length)
    whole = np.minimum(edges.astype(np.int64), length - 1)
    up_to_edge = mass[:, whole] + (edges - whole) * full[:, whole]
    return np.diff(up_to_edge, axis=1)


def _pack(dense: NDArray[np.float64]) -> AxisWeights:
    used = dense > 1e-12
    starts = used.argmax(axis=1)
    counts = dense.shape[1] - used[:, ::-1].argmax(axis=1) - starts
    packed = np.zeros((SAMPLES, int(counts.max())), np.float32)
    for row in range(SAMPLES):
        packed[row, : counts[row]] = dense[row, starts[row] : starts[row] + counts[row]]
    return AxisWeights(starts.astype(np.int64), counts.astype(np.int64), packed)
