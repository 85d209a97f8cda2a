"""How far a proved stretch reaches: from its ends on, step by step, as long as even a bad copy would agree so well.

A score says that there is a match; it is greatest where the copy is good. Where music covers the end of a voice most
peaks are missing, and where a copy was stretched the alignment drifts. So some seconds further are looked at from each
end, with less asked of them, and with the alignment of the last part: once proved, the rest need not fit by chance.
Where both sounds then begin or end at about the same moment, what lies between is drowned rather than different.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sound.prints import Peaks

SPAN = 190
"""Frames that are looked at from an end on: three seconds. A gap may be as long."""
LEAST_GAIN = 6.0
"""Natural logarithm of the odds against chance from which on a part belongs to the stretch."""
TOGETHER = 94
"""Frames by which two sounds that begin or end at one moment may seem apart, as peaks fade: one and a half seconds."""
MOST_DROWNED = 250
"""Frames without agreement that are taken to be drowned there: four seconds."""
_DRIFT = np.arange(-3.0, 3.5)
_BEFORE, _AFTER = -1, 1

Prove = Callable[[Peaks, NDArray[np.float64]], NDArray[np.float64]]
"""Returns float64[trials, 5], as `prove` does, of a part of the query."""


class End(NamedTuple):
    """An end of a stretch."""

    frame: float
    """In the query."""
    offset: float
    """Frames to add, times the tempo, for that of the reference."""
    agreeing: int
    peaks: int
    """Of the query, beyond where the stretch ended before."""


def ends(
    query: Peaks, trial: NDArray[np.float64], around: tuple[float, float], reference: tuple[float, float], prove: Prove
) -> tuple[End, End]:
    """Return the first and the last end of a stretch.

    `trial` is the alignment that was proved, `around` the frames of the query that it was proved for, `reference` the
    first and the last frame of the reference that have a peak.
    """
    first, last = (_end(query, trial, around[0], _BEFORE, prove), _end(query, trial, around[1], _AFTER, prove))
    tempo = float(trial[0])
    return (
        _drowned(first, float(query.frames[0]), (reference[0] - first.offset) / tempo),
        _drowned(last, float(query.frames[-1]), (reference[1] - last.offset) / tempo),
    )


def _drowned(end: End, query: float, reference: float) -> End:
    """Return the end moved to where both sounds end, given as frames of the query, if that is one moment and near."""
    nearer = min(query, reference, key=lambda frame: abs(frame - end.frame))
    together = abs(query - reference) <= TOGETHER and abs(nearer - end.frame) <= MOST_DROWNED
    return end._replace(frame=nearer) if together else end


def _end(query: Peaks, trial: NDArray[np.float64], frame: float, way: int, prove: Prove) -> End:
    tempo, offset, shift = (float(value) for value in trial)
    agreeing = peaks = 0
    while True:
        part = _beyond(query, frame, way)
        trials = np.array([(tempo, offset + drift, shift) for drift in _DRIFT])
        rows = prove(part, trials)
        # Of alignments that fit alike the one that drifts least.
        best = int(np.lexsort((np.abs(_DRIFT), -rows[:, 0]))[0])
        if rows[best, 0] < LEAST_GAIN:
            return End(frame, offset, agreeing, peaks)
        offset = float(trials[best, 1])
        first, last = int(rows[best, 2]), int(rows[best, 3])
        frame = float(part.frames[last if way == _AFTER else first])
        agreeing, peaks = agreeing + int(rows[best, 1]), peaks + int(rows[best, 4])


def _beyond(query: Peaks, frame: float, way: int) -> Peaks:
    """Return the peaks of the next seconds before or after a frame."""
    first, last = (frame - SPAN, frame) if way == _BEFORE else (frame + 1, frame + 1 + SPAN)
    low, high = (int(at) for at in np.searchsorted(query.frames, (first, last)))
    return Peaks(query.frames[low:high], query.pitches[low:high], query.strengths[low:high])
