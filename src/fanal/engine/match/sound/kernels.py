"""The loops of matching sounds, compiled: pairs of peaks, and the proof of an alignment."""

from typing import Any

import numpy as np

from fanal.engine.compiled import inlined, kernel


@kernel()
def pair_up(frames: Any, pitches: Any, nearest: Any, farthest: Any, interval: Any, fan: Any) -> Any:
    """Return int64[n, 2]: each peak with up to `fan` that follow it within reach."""
    total = len(frames)
    found = np.empty((total * fan, 2), np.int64)
    count = 0
    for i in range(total):
        made = 0
        for j in range(i + 1, total):
            apart = frames[j] - frames[i]
            if apart > farthest or made == fan:
                break
            if apart >= nearest and abs(pitches[j] - pitches[i]) <= interval:
                found[count, 0], found[count, 1] = i, j
                count += 1
                made += 1
    return found[:count].copy()


@inlined
def _closest(frames: Any, pitches: Any, low: int, time: float, pitch: float, errors: Any) -> tuple[float, int]:
    """Return how close (0 to 1) the closest peak of the reference is to where it should be, and its position."""
    slack, step, time_error, pitch_error = errors[0], errors[1], errors[2], errors[3]
    best, best_at = 0.0, low
    at = low
    while at < len(frames) and frames[at] <= time + slack:
        off, late = pitches[at] - pitch, frames[at] - time
        if abs(off) <= step:
            close = np.exp(-0.5 * ((off / pitch_error) ** 2 + (late / time_error) ** 2))
            if close > best:
                best, best_at = close, at
        at += 1
    return best, best_at


@inlined
def _others(frames: Any, pitches: Any, at: int, time: float, pitch: float, errors: Any) -> int:
    """Return how many other peaks the reference has at this pitch near this time."""
    around = errors[4]
    near = -1
    back = at
    while back >= 0 and frames[back] >= time - around:
        near += abs(pitches[back] - pitch) <= errors[1]
        back -= 1
    ahead = at + 1
    while ahead < len(frames) and frames[ahead] <= time + around:
        near += abs(pitches[ahead] - pitch) <= errors[1]
        ahead += 1
    return near


@kernel()
def prove(
    query_frames: Any, query_pitches: Any, frames: Any, pitches: Any, chance: Any, trials: Any, errors: Any, kept: Any
) -> Any:
    """Return float64[trials, 5]: the best stretch of each alignment: score, agreeing peaks, first, last, peaks in it.

    An alignment, a row of `trials`, is tempo, offset in frames and shift in steps. `chance` float64[256] is how
    probable a peak of the reference is at each pitch at any time. `errors` are the frames and steps by which a peak
    may be off, their standard deviations, the frames around a peak that tell how common its like is there, the factor
    that makes closeness 1 in the mean, and the number of others near a peak from which on it tells nothing. `kept` is
    the share of peaks that a bad copy keeps. The score is the natural logarithm of how much more probable the stretch
    is in a copy than by chance.
    """
    out = np.zeros((len(trials), 5))
    miss = np.log(1 - kept)
    begin_of, end_of = frames[0] - errors[0], frames[-1] + errors[0]
    for trial in range(len(trials)):
        tempo, offset, shift = trials[trial, 0], trials[trial, 1], trials[trial, 2]
        low = 0
        score, agreed, seen, begin = 0.0, 0, 0, 0
        # A film of an hour meets a recording of some seconds in some seconds only.
        first = np.searchsorted(query_frames, (begin_of - offset) / tempo)
        past = np.searchsorted(query_frames, (end_of - offset) / tempo, "right")
        for i in range(first, past):
            time, pitch = query_frames[i] * tempo + offset, query_pitches[i] + shift
            if pitch < 0 or pitch > 255:
                continue
            while low < len(frames) and frames[low] < time - errors[0]:
                low += 1
            if score <= 0:
                score, agreed, seen, begin = 0.0, 0, 0, i
            seen += 1
            close, at = _closest(frames, pitches, low, time, pitch, errors)
            if close == 0:
                score += miss
                continue
            others = _others(frames, pitches, at, time, pitch, errors)
            lucky = max(chance[int(pitch)], 1 - np.exp(-others * errors[0] / errors[4]))
            agreed += 1
            # A tone that does not change tells nothing, however well its peaks agree: they are even in time.
            score += np.log(1 - kept + kept * close * errors[5] / lucky) * min(1.0, max(0.0, (errors[6] - others) / 5))
            if score > out[trial, 0]:
                out[trial, 0], out[trial, 1], out[trial, 2] = score, agreed, begin
                out[trial, 3], out[trial, 4] = i, seen
    return out
