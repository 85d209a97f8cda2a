"""Which frames of a film stand still, told from their stored features alone."""

from collections.abc import Sequence

import numpy as np

from fanal.engine.fingerprint.local.stored import LocalPrint
from fanal.engine.match.frames.witnesses import APART, NEXT_CARD

_SAME = 0.4
"""Share of the features of a frame that another has at the same place, if nothing moved."""
_PLACES = 100


def standing(frames: Sequence[tuple[float | None, LocalPrint]]) -> frozenset[float]:
    """Return the times of frames that show, some time before or after, the same at the same place."""
    timed = [(time, _features(one)) for time, one in frames if time is not None]
    return frozenset(
        time
        for time, mine in timed
        if any(APART <= abs(time - other) <= NEXT_CARD and _same(mine, theirs) for other, theirs in timed)
    )


def _features(one: LocalPrint) -> frozenset[int]:
    across = (one.places * (_PLACES / np.array([one.width, one.height]))).astype(np.int64)
    return frozenset(((one.words * _PLACES + across[:, 0]) * _PLACES + across[:, 1]).tolist())


def _same(one: frozenset[int], other: frozenset[int]) -> bool:
    fewer = min(len(one), len(other))
    return bool(fewer) and len(one & other) >= _SAME * fewer
