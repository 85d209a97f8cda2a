"""Finds pictures that show the same as a query, or as a part of it: candidates from the index, then geometry."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.match.local.confidence import needed_points
from fanal.engine.match.local.geometry import MOST_PAIRS, Agreement, Matrix, agree, apply
from fanal.engine.match.local.index import Hits, LocalIndex
from fanal.engine.match.local.votes import candidates

FEWEST_POINTS = 6
"""Agreeing points below which nothing is said at all."""
CANDIDATES = 50
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

    @property
    def accepted(self) -> bool:
        """Whether two whole pictures belong together at the published operating point."""
        return self.points >= needed_points(self.tried)

    def outline_there(self, x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
        """Return the four corners, in the picture, of a box of the query."""
        return apply(self.transform, _corners(x, y, width, height))

    def outline_here(self, x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
        """Return the four corners, in the query, of a box of the picture."""
        return apply(np.asarray(np.linalg.inv(self.transform), np.float64), _corners(x, y, width, height))


def _corners(x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def find(
    index: LocalIndex, query: LocalPrint, *, fewest: int = FEWEST_POINTS, most: int = CANDIDATES, threads: int = 1
) -> list[LocalMatch]:
    """Return what the pictures of an index share with a query, the most agreeing points first.

    Both the query and its mirror image are looked for. A pair may have several transforms, as collages have.
    """
    found: list[LocalMatch] = []
    if len(query) and len(index):
        for flip in (False, True):
            found += _find(index, query.mirrored if flip else query, flip, fewest, most, threads)
    return sorted(found, key=lambda match: (-match.points, match.picture))


def _find(index: LocalIndex, query: LocalPrint, flip: bool, fewest: int, most: int, threads: int) -> list[LocalMatch]:
    here = query.geometry
    hits = index.look_up(query, threads=threads)
    picture = index.picture_of(hits.feature)
    sizes = index.sizes if query.is_part else np.minimum(index.sizes, CORE_FEATURES)
    chosen = candidates(hits, picture, here[hits.query, 2:], index.geometry[hits.feature, 2:], sizes, most)
    order = np.argsort(picture, kind="stable")
    ends = np.searchsorted(picture[order], np.stack([chosen, chosen + 1]))
    found: list[LocalMatch] = []
    for number, start, stop in zip(chosen.tolist(), *ends.tolist(), strict=True):
        mine = _best(hits, order[start:stop])
        pair = here[hits.query[mine]], index.geometry[hits.feature[mine]]
        size = int(index.frames[number].max())
        for agreement, tried in _agreements(*pair, size, fewest):
            found.append(_match(number, agreement, tried, pair, flip, query.width))
    return found


def _best(hits: Hits, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) > MOST_PAIRS:
        rows = rows[np.argsort(hits.bits[rows], kind="stable")[:MOST_PAIRS]]
    return rows[np.argsort(hits.query[rows], kind="stable")]


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
        # All pairs of a used spot go, or the same transform is found again a little off.
        used = np.isin(here[left, 0], here[inliers, 0]) | np.isin(there[left, 0], there[inliers, 0])
        left = left[~used]
    return found


def _match(
    number: int,
    agreement: Agreement,
    tried: int,
    pair: tuple[NDArray[np.float32], NDArray[np.float32]],
    flip: bool,
    width: int,
) -> LocalMatch:
    here = pair[0][agreement.inliers, :2].copy()
    transform = agreement.transform
    if flip:
        here[:, 0] = width - 1 - here[:, 0]
        transform = transform @ np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    return LocalMatch(number, len(here), tried, transform / transform[2, 2], flip, here, pair[1][agreement.inliers, :2])
