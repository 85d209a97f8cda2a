"""What local features of one query and one picture of an index were found to share."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import TECHNIQUE, LocalPrint, unpack
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.extent import Extent
from fanal.engine.match.local.extent import along_edges, within_edges
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.inward import Features, goes_inward
from fanal.engine.match.local.lines import COLOURED, nothing_else, on_one_line
from fanal.engine.match.local.search import LocalMatch
from fanal.engine.match.local.standing import standing
from fanal.engine.match.local.tinted import tinted_pairs

Item = tuple[Print, ...]


class Pictures:
    """The pictures and frames of several contents in one index."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.positions = [position for position, prints in enumerate(items) for _ in prints]
        self.times = [one.time for prints in items for one in prints]
        self.samples = [sample_times(prints) for prints in items]
        unpacked = [[(one.time, unpack(one.data)) for one in prints] for prints in items]
        self.still = [standing(frames) for frames in unpacked]
        self.index = LocalIndex([one for frames in unpacked for _, one in frames])


class There(NamedTuple):
    """A match, and where what was found is kept."""

    owner: int
    match: LocalMatch
    pictures: Pictures

    @property
    def time(self) -> float | None:
        """Seconds into the film; None for a still picture."""
        return self.pictures.times[self.match.picture]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width, height = self.pictures.index.frames[self.match.picture].tolist()
        return width, height

    @property
    def features(self) -> Features:
        """All that is stored of the picture."""
        index, picture = self.pictures.index, self.match.picture
        rows = index.features_of(picture)
        return Features(index.geometry[rows], index.marks_of(picture), index.tints[rows], self.size)

    @property
    def samples(self) -> NDArray[np.float64]:
        """Seconds at which its film has prints."""
        return self.pictures.samples[self.pictures.positions[self.match.picture]]

    @property
    def is_still(self) -> bool:
        """Whether its film stands still there, as a title card does."""
        return self.time in self.pictures.still[self.pictures.positions[self.match.picture]]


class Seen(NamedTuple):
    """One match of one print of the query."""

    there: There
    query: LocalPrint
    time: float | None
    is_still: bool = False
    """Whether both films stand still there."""
    through: bool = False
    """Whether a third picture vouches for it."""
    laid_over: Extent = Extent.UNSAID
    """How nothing but what is laid over whole pictures is alike: along their edges, or along a line; or unsaid."""

    @property
    def match(self) -> LocalMatch:
        """What was found."""
        return self.there.match

    @property
    def accepted(self) -> bool:
        """Whether it makes a link."""
        return self.match.accepted and not self.laid_over

    @property
    def surety(self) -> tuple[bool, float, int]:
        """What it is ranked by."""
        return not self.laid_over, self.match.surety, self.match.points


def laid_over(found: Sequence[There], query: LocalPrint) -> list[Extent]:
    """Return of each match how nothing is alike but what is laid over whole pictures; unsaid where more is.

    A frame repeats its buttons and letters, so that it agrees with itself shifted as well: where a frame lies over two
    pictures, nothing along the edges of both links them.
    """
    if query.is_part:
        return [Extent.UNSAID] * len(found)
    here = Features(query.geometry, query.signatures, query.tints, (query.width, query.height))
    over = [_laid_over(one, here) for one in found]
    sure = zip(found, over, strict=True)
    framed = {(one.owner, one.match.picture) for one, how in sure if how is Extent.EDGES and one.match.accepted}
    return [
        Extent.EDGES if (one.owner, one.match.picture) in framed and _outermost(one, here) else how
        for one, how in zip(found, over, strict=True)
    ]


def _laid_over(there: There, here: Features) -> Extent:
    pairs = there.match.here, there.match.there, here.size, there.size
    if along_edges(*pairs) and not goes_inward(here, there.features):
        return Extent.EDGES
    return Extent.LINE if on_one_line(*pairs) and not _is_its_own(there, here) else Extent.UNSAID


def _is_its_own(there: There, here: Features) -> bool:
    """Tell whether the line is all that a picture has, and coloured as it is in the other."""
    match, other = there.match, there.features
    pairs = np.ascontiguousarray(match.features)
    if tinted_pairs(here.tints, other.tints, pairs) < COLOURED:
        return False
    back = np.asarray(np.linalg.inv(match.transform), np.float64)
    return nothing_else(here, match.here, match.transform, other.size) or nothing_else(
        other, match.there, back, here.size
    )


def _outermost(there: There, here: Features) -> bool:
    return within_edges(there.match.here, here.size) and within_edges(there.match.there, there.size)


def sample_times(prints: Sequence[Print]) -> NDArray[np.float64]:
    """Return the seconds at which a film has prints, in order; none for a picture."""
    return np.array(sorted(one.time for one in prints if one.technique == TECHNIQUE and one.time is not None))
