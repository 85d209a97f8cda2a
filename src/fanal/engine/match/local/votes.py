"""Which pictures are worth a closer look: votes of alike features, weighed by rarity, that agree in scale and turn."""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I32, kernel

_PRELIMINARY, _SHARE = 8, 50
"""So many times the candidates, or one picture of so many, pass the plain count before agreement is looked at."""
_BITS = 64
_SMALL = 30
_TURNS, _ZOOMS = 12, 16
_ZOOMS_AN_OCTAVE = 2
_CLOSENESS = np.exp(-((np.arange(_BITS) / 24.0) ** 2))
"""What a vote counts that differs by so many bits."""


class Votes(NamedTuple):
    """Hits that may vote, ordered by feature of the query."""

    query: NDArray[np.int32]
    """[n]: number of the feature in the query."""
    feature: NDArray[np.int32]
    """[n]: number of the feature in the index."""
    picture: NDArray[np.int32]
    """[n]: number of its picture."""
    bits: NDArray[np.int32]
    """[n]: by how many bits the two differ."""
    worth: NDArray[np.float64] | None = None
    """[n]: what each proves, where it is known, a logarithm of odds."""

    def take(self, which: NDArray[Any]) -> "Votes":
        """Return some of them, by number or by a mask."""
        worth = self.worth if self.worth is None else self.worth[which]
        return Votes(self.query[which], self.feature[which], self.picture[which], self.bits[which], worth)


def candidates(
    votes: Votes, here: NDArray[np.float32], there: NDArray[np.float32], sizes: NDArray[np.int64], most: int
) -> NDArray[np.int64]:
    """Return the numbers of up to `most` pictures, the most promising first.

    `here` and `there` [features, 2] are scale and direction of the features of the query and of the index; `sizes`
    [pictures] is how many features each picture of the index has: a rich one gathers more votes by chance, so votes
    count per root of it. A feature of the query that looks like many others votes with less weight. Where it is known
    what a vote proves, then that is its weight.
    """
    pictures = len(sizes)
    if not len(votes.query):
        return np.empty(0, np.int64)
    # One vote a feature and picture: repeated structure shall not outvote everything else.
    votes = votes.take(_first_of_each(votes, pictures))
    weight = votes.worth if votes.worth is not None else _weights(votes, sizes)
    total = np.asarray(np.bincount(votes.picture, weights=weight, minlength=pictures), np.float64)
    likely = _highest(total, max(most * _PRELIMINARY, pictures // _SHARE))
    likely = likely[total[likely] > 0]
    slot = np.full(pictures, -1, np.int32)
    slot[likely] = np.arange(len(likely))
    place = slot[votes.picture]
    mine = np.flatnonzero(place >= 0)
    relation = here[votes.query[mine]], there[votes.feature[mine]]
    agreeing = _agreeing(place[mine], *relation, weight[mine], len(likely))
    return likely[np.argsort(-agreeing, kind="stable")[:most]]


def _weights(votes: Votes, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    frequency = np.maximum(np.bincount(votes.query), 1)
    weight = np.log1p(len(sizes) / frequency)[votes.query] * _CLOSENESS[votes.bits]
    weight /= np.sqrt(sizes + _SMALL)[votes.picture]
    return np.asarray(weight, np.float64)


def _highest(total: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the numbers of so many of the highest, the highest first, and of equals the first first."""
    if count >= len(total):
        return np.argsort(-total, kind="stable")
    least = np.partition(total, len(total) - count)[len(total) - count]
    some = np.flatnonzero(total >= least)
    return some[np.argsort(-total[some], kind="stable")[:count]]


def _first_of_each(votes: Votes, pictures: int) -> NDArray[np.int64]:
    """Return the numbers of the votes that are the most alike of their feature of the query and their picture."""
    first = np.empty(len(votes.query), np.int64)
    return first[: _most_alike(votes.query, votes.picture, votes.bits, np.full(pictures, -1, np.int64), first)]


@kernel(types.int64(READ_I32, READ_I32, READ_I32, types.int64[::1], types.int64[::1]))
def _most_alike(query: Any, picture: Any, bits: Any, place: Any, first: Any) -> int:
    # `place` is where the vote of the latest feature for each picture stands: of an earlier one, before `mine`.
    count = mine = 0
    previous = -1
    for i in range(query.shape[0]):
        if query[i] != previous:
            previous, mine = query[i], count
        at = place[picture[i]]
        if at < mine:
            place[picture[i]], first[count] = count, i
            count += 1
        elif bits[i] < bits[first[at]]:
            first[at] = i
    return count


def _agreeing(
    slot: NDArray[np.int32],
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    weight: NDArray[np.float64],
    slots: int,
) -> NDArray[np.float64]:
    """Return for each slot the weight of the votes that agree best in scale and turn."""
    turn = ((there[:, 1] - here[:, 1]) / (2 * math.pi) * _TURNS).astype(np.float64) % _TURNS
    zoom = np.clip(np.log2(there[:, 0] / here[:, 0]) * _ZOOMS_AN_OCTAVE + _ZOOMS / 2, 0, _ZOOMS - 1.001)
    table = np.zeros(slots * _TURNS * _ZOOMS)
    at = (slot.astype(np.int64) * _TURNS + turn.astype(np.int64) % _TURNS) * _ZOOMS + zoom.astype(np.int64)
    table += np.bincount(at, weights=weight, minlength=len(table))
    grid = table.reshape(slots, _TURNS, _ZOOMS)
    # Neighbouring bins count together: agreement must not depend on where bins end.
    grid = grid + np.roll(grid, 1, axis=1)
    grid[:, :, 1:] = grid[:, :, 1:] + grid[:, :, :-1]
    return np.asarray(grid.reshape(slots, -1).max(axis=1), np.float64)
