"""Where a film cuts: one frame unlike the one before, more than the film's own movement explains."""

import cv2
import numpy as np
from numpy.typing import NDArray

_GRID = (32, 18)
_LEAST = 12.0
"""Grey levels by which the small pictures of two shots differ in the mean, at least."""
_TIMES = 3.0
"""And so many times what frames before differed by."""
_SHORTEST = 0.2
"""Seconds between two cuts that are told: flicker is no cut."""
_MEMORY = 0.8


class Cuts:
    """Watches the frames of a film that are decoded anyway, in order of time."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._moves = 0.0
        self._last = -_SHORTEST

    def cut(self, time: float, luma: NDArray[np.uint8], *, skipped: bool = False) -> bool:
        """Tell whether a shot begins with this frame, `luma` uint8[height, width] shown at `time` seconds.

        `skipped`: a group of frames before it was left out. What changes over such a gap teaches nothing of movement.
        """
        small = _small(luma)
        before, self._before = self._before, small
        if before is None:
            return False
        change = cv2.norm(small, before, cv2.NORM_L1) / small.size
        cut = change >= max(_LEAST, _TIMES * self._moves) and time - self._last >= _SHORTEST
        if cut:
            self._last = time
        elif not skipped:
            self._moves = _MEMORY * self._moves + (1 - _MEMORY) * change
        return cut


def _small(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    thinned = np.ascontiguousarray(luma[:: max(1, luma.shape[0] // 90), :: max(1, luma.shape[1] // 160)])
    return np.asarray(cv2.resize(thinned, _GRID, interpolation=cv2.INTER_AREA), np.float32)
