"""Whether two sounds share a stretch in a given alignment: peak by peak, against what chance would give.

Votes only propose. The proof asks of every peak of the query whether the reference has one where it should be. Each
that agrees counts by how rare peaks are there: on a steady tone, a hum or a held vowel peaks are everywhere at that
pitch, and agreeing there means little. Each that is missing counts against. The stretch with the greatest sum is taken.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sound.prints import FRAME, STEPS, Peaks
from fanal.engine.match.sound.extent import End, ends
from fanal.engine.match.sound.kernels import prove

KEPT = 0.25
"""Share of the query's peaks that are the reference's too in a bad copy, such as a voice under music."""
KEPT_BEYOND = 0.1
"""That share where a stretch that is proved already goes on: under louder music, in the noise of a voice that fades."""
CHANGED = 10.0
"""What a changed speed or pitch costs: many more alignments were tried, so that one of them fits by chance."""
_UNCHANGED_TEMPO, _UNCHANGED_SHIFT = 0.012, 1.2
_SLACK, _STEP = 2.0, 2.0
_LEAST, _MOST = 0.01, 0.95
_STEADY = 9.0


class Stretch(NamedTuple):
    """The part of two sounds that agrees in one alignment."""

    score: float
    """Natural logarithm of the odds against chance."""
    agreeing: int
    """Peaks of the query that the reference has too."""
    peaks: int
    """Peaks of the query in the stretch."""
    query: tuple[float, float]
    """Seconds from and to."""
    reference: tuple[float, float]
    tempo: float
    """Seconds of the reference for one of the query: above 1, the query was made faster."""
    pitch: float
    """Pitch of the query over that of the reference."""


class Opponent:
    """A sound of the reference that alignments are proved against."""

    def __init__(self, peaks: Peaks) -> None:
        self._frames, self._pitches = peaks.frames.astype(np.float64), peaks.pitches.astype(np.float64)
        self._chance = _chance(peaks)

    def best(self, query: Peaks, trials: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64[trials, 5] as `prove` does, with room for alignments that are only nearly right."""
        return self._prove(query, trials, _COARSE, KEPT)

    def refined(self, query: Peaks, trial: NDArray[np.float64], around: tuple[float, float]) -> Stretch:
        """Return the best stretch near an alignment: tempo, offset and shift are tried around it, in two rounds.

        `around` are the first and last frame of the query that agreed; the tempo is turned about their middle.
        """
        row = np.zeros(5)
        for turn in (0.01, 0.004):
            trials = _neighbours(trial, turn, (around[0] + around[1]) / 2)
            rows = self._prove(query, trials, _FINE, KEPT)
            at = int(rows[:, 0].argmax())
            trial, row = trials[at], rows[at]
            if row[1]:
                around = (float(query.frames[int(row[2])]), float(query.frames[int(row[3])]))
        reference = (float(self._frames[0]), float(self._frames[-1]))
        first, last = ends(
            query, trial, around, reference, lambda part, near: self._prove(part, near, _FINE, KEPT_BEYOND)
        )
        return _stretch(row, trial, first, last)

    def _prove(
        self, query: Peaks, trials: NDArray[np.float64], errors: NDArray[np.float64], kept: float
    ) -> NDArray[np.float64]:
        rows: NDArray[np.float64] = prove(
            query.frames, query.pitches, self._frames, self._pitches, self._chance, trials, errors, kept
        )
        return rows


def _stretch(row: NDArray[np.float64], trial: NDArray[np.float64], first: End, last: End) -> Stretch:
    tempo, _, shift = (float(value) for value in trial)
    changed = abs(tempo - 1) > _UNCHANGED_TEMPO or abs(shift) > _UNCHANGED_SHIFT
    begin, end = first.frame, last.frame + 1
    return Stretch(
        float(row[0]) - CHANGED * changed,
        int(row[1]) + first.agreeing + last.agreeing,
        int(row[4]) + first.peaks + last.peaks,
        (round(begin * FRAME, 3), round(end * FRAME, 3)),
        (round(max(0.0, begin * tempo + first.offset) * FRAME, 3), round((end * tempo + last.offset) * FRAME, 3)),
        round(tempo, 4),
        round(2 ** (-shift / STEPS), 4),
    )


def _neighbours(trial: NDArray[np.float64], turn: float, middle: float) -> NDArray[np.float64]:
    """Return float64[125, 3]: alignments around one, its tempo turned about the middle of what agreed."""
    steps = np.array([-1, -0.5, 0, 0.5, 1])
    tempo, offset, shift = (axis.ravel() for axis in np.meshgrid(2 * turn * steps, steps, steps, indexing="ij"))
    near: NDArray[np.float64] = trial + np.stack([tempo, offset - tempo * middle, shift], axis=1)
    return near


def _chance(peaks: Peaks) -> NDArray[np.float64]:
    """Return float64[256]: how probable a peak is within reach of each pitch, at any time of this sound."""
    if not len(peaks.frames):
        return np.full(256, _MOST)
    reach = int(_STEP)
    near = np.convolve(np.bincount(peaks.pitches, minlength=256), np.ones(2 * reach + 1), "same")
    # Half of the mean on top: a pitch that a short sound happens not to have is not for that impossible.
    span = max(64, int(peaks.frames[-1] - peaks.frames[0]) + 1)
    expected = (near + near.mean() / 2) / span * (2 * int(_SLACK) + 1)
    chances: NDArray[np.float64] = np.clip(1 - np.exp(-expected), _LEAST, _MOST)
    return chances


def _errors(time_error: float, pitch_error: float, around: float = 24.0) -> NDArray[np.float64]:
    late, off = np.linspace(-_SLACK, _SLACK, 201), np.linspace(-_STEP, _STEP, 201)
    mean = np.exp(-0.5 * (late / time_error) ** 2).mean() * np.exp(-0.5 * (off / pitch_error) ** 2).mean()
    return np.array([_SLACK, _STEP, time_error, pitch_error, around, 1 / mean, _STEADY])


_COARSE, _FINE = _errors(1.2, 1.0), _errors(0.6, 0.5)
