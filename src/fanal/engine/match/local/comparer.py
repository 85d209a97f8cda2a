"""Pictures by contract: what their local features share, whole or boxed, and the films whose frames show it."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import TECHNIQUE, LocalPrint, unpack
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.video import INTERVAL
from fanal.engine.match.comparer import Bridges, Found
from fanal.engine.match.explain import Reason, explain_object, explain_shown
from fanal.engine.match.extent import Extent
from fanal.engine.match.frames.alignment import FramePairs, shared_segments
from fanal.engine.match.link import MOST_POINTS, Link, PointPair, Span, Spot
from fanal.engine.match.local.confidence import MOST_OF_EDGES, local_confidence
from fanal.engine.match.local.extent import along_edges, extent_of, turn_of
from fanal.engine.match.local.geometry import clipped
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import LocalMatch, find
from fanal.engine.match.local.through import MOST_BRIDGES, asked_again, vouched
from fanal.engine.match.tiers import Tier, Tiers

Item = tuple[Print, ...]
_MOST_SCORE = 200


class _Pictures:
    """The pictures and frames of several contents in one index."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.positions = [position for position, prints in enumerate(items) for _ in prints]
        self.times = [one.time for prints in items for one in prints]
        self.index = LocalIndex([unpack(one.data) for prints in items for one in prints])


_Tier = Tier[Item, _Pictures]


class _There(NamedTuple):
    """A match, and where what was found is kept."""

    owner: int
    match: LocalMatch
    pictures: LocalIndex
    time: float | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width, height = self.pictures.frames[self.match.picture].tolist()
        return width, height


class _Seen(NamedTuple):
    """One match of one print of the query."""

    there: _There
    query: LocalPrint
    time: float | None
    through: bool = False

    @property
    def match(self) -> LocalMatch:
        """What was found."""
        return self.there.match

    @property
    def along_edges(self) -> bool:
        """Whether only what is laid along the edges of whole pictures is alike."""
        size = (self.query.width, self.query.height)
        return not self.query.is_part and along_edges(self.match.here, self.match.there, size, self.there.size)

    @property
    def accepted(self) -> bool:
        """Whether it makes a link."""
        return self.match.accepted and not self.along_edges


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
        for owner, found in sorted(self._seen(self._tiers.tiers(), prints, threads).items()):
            yield Found(owner, _link(found))

    def search_through(self, prints: Sequence[Print], bridges: Bridges, threads: int = 1) -> Iterator[Found]:
        """See `BridgingComparer.search_through`. Only marked parts are asked for again."""
        tiers = self._tiers.tiers()
        seen = self._seen(tiers, prints, threads)
        for sure in list(self._through(tiers, seen, bridges, threads)):
            seen[sure.there.owner] = [sure]
        for owner, found in sorted(seen.items()):
            yield Found(owner, _link(found))

    def _seen(self, tiers: Sequence[_Tier], prints: Sequence[Print], threads: int) -> dict[int, list[_Seen]]:
        seen: dict[int, list[_Seen]] = defaultdict(list)
        for one in prints:
            if one.technique == TECHNIQUE:
                query = unpack(one.data)
                for there in self._matches(tiers, query, threads):
                    seen[there.owner].append(_Seen(there, query, one.time))
        return seen

    def _matches(self, tiers: Sequence[_Tier], query: LocalPrint, threads: int) -> Iterator[_There]:
        for tier in tiers:
            pictures = tier.index
            for match in find(pictures.index, query, threads=threads):
                owner = self._tiers.holds(tier, pictures.positions[match.picture])
                if owner is not None:
                    yield _There(owner, match, pictures.index, pictures.times[match.picture])

    def _through(
        self, tiers: Sequence[_Tier], seen: Mapping[int, list[_Seen]], bridges: Bridges, threads: int
    ) -> Iterator[_Seen]:
        """Yield what was found of a marked part, but not surely, where another picture that shows it says the same."""
        best = {owner: max(found, key=_surety) for owner, found in seen.items()}
        surest = sorted(best.values(), key=_surety, reverse=True)
        leading = [one for one in surest if one.query.is_part and one.match.accepted and bridges(one.there.owner)]
        for one in leading[:MOST_BRIDGES]:
            again = asked_again(one.there.pictures, one.match)
            for there in self._matches(tiers, again, threads) if again else ():
                known = best.get(there.owner)
                if known is None or known.match.accepted:
                    continue
                sure = vouched(known.match, one.match, there.match, known.query.box)
                if sure is not None:
                    best[there.owner] = known._replace(there=known.there._replace(match=sure), through=True)
                    yield best[there.owner]


def _surety(seen: _Seen) -> tuple[bool, float, int]:
    return not seen.along_edges, seen.match.surety, seen.match.points


def _link(found: list[_Seen]) -> Link:
    """Return the link that matches of one pair make: the best, its other places, and the stretches of film."""
    best = max(found, key=_surety)
    others = [one for one in found if one is not best and one.accepted and _same_frames(one, best)]
    parts = tuple(_one(one) for one in sorted(others, key=lambda one: -one.match.points))
    link = _one(best, parts)
    return link if not link.segments else _of_films(link, [one for one in found if one.accepted] or [best])


def _same_frames(one: _Seen, other: _Seen) -> bool:
    return (one.time, one.there.time) == (other.time, other.there.time)


def _one(seen: _Seen, parts: tuple[Link, ...] = ()) -> Link:
    match, query = seen.match, seen.query
    here = clipped(match.outline_here(0, 0, *seen.there.size), query.box)
    there = clipped(match.outline_there(*query.box), (0, 0, *seen.there.size))
    return Link(
        TECHNIQUE,
        min(local_confidence(match.surety, 1), MOST_OF_EDGES if seen.along_edges else 1.0),
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


def _why(seen: _Seen, here: NDArray[np.float64], there: NDArray[np.float64]) -> Reason:
    """Return the reason of one match; `here` and `there` outline what both could share."""
    match, query = seen.match, seen.query
    if query.is_part:
        return explain_object(match.points, mirrored=match.mirrored, through=seen.through)
    extent = Extent.EDGES if seen.along_edges else Extent.UNSAID
    if not extent and seen.time is None and seen.there.time is None:
        extent = extent_of(match.here, here, there, query.width * query.height, math.prod(seen.there.size))
    return explain_shown(
        match.points, mirrored=match.mirrored, extent=extent, turn=turn_of(match.transform, mirrored=match.mirrored)
    )


def _seconds(seen: _Seen) -> tuple[Span, Span]:
    here = (0.0, 0.0) if seen.time is None else (seen.time, seen.time + INTERVAL)
    there = (0.0, 0.0) if seen.there.time is None else (seen.there.time, seen.there.time + INTERVAL)
    return here, there


def _of_films(link: Link, found: list[_Seen]) -> Link:
    """Return the link with the stretches of time that its frames agree on."""
    both = [(one.time, one.there.time, one.match.points) for one in found if one.time is not None]
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
