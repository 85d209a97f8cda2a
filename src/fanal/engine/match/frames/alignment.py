"""Which stretches of two films are the same: pairs of like frames that lie on one line of time.

Two unrelated films may share a like frame now and then; what they do not share is a row of them at the same pace. So
frames vote for an offset at several speeds, and only those that agree on one are kept.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.video import INTERVAL
from fanal.engine.match.frames.pairs import FramePairs
from fanal.engine.match.frames.witnesses import film_proof

TOLERANCE = 1.0
"""Seconds by which a pair may stray from the line: films are sampled about once a second."""
LONGEST_GAP = 4.0
"""Seconds without a like frame after which a new segment begins."""
MOST_CUTS = 16
"""Lines that are looked for in one pair of films: a film may be cut and put together anew."""
SPEEDS = (1.0, 0.95, 1.05, 0.9, 1.1, 0.85, 1.15, 0.8, 1.2, 1.25)
"""Seconds of the reference for one of the query. The first is taken unless another gets clearly more votes."""

_CLEARLY, _CLEARLY_MORE = 1.15, 2
_SHARP = 0.15
_CLOSE_BITS = 6.0
_FEWEST_FOR_SPEED, _LONG_ENOUGH, _FASTER = 6, 4.0, 0.06
_MOST_TRIED = 1000
_FRAME = 0.09


class Samples(NamedTuple):
    """All times at which two films were looked at, in order; empty where that is not known."""

    query: NDArray[np.float64] = np.empty(0)
    reference: NDArray[np.float64] = np.empty(0)


class Segment(NamedTuple):
    """A stretch that both films share, in seconds."""

    query: tuple[float, float]
    reference: tuple[float, float]
    agreeing: FramePairs
    """The frames that agree, one pair for each frame of the query, in order."""

    @property
    def distances(self) -> tuple[int, ...]:
        """Of the frames that agree."""
        return tuple(self.agreeing.distance.tolist())


class _Line(NamedTuple):
    """Seconds of the reference = speed * seconds of the query + offset."""

    speed: float
    offset: float

    def strays(self, pairs: FramePairs) -> NDArray[np.float64]:
        return pairs.reference - self.speed * pairs.query - self.offset

    def at(self, time: float) -> float:
        return self.speed * time + self.offset


_UNKNOWN = Samples()


def shared_segments(pairs: FramePairs, samples: Samples = _UNKNOWN) -> list[Segment]:
    """Return the stretches that two films share, the best supported line first, each frame of the query once."""
    segments: list[Segment] = []
    left = pairs
    for _ in range(MOST_CUTS):
        if not len(left.query):
            break
        line = _line(left)
        voters = _one_a_frame(left.kept(np.abs(line.strays(left)) <= TOLERANCE))
        if not len(voters.query):
            break
        line = _refined(line, voters)
        segments += [_segment(run, line, samples) for run in _runs(voters)]
        left = left.kept(~np.isin(left.query, voters.query))
    return segments


def _line(pairs: FramePairs) -> _Line:
    """Return the line that most frames of the query agree on."""
    best, most = _offset(pairs, SPEEDS[0])
    speed = SPEEDS[0]
    for other in SPEEDS[1:]:
        offset, votes = _offset(pairs, other)
        if votes >= most + _CLEARLY_MORE and votes > _CLEARLY * most:
            best, most, speed = offset, votes, other
    return _Line(speed, best)


def _offset(pairs: FramePairs, speed: float) -> tuple[float, int]:
    """Return the offset that most frames agree on at a speed, and how many; near ties go to the smaller distances."""
    offsets = pairs.reference - speed * pairs.query
    bins = np.floor(offsets / TOLERANCE).astype(np.int64)
    frames = np.unique(np.stack([bins, _ranks(pairs.query)]), axis=1)[0]
    places, votes = np.unique(frames, return_counts=True)
    count = dict(zip(places.tolist(), votes.tolist(), strict=True))
    joint = np.array([count[place] + count.get(place + 1, 0) for place in places.tolist()])
    best = int(places[joint.argmax()])
    near = (bins == best) | (bins == best + 1)
    weight = 1.0 / (1.0 + pairs.distance[near])
    return float(np.average(offsets[near], weights=weight)), int(joint.max())


def _refined(line: _Line, voters: FramePairs) -> _Line:
    """Return the line where pairs agree most sharply: frames at a cut are the very same, others only near in time."""
    weight = _weight(voters)
    speed = _speed(line.speed, voters, weight)
    offsets = voters.reference - speed * voters.query
    sharp = np.abs(offsets[:, None] - offsets[None, :_MOST_TRIED]) <= _SHARP
    best = sharp[:, int((sharp * weight[:, None]).sum(axis=0).argmax())]
    if float(weight[best].sum()) * 2 <= float(weight.sum()):
        best = np.ones(len(offsets), np.bool_)
    return _Line(speed, float(np.average(offsets[best], weights=weight[best])))


def _speed(speed: float, voters: FramePairs, weight: NDArray[np.float64]) -> float:
    """Return the speed that fits best; as it is, where the frames lie too near each other to tell."""
    lasting = float(np.ptp(voters.query))
    if len(voters.query) < _FEWEST_FOR_SPEED or lasting < _LONG_ENOUGH:
        return speed
    fitted = float(np.polyfit(voters.query, voters.reference, 1, w=np.sqrt(weight))[0])
    changed = speed != 1.0 or abs(fitted - 1) * lasting > TOLERANCE / 2
    return fitted if changed and abs(fitted - speed) <= _FASTER else speed


def _weight(pairs: FramePairs) -> NDArray[np.float64]:
    weight: NDArray[np.float64] = np.exp(-(pairs.distance - pairs.distance.min()) / _CLOSE_BITS)
    return weight


def _ranks(times: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.unique(times, return_inverse=True)[1].astype(np.int64)


def _one_a_frame(pairs: FramePairs) -> FramePairs:
    """Keep for each frame of the query its nearest frame of the reference, in order of time."""
    order = np.lexsort((pairs.distance, pairs.query))
    first = np.concatenate([[True], np.diff(pairs.query[order]) > 0])[: len(order)]
    return pairs.kept(order[first])


def _runs(pairs: FramePairs) -> list[FramePairs]:
    breaks = np.flatnonzero(np.diff(pairs.query) > LONGEST_GAP) + 1
    return [pairs.kept(part) for part in np.split(np.arange(len(pairs.query)), breaks)]


def _segment(run: FramePairs, line: _Line, samples: Samples) -> Segment:
    first, last = float(run.query.min()), float(run.query.max())
    until = _until(samples.query, last)
    start, stop = max(0.0, line.at(first)), line.at(until)
    end = _end(samples.reference)
    if end is not None and start < end < stop:
        stop = end
    return Segment(
        (round(first, 3), round(until, 3)),
        (round(start, 3), round(stop, 3)),
        run,
    )


def _until(times: NDArray[np.float64], last: float) -> float:
    """Return how long what was seen at a time was shown: until the next look, or the end of the film."""
    later = times[times > last + 1e-6]
    if len(later):
        return float(min(later[0], last + INTERVAL))
    end = _end(times)
    return end if end is not None else last + INTERVAL


def _end(times: NDArray[np.float64]) -> float | None:
    """Return where a film ends: at its last look, or after it if that was one of those a second."""
    if not len(times):
        return None
    last = float(times[-1])
    of_a_second = (last + 0.002) % 1 < _FRAME and (len(times) == 1 or last - times[-2] > INTERVAL - _FRAME)
    return last + INTERVAL if of_a_second else last


def proof(segments: Sequence[Segment], pairs: FramePairs, usable: int) -> float:
    """Return what stretches found among like frames prove together: see `film_proof`."""
    if not segments:
        return 0.0
    runs = [one.agreeing for one in segments]
    query, reference, distance = (
        np.concatenate([getattr(run, name) for run in runs]) for name in ("query", "reference", "distance")
    )
    still = None if pairs.still is None else np.concatenate([run.still for run in runs if run.still is not None])
    return film_proof(FramePairs(query, reference, distance, still), pairs, usable)
