"""How common each feature of a query is among the pictures it is compared with, and how many pictures these are.

An end of a bar, a bright dot or a corner of a window looks alike in any two pictures; the pattern of a cloth does not.
Among 2.4 million features one half of all has two that differ by at most 20 bits, one in a hundred has 900. So what a
feature proves is told by the base at hand: by how often it is met there (Rabin, Delon and Gousseau 2009 learn the
chance of a distance from the base in the same way). Where the base is small, the mean of all features is believed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.local.index import MOST_BITS, Hits

BELIEVED = 60_000
"""Features by which the mean of all is believed: those of about fifty pictures."""
_KNOTS = (0, 10, 15, 20, 25, 30, 34, 42)
_SLOPES = (1.4, 1.4, 1.38, 1.24, 1.0, 0.76, 0.62, 0.45)
_SHIFTS = (-1.0, -1.0, -0.76, -0.37, 0.0, 0.25, 0.36, 0.45)
_MEANS = (-23.0, -15.03, -12.7, -10.77, -9.18, -7.89, -7.1, -6.0)
"""Of a feature that is met `e` times (as a logarithm) as often as others among what differs by 25 bits: the logarithm
of how often it is met among what differs by so many bits, beside the mean, is `slope · e + shift`; the mean is that of
what an index gives. By `benchmarks/local_common.py`."""
_LEAST, _MOST = -4.0, 4.0


class Around(NamedTuple):
    """What a query is compared with."""

    pictures: int
    levels: NDArray[np.float64]
    """[features of the query]: logarithm of how often each is met there, beside the mean of all features."""


def slopes(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by what a level counts for features that differ by so many bits."""
    return np.asarray(np.interp(bits, _KNOTS, _SLOPES), np.float64)


def shifts(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what is added to that."""
    return np.asarray(np.interp(bits, _KNOTS, _SHIFTS), np.float64)


def around(features: int, hits: Sequence[Hits], pictures: int) -> Around:
    """Return what surrounds a query of so many features, of what was met in parts of a base of so many pictures."""
    searched = sum(one.searched for one in hits)
    limits = np.min([one.limits for one in hits], axis=0) if hits else np.full(features, MOST_BITS)
    met = np.zeros(features)
    for one in hits:
        met += np.bincount(one.query[one.bits <= limits[one.query]], minlength=features)
    usual = np.exp(np.interp(limits, _KNOTS, _MEANS))
    believed = BELIEVED * usual * np.exp(shifts(limits))
    often = np.log((met + believed) / ((searched + BELIEVED) * usual))
    return Around(pictures, np.clip((often - shifts(limits)) / slopes(limits), _LEAST, _MOST))
