"""Landmarks of a sound: two peaks near each other, told by the pitch of the first, the interval, and the time between.

A landmark needs only two peaks to survive, wherever in the recording they are, and three numbers make a key that few
other places have. The reference is filed under the cell of each landmark; a query looks into the eight nearest cells,
so that a step more or less in pitch or time does not lose it.
"""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sound.prints import Peaks
from fanal.engine.match.sound.kernels import pair_up

KEYS = 1 << 18
"""Cells there are: 7 bits of pitch, 6 of interval, 5 of time."""
NEAREST, FARTHEST = 2, 40
"""Frames between the two peaks of a landmark."""
INTERVAL = 50
"""Steps of pitch between them, at most."""
FAN = 7
"""Landmarks that begin with one peak, at most: with those that follow it first."""

_LOWEST_INTERVAL = 64


class Landmarks:
    """The landmarks of one sound, in order of their first peak."""

    def __init__(self, peaks: Peaks) -> None:
        first, second = pair_up(peaks.frames, peaks.pitches, NEAREST, FARTHEST, INTERVAL, FAN).T
        self.times: NDArray[np.int64] = peaks.frames[first].astype(np.int64)
        """Frames of the first peaks."""
        rise = peaks.pitches[second].astype(np.int64) - peaks.pitches[first] + _LOWEST_INTERVAL
        apart = peaks.frames[second].astype(np.int64) - peaks.frames[first]
        self.places: NDArray[np.int64] = np.stack([peaks.pitches[first].astype(np.int64), rise, apart])
        """int64[3, n]: pitch, interval (64 for none) and frames between."""

    def filed(self) -> NDArray[np.int64]:
        """Return int64[n]: the cell that each is filed under."""
        pitch, rise, apart = self.places >> 1
        filed: NDArray[np.int64] = (pitch << 11) | (rise << 5) | apart
        return filed
