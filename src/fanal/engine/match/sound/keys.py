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

_CORNERS = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)]).T[:, None, :]
_SIZES = np.array([128, 64, 32])[:, None, None]
_LOWEST_INTERVAL = 64


class Landmarks:
    """The landmarks of one sound, in order of their first peak."""

    def __init__(self, peaks: Peaks) -> None:
        first, second = pair_up(peaks.frames, peaks.pitches, NEAREST, FARTHEST, INTERVAL, FAN).T
        self.times: NDArray[np.int64] = peaks.frames[first].astype(np.int64)
        """Frames of the first peaks."""
        rise = peaks.pitches[second].astype(np.int64) - peaks.pitches[first] + _LOWEST_INTERVAL
        apart = peaks.frames[second].astype(np.int64) - peaks.frames[first]
        self._places = np.stack([peaks.pitches[first].astype(np.int64), rise, apart])

    def filed(self) -> NDArray[np.int64]:
        """Return int64[n]: the cell that each is filed under."""
        return _key(*(self._places >> 1))

    def probed(self, part: slice, tempo: float, shift: float) -> NDArray[np.int64]:
        """Return int64[n, 8]: the cells to look into for some of them; -1 where a cell lies off the scale.

        They are taken as if times were `tempo` times as long, and pitches `shift` steps higher.
        """
        exact = self._places[:, part] * np.array([[1.0], [1.0], [tempo]]) + np.array([[shift], [0.0], [0.0]])
        # A cell is two wide: the lower of the two nearest ones begins within one and a half below.
        cells = np.floor(exact / 2 - 0.25 + 1e-9).astype(np.int64)[:, :, None] + _CORNERS
        return np.where(((cells >= 0) & (cells < _SIZES)).all(axis=0), _key(*cells), -1)


def _key(pitch: NDArray[np.int64], rise: NDArray[np.int64], apart: NDArray[np.int64]) -> NDArray[np.int64]:
    return (pitch << 11) | (rise << 5) | apart
