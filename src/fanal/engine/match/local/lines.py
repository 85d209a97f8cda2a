"""Whether what is alike in two pictures lies along one line, as printed words do."""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.orientation import Size

_THIN = 0.05
"""How far points lie about the line that they follow (one deviation), in shares of a picture's width and height.
True pairs of the open set have .085 and more in one of both pictures, captions .02 to .04."""
_LONG = 0.5
"""The same beside how far they spread along it: a thing in the background is small too, but as high as wide."""


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
