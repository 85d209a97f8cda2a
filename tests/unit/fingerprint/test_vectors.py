"""What is worked out many values at a time is what its definition says, at every width."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.pyramid import blur, taps


@pytest.mark.parametrize("shape", [(9, 8), (24, 31), (40, 32), (17, 33), (30, 64), (12, 95)])
@pytest.mark.parametrize("sigma", [0.3, 1.2, 3.1])
def test_a_blur_is_its_definition(shape: tuple[int, int], sigma: float) -> None:
    picture = np.random.default_rng(5).integers(0, 255 * 128, shape).astype(np.uint16)
    shares = taps(sigma, min(shape))
    found = np.empty_like(picture)
    blur(picture, shares, found)
    expected = picture.astype(np.int64)
    for _ in range(2):
        expected = once(expected.T, shares.astype(np.int64))
    assert np.array_equal(found, expected)


def once(rows: NDArray[np.int64], shares: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows blurred along themselves; each product is rounded down, half of what is lost is given back."""
    reach = len(shares) - 1
    wide = np.pad(rows, ((0, 0), (reach, reach)), "reflect")
    middle = slice(reach, reach + rows.shape[1])
    total: NDArray[np.int64] = (wide[:, middle] * shares[0] >> 16) + (reach + 1) // 2
    for k in range(1, reach + 1):
        both = wide[:, reach - k : reach - k + rows.shape[1]] + wide[:, reach + k : reach + k + rows.shape[1]]
        total += both * shares[k] >> 16
    return total
