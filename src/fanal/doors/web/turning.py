"""How one picture of a pair must be turned or mirrored to lie like the other on the page."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.orientation import Orientation, homography

Turn = NDArray[np.int64]
"""2 × 2, of 0, 1 and -1: where x (to the right) and y (down) go."""

# Exif's eight orientations, by what a viewer does to the stored pixels to show them.
_SHOWN = {
    1: Orientation.SAME,
    2: Orientation.MIRRORED,
    3: Orientation.HALF,
    4: Orientation.UPSIDE_DOWN,
    5: Orientation.MAIN_DIAGONAL,
    6: Orientation.RIGHT,
    7: Orientation.OTHER_DIAGONAL,
    8: Orientation.LEFT,
}


def turn_between(orientation: int, first: Mapping[str, object], second: Mapping[str, object]) -> Turn:
    """Return what was done to the first picture, as shown, to get the second as shown.

    `orientation` is about stored pixels; the facts of both say how viewers, and our previews, turn them.
    """
    return _shown(second) @ _matrix(Orientation(orientation)) @ _shown(first).T


def css_matrix(turn: Turn) -> str:
    """Return the turn as CSS writes it; empty for none at all."""
    if (turn == np.eye(2)).all():
        return ""
    (a, c), (b, d) = turn.tolist()
    return f"matrix({a}, {b}, {c}, {d}, 0, 0)"


def _shown(facts: Mapping[str, object]) -> Turn:
    found = facts.get("orientation", 1)
    return _matrix(_SHOWN.get(found if isinstance(found, int) else 1, Orientation.SAME))


def _matrix(orientation: Orientation) -> Turn:
    return np.rint(homography(orientation, (1, 1), (1, 1))[:2, :2]).astype(np.int64)
