"""Finds pictures that show the same as a query, or as a part of it: candidates from the index, then geometry."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.match.local.around import Around, around
from fanal.engine.match.local.boxed import sighting
from fanal.engine.match.local.confidence import FEW, needed_evidence, needed_points
from fanal.engine.match.local.evidence import of_hits
from fanal.engine.match.local.geometry import MOST_PAIRS, Agreement, Matrix, agree, apply
from fanal.engine.match.local.index import Hits, LocalIndex
from fanal.engine.match.local.votes import candidates

FEWEST_POINTS = 6
"""Agreeing points below which nothing is said at all."""
CANDIDATES = 50
_NEARLY = 0.1
"""Share of a picture's longer side within which a pair says the same as a transform that was found."""
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

    @property
    def accepted(self) -> bool:
        """Whether both belong together at the published operating point."""
        return self.surety >= 1

    @property
    def surety(self) -> float:
        """What was found, in units of what is asked for."""
        if self.evidence is None:
            return self.points / needed_points(self.tried, self.among)
        return self.evidence / needed_evidence(self.among)

    @property
    def needed(self) -> int:
        """How many points make a link; of a marked part, points that prove as much each as these do."""
        if self.evidence is None:
            return needed_points(self.tried, self.among)
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
    looked = look_up(index, query, threads)
    among = around(len(query), looked, len(index))
    return judged(index, query, looked, among, fewest=fewest, most=most, threads=threads)


Looked = tuple[Hits, ...]
"""What looks like the features of a query, and like those of its mirror image; empty where there is nothing at all."""


def look_up(index: LocalIndex, query: LocalPrint, threads: int = 1) -> Looked:
    """Return the features of an index that look like those of a query, as it is and mirrored."""
    if not len(query) or not len(index):
        return ()
    return tuple(index.look_up(asked, threads=threads) for asked in (query, query.mirrored))


def judged(
    index: LocalIndex,
    query: LocalPrint,
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

    def shown(candidate: _Candidate) -> list[LocalMatch]:
        asked = query.mirrored if candidate.flip else query
        found = _seen(index, asked, candidate, among) if query.is_part else _shown(index, asked, candidate, fewest)
        there = [replace(match, among=among.pictures) for match in found]
        return [_unflipped(match, query.width) for match in there] if candidate.flip else there

    def promising(flip: int) -> list[_Candidate]:
        return list(_candidates(index, query, bool(flip), looked[flip], among, most))

    ways = range(len(looked))
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            each = list(pool.map(shown, chain.from_iterable(pool.map(promising, ways))))
    else:
        each = [shown(one) for flip in ways for one in promising(flip)]
    return sorted((match for one in each for match in one), key=lambda match: (-match.surety, match.picture))


class _Candidate(NamedTuple):
    """A picture that is worth a closer look, and the pairs of features that say so: here, there, bits."""

    flip: bool
    """Whether it is the mirror image of the query that it resembles."""
    picture: int
    pairs: NDArray[np.int64]


def _candidates(
    index: LocalIndex, query: LocalPrint, flip: bool, hits: Hits, among: Around, most: int
) -> Iterator[_Candidate]:
    here = (query.mirrored if flip else query).geometry
    picture = index.picture_of(hits.feature)
    sizes = index.sizes if query.is_part else np.minimum(index.sizes, CORE_FEATURES)
    worth = of_hits(hits.bits, among.levels[hits.query], sizes[picture]) if query.is_part else None
    chosen = candidates(hits, picture, here[hits.query, 2:], index.geometry[hits.feature, 2:], sizes, most, worth)
    promising = np.zeros(len(index), np.bool_)
    promising[chosen] = True
    order = np.flatnonzero(promising[picture])
    order = order[np.argsort(picture[order], kind="stable")]
    ends = np.searchsorted(picture[order], np.stack([chosen, chosen + 1]))
    pairs = np.stack([hits.query[order], hits.feature[order], hits.bits[order]], axis=1).astype(np.int64)
    for number, start, stop in zip(chosen.tolist(), *ends.tolist(), strict=True):
        mine = pairs[start:stop].copy()
        mine[:, 1] -= index.starts[number]
        yield _Candidate(flip, number, mine)


def _shown(index: LocalIndex, query: LocalPrint, candidate: _Candidate, fewest: int) -> Iterator[LocalMatch]:
    """Yield the transforms that pairs of two whole pictures agree on."""
    pairs = candidate.pairs
    if len(pairs) > MOST_PAIRS:
        pairs = pairs[np.argsort(pairs[:, 2], kind="stable")[:MOST_PAIRS]]
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    here, there = query.geometry[pairs[:, 0]], index.geometry[index.features_of(candidate.picture)][pairs[:, 1]]
    size = int(index.frames[candidate.picture].max())
    for agreement, tried in _agreements(here, there, size, fewest):
        spots = here[agreement.inliers, :2], there[agreement.inliers, :2]
        yield LocalMatch(candidate.picture, len(spots[0]), tried, agreement.transform, False, *spots)


def _seen(index: LocalIndex, query: LocalPrint, candidate: _Candidate, among: Around) -> Iterator[LocalMatch]:
    """Yield where a picture shows what the query's box holds."""
    here, there = query.geometry, index.geometry[index.features_of(candidate.picture)]
    width, height = index.frames[candidate.picture].tolist()
    marks = index.marks_of(candidate.picture)
    seen = sighting(here, query.signatures, there, marks, (width, height), candidate.pairs, among.levels)
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
    here: NDArray[np.float32], there: NDArray[np.float32], size: int, fewest: int
) -> list[tuple[Agreement, int]]:
    """Return the transforms one after the other, each with the number of pairs it was found among."""
    left = np.arange(len(here))
    found: list[tuple[Agreement, int]] = []
    while len(found) < PARTS:
        agreement = agree(here[left], there[left], size, fewest)
        if agreement is None:
            break
        inliers = left[agreement.inliers]
        found.append((Agreement(agreement.transform, inliers), len(left)))
        # Used spots go, and what agrees nearly, or the same transform is found again a little off. A spot of the
        # picture may serve once more elsewhere: a query that shows it twice has two spots for it.
        off = np.abs(apply(agreement.transform, here[left, :2].astype(np.float64)) - there[left, :2]).max(axis=1)
        used = np.isin(here[left, 0], here[inliers, 0]) | ~(off > _NEARLY * size)
        left = left[~used]
    return found
