"""How sure a link between two sounds is, from 0 to 1, and from which score on it is one.

The table holds, for each score, about the share of true links among edited copies and all other pairs of the open
evaluation set. How it was made is in `docs/decisions/0010-sound.md`. It never falls with the score.
"""

import numpy as np

LEAST_ACCEPTED = 42.0
"""The published operating point: the highest score of two different recordings that was seen is 36."""

_SCORES = (0.0, 15.0, 20.0, 25.0, 30.0, 36.0, 42.0, 60.0, 100.0, 200.0)
_CONFIDENCES = (0.0, 0.01, 0.08, 0.2, 0.45, 0.85, 0.96, 0.975, 0.985, 0.99)


def sound_confidence(score: float) -> float:
    """Return the confidence that two sounds whose best stretch has this score share a recording."""
    return round(float(np.interp(score, _SCORES, _CONFIDENCES)), 4)


def sound_accepted(score: float) -> bool:
    """Tell whether the score alone makes a link: the published operating point."""
    return score >= LEAST_ACCEPTED
