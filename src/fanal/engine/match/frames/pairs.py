"""Like frames of two films."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FramePairs(NamedTuple):
    """Like frames of two films, all arrays of one length."""

    query: NDArray[np.float64]
    """[n] seconds."""
    reference: NDArray[np.float64]
    """[n] seconds."""
    distance: NDArray[np.int64]
    """[n] bits, or whatever is smaller for those that are more alike."""
    still: NDArray[np.bool_] | None = None
    """[n]: whether both films stand still there; None where their pairs must tell."""

    def kept(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> "FramePairs":
        """Return the pairs where `mask` is true, or that positions pick out."""
        still = None if self.still is None else self.still[mask]
        return FramePairs(self.query[mask], self.reference[mask], self.distance[mask], still)
