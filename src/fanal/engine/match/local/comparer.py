"""Pictures by contract: what their local features share, whole or boxed, and the films whose frames show it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import TECHNIQUE, LocalPrint, unpack
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.video import INTERVAL
from fanal.engine.match.comparer import Found
from fanal.engine.match.explain import explain_object, explain_shown
from fanal.engine.match.frames.alignment import FramePairs, shared_segments
from fanal.engine.match.link import MOST_POINTS, Link, PointPair, Span, Spot
from fanal.engine.match.local.confidence import local_confidence
from fanal.engine.match.local.geometry import clipped
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import LocalMatch, find
from fanal.engine.match.tiers import Tiers

Item = tuple[Print, ...]
_MOST_SCORE = 200


class _Pictures:
    """The pictures and frames of several contents in one index."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.positions = [position for position, prints in enumerate(items) for _ in prints]
        self.times = [one.time for prints in items for one in prints]
        self.index = LocalIndex([unpack(one.data) for prints in items for one in prints])


class _Seen(NamedTuple):
    """One match of one print of the query."""

    match: LocalMatch
    query: LocalPrint
    time: float | None
    there: tuple[int, int]
    there_time: float | None


class LocalComparer:
    """Finds what shows the same as a picture, a frame of film or a marked part."""

    def __init__(self) -> None:
        self._tiers: Tiers[Item, _Pictures] = Tiers(_Pictures)

    def __len__(self) -> int:
        return len(self._tiers)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        mine = tuple(one for one in prints if one.technique == TECHNIQUE)
        for one in mine:
            unpack(one.data)
        if mine:
            self._tiers.put(owner, mine)
        else:
            self._tiers.drop(owner)

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        self._tiers.drop(owner)

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. A print of a part is looked for among all features, of a whole among the strongest."""
        seen: dict[int, list[_Seen]] = defaultdict(list)
        tiers = self._tiers.tiers()
        for one in prints:
            if one.technique != TECHNIQUE:
                continue
            query = unpack(one.data)
            for tier in tiers:
                for match in find(tier.index.index, query, threads=threads):
                    owner = self._tiers.holds(tier, tier.index.positions[match.picture])
                    if owner is not None:
                        width, height = tier.index.index.frames[match.picture].tolist()
                        there_time = tier.index.times[match.picture]
                        seen[owner].append(_Seen(match, query, one.time, (width, height), there_time))
        for owner, found in sorted(seen.items()):
            yield Found(owner, _link(found))


def _link(found: list[_Seen]) -> Link:
    """Return the link that matches of one pair make: the best, its other places, and the stretches of film."""
    best = max(found, key=lambda one: (one.match.surety, one.match.points))
    others = [one for one in found if one is not best and one.match.accepted and _same_frames(one, best)]
    parts = tuple(_one(one) for one in sorted(others, key=lambda one: -one.match.points))
    link = _one(best, parts)
    return link if not link.segments else _of_films(link, [one for one in found if one.match.accepted] or [best])


def _same_frames(one: _Seen, other: _Seen) -> bool:
    return (one.time, one.there_time) == (other.time, other.there_time)


def _one(seen: _Seen, parts: tuple[Link, ...] = ()) -> Link:
    match, query = seen.match, seen.query
    explained = explain_object if query.is_part else explain_shown
    return Link(
        TECHNIQUE,
        local_confidence(match.surety, 1),
        match.accepted,
        explained(match.points, mirrored=match.mirrored),
        segments=() if seen.time is None and seen.there_time is None else (_seconds(seen),),
        agreeing=match.points,
        needed=match.needed,
        transform=tuple(round(float(value), 6) for value in match.transform.ravel()),
        points=_points(match),
        here=_spots(clipped(match.outline_here(0, 0, *seen.there), query.box)),
        there=_spots(clipped(match.outline_there(*query.box), (0, 0, *seen.there))),
        parts=parts,
    )


def _seconds(seen: _Seen) -> tuple[Span, Span]:
    here = (0.0, 0.0) if seen.time is None else (seen.time, seen.time + INTERVAL)
    there = (0.0, 0.0) if seen.there_time is None else (seen.there_time, seen.there_time + INTERVAL)
    return here, there


def _of_films(link: Link, found: list[_Seen]) -> Link:
    """Return the link with the stretches of time that its frames agree on."""
    both = [(one.time, one.there_time, one.match.points) for one in found if one.time is not None]
    rows = np.array([(here, there, points) for here, there, points in both if there is not None], np.float64)
    if len(rows) < 2:
        return link
    weak = np.maximum(_MOST_SCORE - rows[:, 2], 0).astype(np.int64)
    stretches = shared_segments(FramePairs(rows[:, 0], rows[:, 1], weak))
    longest = sorted(stretches, key=lambda one: (-len(one.distances), one.query))
    return replace(link, segments=tuple((one.query, one.reference) for one in longest[:1]))


def _points(match: LocalMatch) -> tuple[PointPair, ...]:
    """Return matched points, as many as can be told apart, spread over all there are."""
    pairs = np.concatenate([match.here, match.there], axis=1).astype(np.float64)
    chosen = np.unique(np.linspace(0, len(pairs) - 1, min(MOST_POINTS, len(pairs))).round().astype(np.int64))
    rounded = pairs[chosen].round(1).tolist()
    return tuple((a, b, c, d) for a, b, c, d in rounded)


def _spots(outline: NDArray[np.float64]) -> tuple[Spot, ...]:
    return tuple((round(x, 1), round(y, 1)) for x, y in outline.tolist())
