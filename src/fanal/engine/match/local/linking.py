"""The link that matches of one pair make: the best of them, its other places, and the stretches of film."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.video import INTERVAL
from fanal.engine.match.confidence import film_frames_needed
from fanal.engine.match.explain import Reason, explain_object, explain_shown
from fanal.engine.match.frames.alignment import Samples, proof, shared_segments
from fanal.engine.match.frames.pairs import FramePairs
from fanal.engine.match.link import MOST_POINTS, Link, PointPair, Span, Spot
from fanal.engine.match.local.confidence import MOST_OF_EDGES, local_confidence
from fanal.engine.match.local.extent import extent_of, turn_of
from fanal.engine.match.local.geometry import clipped
from fanal.engine.match.local.search import LocalMatch
from fanal.engine.match.local.seen import Seen

_WEAKEST = 40
"""What stands for a distance where a pair of frames agrees in nothing: as many bits would make it unlike."""


def link_of(found: Sequence[Seen], samples: NDArray[np.float64]) -> Link:
    """Return the link of one pair; `samples` are the seconds at which the query, where it is a film, has prints."""
    best = max(found, key=lambda one: one.surety)
    others = [one for one in found if one is not best and one.accepted and _same_frames(one, best)]
    parts = tuple(_one(one) for one in sorted(others, key=lambda one: -one.match.points))
    link = _one(best, parts)
    return link if not link.segments else _of_films(link, found, Samples(samples, best.there.samples))


def _same_frames(one: Seen, other: Seen) -> bool:
    return (one.time, one.there.time) == (other.time, other.there.time)


def _one(seen: Seen, parts: tuple[Link, ...] = ()) -> Link:
    match, query = seen.match, seen.query
    here = clipped(match.outline_here(0, 0, *seen.there.size), query.box)
    there = clipped(match.outline_there(*query.box), (0, 0, *seen.there.size))
    return Link(
        TECHNIQUE,
        min(local_confidence(match.surety, 1), MOST_OF_EDGES if seen.laid_over else 1.0),
        seen.accepted,
        _why(seen, here, there),
        segments=() if seen.time is None and seen.there.time is None else (_seconds(seen),),
        agreeing=match.points,
        needed=match.needed,
        transform=tuple(round(float(value), 6) for value in match.transform.ravel()),
        points=_points(match),
        here=_spots(here),
        there=_spots(there),
        parts=parts,
    )


def _why(seen: Seen, here: NDArray[np.float64], there: NDArray[np.float64]) -> Reason:
    """Return the reason of one match; `here` and `there` outline what both could share."""
    match, query = seen.match, seen.query
    if query.is_part:
        return explain_object(match.points, mirrored=match.mirrored, through=seen.through)
    extent = seen.laid_over
    if not extent and seen.time is None and seen.there.time is None:
        extent = extent_of(match.here, here, there, query.width * query.height, math.prod(seen.there.size))
    return explain_shown(
        match.points, mirrored=match.mirrored, extent=extent, turn=turn_of(match.transform, mirrored=match.mirrored)
    )


def _seconds(seen: Seen) -> tuple[Span, Span]:
    here = (0.0, 0.0) if seen.time is None else (seen.time, seen.time + INTERVAL)
    there = (0.0, 0.0) if seen.there.time is None else (seen.there.time, seen.there.time + INTERVAL)
    return here, there


def _of_films(link: Link, found: Sequence[Seen], samples: Samples) -> Link:
    """Return the link with the stretches that frames of two films agree on; what stands still in both proves little."""
    pairs = _frame_pairs([one for one in found if one.accepted])
    if not len(pairs.query):
        return link
    stretches = shared_segments(pairs, samples)
    usable = min(len(samples.query), len(samples.reference))
    enough = min(1.0, proof(stretches, pairs, usable) / film_frames_needed(usable))
    return replace(
        link,
        accepted=link.accepted and enough >= 1,
        confidence=round(link.confidence * enough, 4),
        segments=tuple((one.query, one.reference) for one in sorted(stretches, key=lambda one: one.query)),
    )


def _frame_pairs(found: list[Seen]) -> FramePairs:
    best: dict[tuple[float, float], Seen] = {}
    for one in found:
        if one.time is not None and one.there.time is not None:
            known = best.setdefault((one.time, one.there.time), one)
            if one.match.points > known.match.points:
                best[one.time, one.there.time] = one
    both = list(best.values())
    most = max((one.match.points for one in both), default=1)
    weak = [round(_WEAKEST * (1 - one.match.points / most)) for one in both]
    return FramePairs(
        np.array([one.time for one in both], np.float64),
        np.array([one.there.time for one in both], np.float64),
        np.array(weak, np.int64),
        np.array([one.is_still for one in both], np.bool_),
    )


def _points(match: LocalMatch) -> tuple[PointPair, ...]:
    """Return matched points, as many as can be told apart, spread over all there are."""
    pairs = np.concatenate([match.here, match.there], axis=1).astype(np.float64)
    chosen = np.unique(np.linspace(0, len(pairs) - 1, min(MOST_POINTS, len(pairs))).round().astype(np.int64))
    rounded = pairs[chosen].round(1).tolist()
    return tuple((a, b, c, d) for a, b, c, d in rounded)


def _spots(outline: NDArray[np.float64]) -> tuple[Spot, ...]:
    return tuple((round(x, 1), round(y, 1)) for x, y in outline.tolist())
