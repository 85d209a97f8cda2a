"""How sure a link by local features is, from 0 to 1, and from what on it is one.

How many points strangers reach, and how the table was made, is in `docs/decisions/0011-local-features.md`.
"""

import math

import numpy as np

PART_EVIDENCE = 28.0
"""From which a marked part is accepted among so few pictures as `FEW`. Strangers reached 28 among 12,000."""
FEW = 250
_A_TENFOLD = 4.0
_POINTS_A_TENFOLD = 1.0
"""What more is asked for among ten times as many pictures: the more there are, the more the best of chance can do."""
MOST_OF_EDGES = 0.3
"""What only lies along the edges or a line, as frames and print do, may be told with so much: a suggestion, no more."""
_BASE_POINTS, _PAIRS_A_POINT = 6.5, 70

_SHARES = (-1.0, 0.0, 0.6, 0.8, 0.95, 1.0, 1.3, 2.0, 4.0)
_CONFIDENCES = (0.0, 0.01, 0.05, 0.2, 0.6, 0.96, 0.975, 0.985, 0.99)


def _tenfolds(pictures: int) -> float:
    return max(0.0, math.log10(max(1, pictures) / FEW))


def needed_points(tried: int, pictures: int = FEW, within: int | None = None) -> int:
    """Return how many points must agree among `tried` pairs of features, where so many pictures are compared.

    The more pairs there are, the more agree by chance; and the more pictures, the likelier it is in one of them.
    `within` are those pairs whose place in the query lies where the picture was found to lie, all where it is None: in
    a part of a collage no other can agree, and what is asked for grows with how many such parts there are instead.
    """
    needed = _BASE_POINTS + tried / _PAIRS_A_POINT
    if within:
        # A picture that fills a part of the query could lie in many: twice as many places ask for one point more.
        places = max(1, math.ceil(tried / within))
        needed = min(needed, _BASE_POINTS + within / _PAIRS_A_POINT + math.log2(places))
    return math.ceil(needed + _POINTS_A_TENFOLD * _tenfolds(pictures))


def needed_evidence(pictures: int = FEW) -> float:
    """Return what evidence a marked part must have, where so many pictures are compared."""
    return PART_EVIDENCE + _A_TENFOLD * _tenfolds(pictures)


def local_confidence(found: float, needed: float) -> float:
    """Return the confidence that both show one thing, from what was found and what makes a link."""
    return round(float(np.interp(found / needed, _SHARES, _CONFIDENCES)), 4)
