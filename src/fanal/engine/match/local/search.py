"""Finds pictures that show the same as a query, or as a part of it: candidates from the index, then geometry."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.fingerprint.local.words import mirrored_words
from fanal.engine.match.local.around import Around, around
from fanal.engine.match.local.boxed import Shown, sighting
from fanal.engine.match.local.confidence import FEW, needed_evidence, needed_points
from fanal.engine.match.local.evidence import of_hits
from fanal.engine.match.local.geometry import MOST_PAIRS, Agreement, Matrix, agree, apply, within
from fanal.engine.match.local.index import Hits, LocalIndex, words_near
from fanal.engine.match.local.proposals import propose
from fanal.engine.match.local.votes import Votes, candidates

FEWEST_POINTS = 6
"""Agreeing points below which nothing is said at all."""
CANDIDATES = 50
"""Pictures of one index that are looked at closely; a byte counts them."""
_NEARLY = 0.1
"""Share of a picture's longer side within which a pair says the same as a transform that was found."""
_NOTHING = 0.1
"""Hits of a marked part that prove no more than this have no vote."""
PARTS = 4
"""Transforms that one pair may have: a collage shows a picture more than once, or several of its parts."""


@dataclass(frozen=True, slots=True)
class LocalMatch:
    """One transform between a query and a picture of the index."""

    picture: int
    """Number of the picture in the index."""
    points: int
    """Distinct agreeing points: the score."""
    tried: int
    """Pairs of features that looked alike, agreeing or not."""
    transform: Matrix
    """[3, 3]: from pixels of the query to pixels of the picture."""
    mirrored: bool
    here: NDArray[np.float32]
    """[points, 2]: the points in the query."""
    there: NDArray[np.float32]
    """[points, 2]: the same in the picture."""
    evidence: float | None = None
    """Of a marked part: how much all its features together prove, a logarithm of odds; None for whole pictures."""
    among: int = FEW
    """How many pictures the query was compared with."""
    within: int | None = None
    """Of a whole picture: pairs of those tried that lie in the query where the picture was found to lie."""
    features: NDArray[np.int64] | None = None
    """Of a whole picture: [points, 2], the numbers of the points' features in the query and in the picture."""

    @property
    def accepted(self) -> bool:
        """Whether both belong together at the published operating point."""
        return self.surety >= 1

    @property
    def surety(self) -> float:
        """What was found, in units of what is asked for."""
        if self.evidence is None:
            return self.points / needed_points(self.tried, self.among, self.within)
        return self.evidence / needed_evidence(self.among)

    @property
    def needed(self) -> int:
        """How many points make a link; of a marked part, points that prove as much each as these do."""
        if self.evidence is None:
            return needed_points(self.tried, self.among, self.within)
        return math.ceil(self.points / max(self.surety, 0.01))

    def outline_there(self, x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
        """Return the four corners, in the picture, of a box of the query."""
        return apply(self.transform, corners(x, y, width, height))

    def outline_here(self, x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
        """Return the four corners, in the query, of a box of the picture."""
        return apply(np.asarray(np.linalg.inv(self.transform), np.float64), corners(x, y, width, height))


def corners(x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
    """Return the corners of a box, [4, 2], from the upper left one with the clock."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def find(
    index: LocalIndex, query: LocalPrint, *, fewest: int = FEWEST_POINTS, most: int = CANDIDATES, threads: int = 1
) -> list[LocalMatch]:
    """Return what the pictures of an index share with a query, the surest first.

    Both the query and its mirror image are looked for. A pair of whole pictures may have several transforms, as
    collages have; a marked part has one, and is weighed by all its features, however few points are found.
    """
    ways = both_ways(query)
    looked = look_up(index, ways, threads)
    among = around(len(query), looked, len(index))
    return judged(index, ways, looked, among, fewest=fewest, most=most, threads=threads)


class Way(NamedTuple):
    """A query as it is, or its mirror image, with what is asked of every index."""

    query: LocalPrint
    geometry: NDArray[np.float32]
    """[n, 4]: x, y, scale, direction of each feature."""
    near: NDArray[np.int64]
    """[n, PROBES]: the words to look into."""


Ways = tuple[Way, Way]
"""A query as it is, and mirrored."""


def both_ways(query: LocalPrint) -> Ways:
    """Return a query as it is and mirrored. Words that are near a mirrored feature are those near it, mirrored."""
    near, mirrored = words_near(query), query.mirrored
    return Way(query, query.geometry, near), Way(mirrored, mirrored.geometry, mirrored_words(near))


Looked = tuple[Hits, ...]
"""What looks like the features of a query, and like those of its mirror image; empty where there is nothing at all."""


def look_up(index: LocalIndex, ways: Ways, threads: int = 1) -> Looked:
    """Return the features of an index that look like those of a query, as it is and mirrored."""
    if not len(ways[0].query) or not len(index):
        return ()

    def hits(way: Way) -> Hits:
        return index.look_up(way.query, near=way.near, threads=max(1, threads // 2))

    if threads == 1:
        return tuple(map(hits, ways))
    # Both ways at once: so each reads the lists that its features have in common once.
    with ThreadPoolExecutor(2) as pool:
        return tuple(pool.map(hits, ways))


def judged(
    index: LocalIndex,
    ways: Ways,
    looked: Looked,
    among: Around,
    *,
    fewest: int = FEWEST_POINTS,
    most: int = CANDIDATES,
    threads: int = 1,
) -> list[LocalMatch]:
    """Return what the pictures of an index share with a query, of what was looked up there, the surest first.

    `among` is all that the query is compared with, of which the index may be a part.
    """
    pairs = list(zip(ways, looked, strict=False))
    shown = _seen if ways[0].query.is_part else _shown

    def candidates_of(one: tuple[Way, Hits]) -> list[_Candidate]:
        found = list(_candidates(index, *one, among, most))
        return found if one[0].query.is_part else _promising(index, found, fewest)

    def matches_of(candidate: _Candidate) -> list[LocalMatch]:
        found = [replace(match, among=among.pictures) for match in shown(index, candidate, among, fewest)]
        return [_unflipped(match, ways[0].query.width) for match in found] if candidate.way is ways[1] else found

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            each = list(pool.map(matches_of, chain.from_iterable(pool.map(candidates_of, pairs))))
    else:
        each = [matches_of(one) for pair in pairs for one in candidates_of(pair)]
    return sorted((match for one in each for match in one), key=lambda match: (-match.surety, match.picture))


class _Candidate(NamedTuple):
    """A picture that is worth a closer look, and the pairs of features that say so: here, there, bits."""

    way: Way
    """The query, or its mirror image: what the picture resembles."""
    picture: int
    pairs: NDArray[np.int64]
    proposed: NDArray[np.bool_] | None = None
    """Of a whole picture: the pairs that agree with the best proposal."""


def _candidates(index: LocalIndex, way: Way, hits: Hits, among: Around, most: int) -> Iterator[_Candidate]:
    picture = index.picture_of(hits.feature)
    votes = Votes(hits.query, hits.feature, picture, hits.bits)
    sizes = index.sizes
    if way.query.is_part:
        some, worth = of_hits(hits.query, hits.bits, picture, among.levels, sizes, _NOTHING)
        votes = votes.take(some)._replace(worth=worth)
    else:
        sizes = np.minimum(sizes, CORE_FEATURES)
    chosen = candidates(votes, way.geometry[:, 2:], index.geometry[:, 2:], sizes, most)
    place = np.full(len(index), len(chosen), np.uint8)
    place[chosen] = np.arange(len(chosen))
    places = place[picture]
    mine = np.flatnonzero(places < len(chosen))
    # So few that one byte tells them apart: of bytes, sorting is counting.
    order = mine[np.argsort(places[mine], kind="stable")]
    stops = np.cumsum(np.bincount(places[mine], minlength=len(chosen)))
    pairs = np.stack([hits.query[order], hits.feature[order], hits.bits[order]], axis=1).astype(np.int64)
    pairs[:, 1] -= index.starts[picture[order]]
    for number, mine in zip(chosen.tolist(), np.split(pairs, stops[:-1]) if len(chosen) else (), strict=True):
        yield _Candidate(way, number, mine)


def _promising(index: LocalIndex, found: Sequence[_Candidate], fewest: int) -> list[_Candidate]:
    """Return those whole pictures of which at least `fewest` pairs agree with what one of them proposes."""
    kept = [replaced for one in found if len((replaced := _of_fewer_pairs(one)).pairs) >= fewest]
    if not kept:
        return []
    starts = np.cumsum([0, *(len(one.pairs) for one in kept)])
    pictures = np.array([one.picture for one in kept])
    pairs = np.concatenate([one.pairs for one in kept])
    there = index.geometry[pairs[:, 1] + np.repeat(index.starts[pictures], np.diff(starts))]
    here = kept[0].way.geometry[pairs[:, 0]]
    marked, promising = propose(here, there, starts, index.frames[pictures].max(axis=1), fewest)
    return [
        one._replace(proposed=marked[start:stop])
        for one, start, stop, worth in zip(kept, starts[:-1], starts[1:], promising, strict=True)
        if worth
    ]


def _of_fewer_pairs(candidate: _Candidate) -> _Candidate:
    """Return a candidate with the pairs that are most alike, where there are too many; ordered as they were."""
    pairs = candidate.pairs
    if len(pairs) <= MOST_PAIRS:
        return candidate
    return candidate._replace(pairs=pairs[np.sort(np.argsort(pairs[:, 2], kind="stable")[:MOST_PAIRS])])


def _shown(index: LocalIndex, candidate: _Candidate, _: Around, fewest: int) -> Iterator[LocalMatch]:
    """Yield the transforms that pairs of two whole pictures agree on."""
    here = candidate.way.geometry[candidate.pairs[:, 0]]
    there = index.geometry[index.features_of(candidate.picture)][candidate.pairs[:, 1]]
    frame = index.frames[candidate.picture]
    for agreement, left in _agreements(here, there, int(frame.max()), fewest, candidate.proposed):
        spots = here[agreement.inliers, :2], there[agreement.inliers, :2]
        inside = within(agreement.transform, here[left, :2], frame)
        match = LocalMatch(candidate.picture, len(spots[0]), len(left), agreement.transform, False, *spots)
        yield replace(match, within=inside, features=candidate.pairs[agreement.inliers, :2])


def _seen(index: LocalIndex, candidate: _Candidate, among: Around, _: int) -> Iterator[LocalMatch]:
    """Yield where a picture shows what the query's box holds."""
    here, there = candidate.way.geometry, index.geometry[index.features_of(candidate.picture)]
    width, height = index.frames[candidate.picture].tolist()
    query = candidate.way.query
    seen = sighting(
        Shown(here, query.signatures, query.tints),
        Shown(there, index.marks_of(candidate.picture), index.tints[index.features_of(candidate.picture)]),
        (width, height),
        candidate.pairs,
        among.levels,
    )
    if seen is not None:
        spots = here[seen.here, :2], there[seen.there, :2]
        tried, points = len(candidate.pairs), len(seen.here)
        yield LocalMatch(candidate.picture, points, tried, seen.transform, False, *spots, evidence=seen.evidence)


def _unflipped(match: LocalMatch, width: int) -> LocalMatch:
    """Return a match of the mirrored query as one of the query, which is so many pixels wide."""
    here = match.here.copy()
    here[:, 0] = width - 1 - here[:, 0]
    transform = match.transform @ np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    return replace(match, transform=transform / transform[2, 2], mirrored=True, here=here)


def _agreements(
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    size: int,
    fewest: int,
    proposed: NDArray[np.bool_] | None,
) -> list[tuple[Agreement, NDArray[np.int64]]]:
    """Return the transforms one after the other, each with the numbers of the pairs that it was found among.

    `proposed` marks the pairs that agree with the best proposal of all.
    """
    left = np.arange(len(here))
    found: list[tuple[Agreement, NDArray[np.int64]]] = []
    while len(found) < PARTS:
        agreement = agree(here[left], there[left], size, fewest, None if found else proposed)
        if agreement is None:
            break
        inliers = left[agreement.inliers]
        found.append((Agreement(agreement.transform, inliers), left))
        # Used spots go, and what agrees nearly, or the same transform is found again a little off. A spot of the
        # picture may serve once more elsewhere: a query that shows it twice has two spots for it.
        off = np.abs(apply(agreement.transform, here[left, :2].astype(np.float64)) - there[left, :2]).max(axis=1)
        used = np.isin(here[left, 0], here[inliers, 0]) | ~(off > _NEARLY * size)
        left = left[~used]
    return found
