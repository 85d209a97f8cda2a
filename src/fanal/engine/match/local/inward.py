"""Whether what is alike along the edges of two pictures goes on inward, as a room does and a frame does not.

A camera that does not move sees its room along the edges of every picture, whatever stands in the middle; and a player
lays its bars there over any picture. Neither how alike the points look nor how many there are tells these apart: both
are alike but for noise. A bar ends at a straight line, though, and a room where somebody happens to stand. So what lies
next inward is asked: in a room some of it is still there, at the very same place, and beside a bar nothing is.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.orientation import Size

EDGE = 0.15
"""How deep what is laid along the edges reaches, in shares of a picture's width and height."""
SAME_PLACE = 0.01
"""How far what stands still may lie apart, in the same shares: by hundredths, since a copy may be smaller."""
_NEXT = 0.35
"""What lies deeper proves nothing: a player lays its large button over the middle."""
_BITS = 26
"""By how many bits of 128 it may differ. Of 93 drawn frames over strangers two had one such spot, and none had two."""
_TURN_COSINE, _ZOOM = 0.9, 1.5
_SPOT = 250
"""Spots are told apart by this share of a picture: several features of one spot are one witness."""
_SPOTS = 2


class Features(NamedTuple):
    """All that is stored of one picture."""

    geometry: NDArray[np.float32]
    """[n, 4]: x, y, scale, direction."""
    marks: NDArray[np.uint64]
    """[n, 2]: signatures."""
    tints: NDArray[np.int8]
    """[n, 2]: colours, where they are known."""
    size: Size
    """Width and height of the picture, in pixels."""

    @property
    def shares(self) -> NDArray[np.float64]:
        """[n, 2]: places in shares of width and height."""
        return self.geometry[:, :2] / np.array(self.size, np.float64)


def depth(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far places [n, 2], in shares of a picture, lie from its nearest edge."""
    return np.asarray(np.minimum(shares, 1 - shares).min(axis=1))


def goes_inward(here: Features, there: Features) -> bool:
    """Tell whether something next to the edges, and no more along them, looks alike at the very same place in both."""
    shares, there_shares = here.shares, there.shares
    deep = depth(shares)
    ours, theirs = _close(shares, there_shares, np.flatnonzero((deep > EDGE) & (deep < _NEXT)))
    alike = np.bitwise_count(here.marks[ours] ^ there.marks[theirs]).sum(axis=1) <= _BITS
    one, other = here.geometry[ours[alike]], there.geometry[theirs[alike]]
    zoom = other[:, 2] / one[:, 2] * (here.size[0] / there.size[0])
    kept = (np.cos(other[:, 3] - one[:, 3]) >= _TURN_COSINE) & (np.abs(np.log(zoom)) <= np.log(_ZOOM))
    spots = np.round(shares[ours[alike][kept]] * _SPOT)
    return len(np.unique(spots, axis=0)) >= _SPOTS


def _close(here: NDArray[np.float64], there: NDArray[np.float64], asked: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return the numbers of those places, of the asked ones here and of all there, that are the same."""
    order = np.argsort(there[:, 0], kind="stable")
    across = there[order, 0]
    first = np.searchsorted(across, here[asked, 0] - SAME_PLACE)
    count = np.searchsorted(across, here[asked, 0] + SAME_PLACE) - first
    ours = np.repeat(asked, count)
    theirs = order[np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)]
    same = np.abs(here[ours, 1] - there[theirs, 1]) <= SAME_PLACE
    return ours[same], theirs[same]
