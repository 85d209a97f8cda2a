"""How sure a link by local features is, from 0 to 1, and from how many agreeing points on it is one.

How many points strangers reach, and how the table was made, is in `docs/decisions/0011-local-features.md`.
"""

import math

import numpy as np

REGION_POINTS = 8
"""Points from which a marked part is accepted: no stranger of the open set reaches more than 7."""
_BASE_POINTS, _PAIRS_A_POINT = 6.5, 70

_SHARES = (0.0, 0.6, 0.8, 0.95, 1.0, 1.3, 2.0, 4.0)
_CONFIDENCES = (0.0, 0.05, 0.2, 0.6, 0.96, 0.975, 0.985, 0.99)


def needed_points(tried: int) -> int:
    """Return how many points must agree among `tried` pairs: the more pairs there are, the more agree by chance."""
    return math.ceil(_BASE_POINTS + tried / _PAIRS_A_POINT)


def local_confidence(points: int, needed: int) -> float:
    """Return the confidence that what these points lie on is one, where `needed` make a link."""
    return round(float(np.interp(points / needed, _SHARES, _CONFIDENCES)), 4)
