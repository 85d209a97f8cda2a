"""How one picture of a pair must be turned or mirrored to lie like the other on the page."""

import numpy as np
from numpy.typing import NDArray

from fanal.casework.evidence.models import Content
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
# A film's own rotation, in degrees to the left.
_FILM_SHOWN = {90: Orientation.LEFT, 180: Orientation.HALF, 270: Orientation.RIGHT}


def turn_between(orientation: int, first: Content, second: Content) -> Turn:
    """Return what was done to the first picture, as shown, to get the second as shown.

    `orientation` is about stored pixels; what is known of both says how their previews are turned.
    """
    return matrix_of(as_shown(second)) @ matrix_of(Orientation(orientation)) @ matrix_of(as_shown(first)).T


def as_shown(content: Content) -> Orientation:
    """Return what was done to the pixels that were fingerprinted to get the preview."""
    if content.family == "video":
        return _FILM_SHOWN.get(_number(content, "rotation", 0) % 360, Orientation.SAME)
    if content.media_type == "image/heif" or content.duration is not None:
        # HEIF is fingerprinted as its own rotation has it, and pictures that move are never turned.
        return Orientation.SAME
    return _SHOWN.get(_number(content, "orientation", 1), Orientation.SAME)


def css_matrix(turn: Turn) -> str:
    """Return the turn as CSS writes it; empty for none at all."""
    if (turn == np.eye(2)).all():
        return ""
    (a, c), (b, d) = turn.tolist()
    return f"matrix({a}, {b}, {c}, {d}, 0, 0)"


def _number(content: Content, fact: str, otherwise: int) -> int:
    found = content.facts.get(fact, otherwise)
    return found if isinstance(found, int) else otherwise


def matrix_of(orientation: Orientation) -> Turn:
    """Return where x and y go when this is done to a picture."""
    return np.rint(homography(orientation, (1, 1), (1, 1))[:2, :2]).astype(np.int64)
