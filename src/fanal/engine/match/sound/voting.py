"""The loops of voting, compiled: where on the line of time the landmarks of a piece of a query are found again.

Work and memory are bounded for each piece, however long the line is. Rare cells are read first, until so many entries
were read; and offsets are counted modulo the length of the counters. Of the counters with most votes, one more pass
tells which of the offsets that share them was meant.
"""

from typing import Any

import numpy as np

from fanal.engine.compiled import inlined, kernel

_SIZES = (128, 64, 32)
_LARGEST = 40


@kernel()
def look_up(places: Any, tempo: Any, shift: Any, starts: Any, weights: Any, most: Any) -> Any:
    """Return int64[n, 8], the cells to look into for each landmark (-1: none), and the most entries that one may hold.

    `places` int64[3, n] are pitch, interval and time between; times are taken as `tempo` times as long, pitches as
    `shift` steps higher. Cells of weight 0 are left out. Cells with more entries than the limit are not to be read:
    then at most about `most` entries are, of the rarest cells.
    """
    keys = np.empty((places.shape[1], 8), np.int64)
    entries_of_size = np.zeros(_LARGEST, np.int64)
    for i in range(places.shape[1]):
        # A cell is two wide: the lower of the two nearest ones begins within one and a half below.
        pitch = int(np.floor((places[0, i] + shift) / 2 - 0.25 + 1e-9))
        rise = int(np.floor(places[1, i] / 2 - 0.25 + 1e-9))
        apart = int(np.floor(places[2, i] * tempo / 2 - 0.25 + 1e-9))
        for corner in range(8):
            key = _cell(pitch + (corner >> 2), rise + (corner >> 1 & 1), apart + (corner & 1))
            if key >= 0 and weights[key] == 0:
                key = -1
            keys[i, corner] = key
            if key >= 0:
                count = starts[key + 1] - starts[key]
                entries_of_size[_size(count)] += count
    limit, read = 1, entries_of_size[0]
    for size in range(1, _LARGEST):
        read += entries_of_size[size]
        if read > most:
            break
        limit = 1 << size
    return keys, limit


@inlined
def _cell(pitch: int, rise: int, apart: int) -> int:
    """Return the number of a cell, -1 if it lies off the scale."""
    inside = 0 <= pitch < _SIZES[0] and 0 <= rise < _SIZES[1] and 0 <= apart < _SIZES[2]
    return (pitch << 11) | (rise << 5) | apart if inside else -1


@inlined
def _size(count: int) -> int:
    """Return the power of two that a number of entries does not exceed."""
    size = 0
    while (1 << size) < count:
        size += 1
    return size


@kernel()
def cast_votes(
    keys: Any, limit: Any, times: Any, starts: Any, entries: Any, weights: Any, width: Any, votes: Any
) -> None:
    """Add, for each cell looked into and each landmark filed there, its weight to the offset that it speaks for.

    `times` float64[n] are of the query's landmarks; `starts`, `entries` and `weights` are the index. `votes`
    float32[m], m a power of two, counts offsets in steps of `width` frames, modulo its length.
    """
    votes[:] = 0
    mask = len(votes) - 1
    for i in range(keys.shape[0]):
        for corner in range(8):
            key = keys[i, corner]
            if key < 0 or starts[key + 1] - starts[key] > limit:
                continue
            weight = weights[key]
            for entry in range(starts[key], starts[key + 1]):
                votes[int((entries[entry] - times[i]) / width) & mask] += weight


@kernel()
def highest(votes: Any, most: Any) -> Any:
    """Return int64[<= most]: the counters that with the next one have most votes, in order; none without a vote."""
    best = np.zeros(most, np.float32)
    where = np.full(most, -1, np.int64)
    least = 0
    for at in range(len(votes)):
        both = votes[at] + votes[(at + 1) & (len(votes) - 1)]
        if both > best[least]:
            best[least], where[least] = both, at
            least = int(np.argmin(best))
    return np.sort(where[where >= 0])


@kernel()
def unfold(
    keys: Any,
    limit: Any,
    times: Any,
    starts: Any,
    entries: Any,
    width: Any,
    weights: Any,
    counters: Any,
    length: Any,
    turns: Any,
) -> Any:
    """Return float32[n, turns]: for each of `counters` the votes for each offset that shares it, as `cast_votes`.

    `length` is that of the votes; the offset of turn t is that many times t further.
    """
    place = np.full(length, -1, np.int64)
    for i in range(len(counters)):
        place[counters[i]] = i
    found = np.zeros((len(counters), turns), np.float32)
    for i in range(keys.shape[0]):
        for corner in range(8):
            key = keys[i, corner]
            if key < 0 or starts[key + 1] - starts[key] > limit:
                continue
            for entry in range(starts[key], starts[key + 1]):
                step = int((entries[entry] - times[i]) / width)
                # A counter goes together with the next one: a step speaks for its own and for the one before.
                for before in range(2):
                    at = step - before
                    if at >= 0 and place[at % length] >= 0:
                        found[place[at % length], at // length] += weights[key]
    return found
