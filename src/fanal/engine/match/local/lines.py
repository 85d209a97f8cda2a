"""Whether what is alike in two pictures lies along one line, as printed words do, and whether there is nothing else.

Where the sea meets the sky, or a pencil lies on a table, a picture has nothing to be known by but what lies along one
line; and so has a blank card with a caption. What tells these apart is colour: along a horizon it changes from spot to
spot, and the copy has each where the picture has it; letters are of one colour, or of that of whatever lies behind.
"""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.local.geometry import Matrix, apply
from fanal.engine.match.local.inward import Features
from fanal.engine.match.orientation import Size

COLOURED = 18.0
"""What the colours at its points prove of a line that is a picture's own, a logarithm of odds. Captions reached 14."""

_THIN = 0.05
"""How far points lie about the line that they follow (one deviation), in shares of a picture's width and height.
True pairs of the open set have .085 and more in one of both pictures, captions .02 to .04."""
_LONG = 0.5
"""The same beside how far they spread along it: a thing in the background is small too, but as high as wide."""
_BAND, _NARROWEST = 3.0, 0.02
"""How far what belongs to the line lies from it: in deviations of its points, and at least so much of the picture."""
_MARGIN = 0.03
"""What lies so close to where either picture ends was made by its end."""
_NEXT_TO_NOTHING = 0.2
_SPOT = 100
"""Spots are told apart by this share of a picture: several features of one spot count once."""


def on_one_line(here: NDArray[np.float32], there: NDArray[np.float32], size: Size, there_size: Size) -> bool:
    """Tell whether points, [n, 2] in each of two pictures of these sizes, follow one thin line in both of them.

    Letters of one font are alike wherever they are printed, so a line of print makes many points agree in pictures that
    have nothing else in common. What is the same picture agrees across two dimensions, in one of both at least.
    """
    return _is_thin(here, size) and _is_thin(there, there_size)


def _is_thin(points: NDArray[np.float32], size: Size) -> bool:
    shares = points / np.array(size, np.float64)
    along, across = np.linalg.svd(shares - shares.mean(axis=0), compute_uv=False) / np.sqrt(len(points))
    return bool(across < min(_THIN, _LONG * along))


def nothing_else(picture: Features, points: NDArray[np.float32], onto: Matrix, other: Size) -> bool:
    """Tell whether a picture has next to nothing beside the line that these points [n, 2] follow.

    What counts is what both could share: what the transform lays into the other picture, of this size.
    """
    shares = points / np.array(picture.size, np.float64)
    middle = shares.mean(axis=0)
    _, deviations, directions = np.linalg.svd(shares - middle, full_matrices=False)
    band = max(_BAND * deviations[1] / np.sqrt(len(points)), _NARROWEST)
    there = apply(onto, picture.geometry[:, :2].astype(np.float64)) / np.array(other, np.float64)
    shared = _inside(picture.shares) & _inside(there)
    off = np.abs((picture.shares - middle) @ directions[1]) > band
    return _spots(picture.shares[shared & off]) <= _NEXT_TO_NOTHING * _spots(picture.shares[shared & ~off])


def _inside(shares: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(((shares >= _MARGIN) & (shares <= 1 - _MARGIN)).all(axis=1))


def _spots(shares: NDArray[np.float64]) -> int:
    return len(np.unique(np.round(shares * _SPOT), axis=0))
