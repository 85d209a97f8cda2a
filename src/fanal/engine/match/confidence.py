"""How sure a link is, from 0 to 1, so that links of all techniques sort into one list.

PDQ: the table holds, for each distance, the share of true links among edited copies and unrelated pictures of the open
evaluation set, weighed as if a query with a true copy met 100,000 other pictures; between its points it is linear. How
it was made is in `docs/decisions/0005-pdq.md`. It never rises with the distance.
"""

from collections.abc import Sequence

import numpy as np

from fanal.engine.fingerprint.pdq import RADIUS

EXACT = 1.0
_DISTANCES = (0, 10, 20, 31, 40, 50, 60, 70, 80, 128)
_CONFIDENCES = (0.999, 0.995, 0.985, 0.96, 0.85, 0.6, 0.3, 0.1, 0.02, 0.0)

FRAMES_NEEDED = 2
"""Seconds of film that must agree one after the other for two films to be linked; fewer if the films are short."""


def pdq_confidence(distance: int) -> float:
    """Return the confidence that two pictures whose PDQ differ by `distance` bits (0 to 256) are one."""
    return round(float(np.interp(distance, _DISTANCES, _CONFIDENCES)), 4)


def pdq_accepted(distance: int) -> bool:
    """Tell whether the distance alone makes a link: the published operating point."""
    return distance <= RADIUS


def film_frames_needed(usable: int) -> int:
    """Return how many frames must agree when the shorter film has `usable` ones (of enough quality)."""
    return max(1, min(FRAMES_NEEDED, -(-usable // 2)))


def film_confidence(distances: Sequence[int], proof: float, usable: int) -> float:
    """Return the confidence that two films share a stretch whose frames agree at these distances and prove so much."""
    enough = min(1.0, proof / film_frames_needed(usable))
    return round(pdq_confidence(round(float(np.median(distances)))) * enough, 4)


def film_accepted(proof: float, usable: int) -> bool:
    """Tell whether agreeing frames that prove so much make a link of two films: the published operating point."""
    return proof >= film_frames_needed(usable)
