"""Which pictures are worth a closer look: votes of alike features, weighed by rarity, that agree in scale and turn."""

import math

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.local.index import Hits

_PRELIMINARY, _SHARE = 8, 50
"""So many times the candidates, or one picture of so many, pass the plain count before agreement is looked at."""
_BITS = 64
_NOTHING = 0.1
_SMALL = 30
_TURNS, _ZOOMS = 12, 16
_ZOOMS_AN_OCTAVE = 2
_CLOSENESS = np.exp(-((np.arange(_BITS) / 24.0) ** 2))
"""What a vote counts that differs by so many bits."""


def candidates(
    hits: Hits,
    picture: NDArray[np.int64],
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    sizes: NDArray[np.int64],
    most: int,
    worth: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """Return the numbers of up to `most` pictures, the most promising first.

    `picture` [n] is the picture of each hit; `here` and `there` [n, 2] are scale and direction of its two features;
    `sizes` [pictures] is how many features each picture of the index has: a rich one gathers more votes by chance, so
    votes count per root of it. A feature of the query that looks like many others votes with less weight.

    `worth` [n], where it is known, is what each hit proves, a logarithm of odds: then that is its vote, and what proves
    next to nothing has none.
    """
    if worth is not None:
        some = worth > _NOTHING
        hits = Hits(hits.query[some], hits.feature[some], hits.bits[some], hits.limits, hits.searched)
        picture, here, there, worth = picture[some], here[some], there[some], worth[some]
    if not len(picture):
        return np.empty(0, np.int64)
    # One vote a feature and picture: repeated structure shall not outvote everything else.
    pictures = len(sizes)
    first = _first_of_each(hits, picture, pictures)
    if worth is not None:
        weight = worth[first]
    else:
        query = hits.query[first]
        frequency = np.maximum(np.bincount(query), 1)
        weight = np.log1p(pictures / frequency)[query] * _CLOSENESS[hits.bits[first]]
        weight /= np.sqrt(sizes + _SMALL)[picture[first]]
    total = np.bincount(picture[first], weights=weight, minlength=pictures)
    likely = np.argsort(-total, kind="stable")[: max(most * _PRELIMINARY, pictures // _SHARE)]
    likely = likely[total[likely] > 0]
    slot = np.full(pictures, -1, np.int64)
    slot[likely] = np.arange(len(likely))
    mine = slot[picture[first]] >= 0
    votes = _agreeing(slot[picture[first][mine]], here[first][mine], there[first][mine], weight[mine], len(likely))
    return likely[np.argsort(-votes, kind="stable")[:most]]


def _first_of_each(hits: Hits, picture: NDArray[np.int64], pictures: int) -> NDArray[np.int64]:
    """Return the numbers of the hits that are the most alike of their feature of the query and their picture."""
    pair = hits.query.astype(np.int64) * pictures + picture
    # All in one number, since numbers that all differ are sorted fastest, and alike on every machine.
    ordered = np.sort((pair * _BITS + hits.bits) * len(pair) + np.arange(len(pair)))
    pair = ordered // (_BITS * len(pair))
    return np.asarray(ordered[np.concatenate([[True], np.diff(pair) > 0])] % len(picture), np.int64)


def _agreeing(
    slot: NDArray[np.int64],
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    weight: NDArray[np.float64],
    slots: int,
) -> NDArray[np.float64]:
    """Return for each slot the weight of the votes that agree best in scale and turn."""
    turn = ((there[:, 1] - here[:, 1]) / (2 * math.pi) * _TURNS).astype(np.float64) % _TURNS
    zoom = np.clip(np.log2(there[:, 0] / here[:, 0]) * _ZOOMS_AN_OCTAVE + _ZOOMS / 2, 0, _ZOOMS - 1.001)
    table = np.zeros(slots * _TURNS * _ZOOMS)
    at = (slot * _TURNS + turn.astype(np.int64) % _TURNS) * _ZOOMS + zoom.astype(np.int64)
    table += np.bincount(at, weights=weight, minlength=len(table))
    grid = table.reshape(slots, _TURNS, _ZOOMS)
    # Neighbouring bins count together: agreement must not depend on where bins end.
    grid = grid + np.roll(grid, 1, axis=1)
    grid[:, :, 1:] = grid[:, :, 1:] + grid[:, :, :-1]
    return np.asarray(grid.reshape(slots, -1).max(axis=1), np.float64)
