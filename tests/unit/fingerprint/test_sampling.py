"""The weights of an axis against the two box passes that they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fanal.engine.fingerprint.sampling import SAMPLES, axis_weights


def box_pass(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    ahead = (window + 2) // 2
    count = len(values)
    return np.array([values[max(at + ahead - window, 0) : min(at + ahead, count)].mean(axis=0) for at in range(count)])


def dense(length: int, reduced: int) -> NDArray[np.float64]:
    starts, counts, weights = axis_weights(length, reduced)
    rows = np.zeros((SAMPLES, reduced))
    for row in range(SAMPLES):
        rows[row, starts[row] : starts[row] + counts[row]] = weights[row, : counts[row]]
    return rows


@pytest.mark.parametrize("length", [5, 6, 17, 63, 64, 65, 127, 128, 129, 200, 256, 257, 511, 1000])
def test_weights_are_two_box_passes_sampled_at_the_centres(length: int) -> None:
    window = -(-length // 128)
    twice = box_pass(box_pass(np.eye(length), window), window)
    centres = ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(int)
    np.testing.assert_allclose(dense(length, length), twice[centres], atol=1e-7)


@given(st.integers(5, 9000), st.sampled_from([1, 2, 4, 8]))
def test_sums_stay_within_the_axis_and_weigh_one(length: int, halving: int) -> None:
    reduced = -(-length // halving)
    starts, counts, weights = axis_weights(length, reduced)
    assert (starts >= 0).all()
    assert (counts >= 1).all()
    assert (starts + counts <= reduced).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


@given(st.integers(64, 3000), st.sampled_from([2, 4, 8]))
def test_folded_weights_see_a_slope_where_the_full_ones_do(length: int, halving: int) -> None:
    full = length - length % halving
    slope = np.arange(full, dtype=float)
    small = slope.reshape(-1, halving).mean(axis=1)
    np.testing.assert_allclose(dense(full, len(small)) @ small, dense(full, full) @ slope, atol=halving / 2)
