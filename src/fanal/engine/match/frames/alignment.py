"""Which stretches of two films are the same: pairs of like frames that keep one offset in time.

Two unrelated films may share a like frame now and then; what they do not share is a row of them at the same pace. So
frames vote for an offset, and only those that agree on one are kept.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.video import INTERVAL

TOLERANCE = 1.0
"""Seconds by which a pair may stray from the offset: films are sampled once a second, and the pace may change a bit."""
LONGEST_GAP = 4.0
"""Seconds without a like frame after which a new segment begins."""
MOST_CUTS = 16
"""Offsets that are looked for in one pair of films: a film may be cut and put together anew."""


class FramePairs(NamedTuple):
    """Like frames of two films."""

    query: NDArray[np.float64]
    """[n] seconds."""
    reference: NDArray[np.float64]
    """[n] seconds."""
    distance: NDArray[np.int64]
    """[n] bits."""

    def kept(self, mask: NDArray[np.bool_]) -> "FramePairs":
        """Return the pairs where `mask` is true."""
        return FramePairs(self.query[mask], self.reference[mask], self.distance[mask])


class Segment(NamedTuple):
    """A stretch that both films share, in seconds."""

    query: tuple[float, float]
    reference: tuple[float, float]
    distances: tuple[int, ...]
    """Of the frames that agree, one for each frame of the query, in order."""


def shared_segments(pairs: FramePairs) -> list[Segment]:
    """Return the stretches that two films share, the best supported offset first, each frame of the query once."""
    segments: list[Segment] = []
    for _ in range(MOST_CUTS):
        if not len(pairs.query):
            break
        voters = pairs.kept(np.abs(pairs.reference - pairs.query - _offset(pairs)) <= TOLERANCE)
        segments += _runs(_one_a_frame(voters))
        pairs = pairs.kept(~np.isin(pairs.query, voters.query))
    return segments


def _offset(pairs: FramePairs) -> float:
    """Return the offset that most frames of the query agree on; near ties go to the smaller distances."""
    offsets = pairs.reference - pairs.query
    bins = np.floor(offsets / TOLERANCE).astype(np.int64)
    frames = np.unique(np.stack([bins, _ranks(pairs.query)]), axis=1)[0]
    places, votes = np.unique(frames, return_counts=True)
    count = dict(zip(places.tolist(), votes.tolist(), strict=True))
    joint = np.array([count[place] + count.get(place + 1, 0) for place in places.tolist()])
    best = int(places[joint.argmax()])
    near = (bins == best) | (bins == best + 1)
    weight = 1.0 / (1.0 + pairs.distance[near])
    return float(np.average(offsets[near], weights=weight))


def _ranks(times: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.unique(times, return_inverse=True)[1].astype(np.int64)


def _one_a_frame(pairs: FramePairs) -> FramePairs:
    """Keep for each frame of the query its nearest frame of the reference, in order of time."""
    order = np.lexsort((pairs.distance, pairs.query))
    first = np.concatenate([[True], np.diff(pairs.query[order]) > 0])
    chosen = order[first]
    return FramePairs(pairs.query[chosen], pairs.reference[chosen], pairs.distance[chosen])


def _runs(pairs: FramePairs) -> list[Segment]:
    breaks = np.flatnonzero(np.diff(pairs.query) > LONGEST_GAP) + 1
    segments = []
    for part in np.split(np.arange(len(pairs.query)), breaks):
        query, reference = pairs.query[part], pairs.reference[part]
        segments.append(
            Segment(
                (float(query.min()), float(query.max() + INTERVAL)),
                (float(reference.min()), float(reference.max() + INTERVAL)),
                tuple(int(distance) for distance in pairs.distance[part]),
            )
        )
    return segments
