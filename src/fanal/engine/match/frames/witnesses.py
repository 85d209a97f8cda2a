"""How much a row of like frames proves: a picture that stands still in both films is one witness, and a weak one.

Title cards, credits, test patterns and logos on a ground are shared by films that have nothing else in common. They
are told by this: a frame of the one film is as like to later frames of the other as to its own partner, and the other
way round. A scene that is filmed without any movement looks the same, but lasts longer than a card is shown.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.frames.pairs import FramePairs

CARD = 0.5
"""What a picture counts that stands still in both films, however many frames show it."""
LONGEST_CARD = 6.0
"""Seconds after which what stands still is a scene."""
APART = 0.7
_NEARLY_ALL = 0.8
NEXT_CARD = 2.5
_SAME_BITS = 4


def film_proof(run: FramePairs, pairs: FramePairs, usable: int) -> float:
    """Return what the agreeing frames of two films prove, where the shorter film has `usable` ones.

    `run` has each agreeing frame of the query once, `pairs` are all like frames. A film that is hardly more than one
    still picture can show no more than it: then each of its frames counts.
    """
    if len(run.query) >= _NEARLY_ALL * usable:
        return float(len(run.query))
    run = run.kept(np.argsort(run.query, kind="stable"))
    still = _still(run, pairs) if run.still is None else run.still
    total = float((~still).sum())
    times = run.query[still]
    for part in np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > NEXT_CARD) + 1):
        if len(part):
            short = times[part[-1]] - times[part[0]] < LONGEST_CARD
            total += CARD if short else len(part)
    return total


def _still(run: FramePairs, pairs: FramePairs) -> NDArray[np.bool_]:
    """Tell of each agreeing pair whether both films show the same some time before or after it."""
    at = {pair: place for place, pair in enumerate(zip(pairs.query.tolist(), pairs.reference.tolist(), strict=True))}
    partners: dict[float, list[float]] = defaultdict(list)
    for here, there in at:
        partners[here].append(there)
    return np.array(
        [
            any(_alike(pairs, at, (here, there), other) for other in _beside(here, there, run.query, partners))
            for here, there in zip(run.query.tolist(), run.reference.tolist(), strict=True)
        ],
        np.bool_,
    )


def _beside(
    here: float, there: float, times: NDArray[np.float64], partners: Mapping[float, list[float]]
) -> Iterator[tuple[float, float]]:
    """Yield pairs of times, one of each film, that lie some time apart from a pair, the nearest on both sides."""
    apart = np.abs(times - here)
    near = times[(apart >= APART) & (apart <= NEXT_CARD)]
    for other in np.unique(near).tolist():
        for partner in partners[other]:
            if APART <= abs(partner - there) <= NEXT_CARD:
                yield other, partner


def _alike(
    pairs: FramePairs, at: Mapping[tuple[float, float], int], one: tuple[float, float], other: tuple[float, float]
) -> bool:
    """Tell whether two pairs and the two that cross them are equally alike: nothing moved in either film."""
    corners = [at.get(pair) for pair in (one, other, (one[0], other[1]), (other[0], one[1]))]
    if None in corners:
        return False
    places = np.array(corners, np.int64)
    return bool(np.ptp(pairs.distance[places]) <= _SAME_BITS)
