"""Which peaks of a sound are kept."""

from typing import NamedTuple


class Picking(NamedTuple):
    """Which peaks are kept: a rank among neighbours, never a grid."""

    across: int
    """Frames on either side over which a peak must be the loudest of its bin's neighbourhood."""
    along: int
    """Bins on either side of it, likewise."""
    span: int
    """Frames on either side among which peaks compete."""
    most: int
    """Peaks that may be stronger, among those that compete."""
    salience: float
    """Least height above what surrounds a peak, in powers of two."""
    floor: float
    """Least level, in powers of two."""
