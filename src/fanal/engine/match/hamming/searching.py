"""Puts queries to all parts of an index, some at a time, in one thread or several."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bits import WORDS, mix
from fanal.engine.match.hamming.hits import Answer, arrange, first_of_each, joined
from fanal.engine.match.hamming.parts import Parts

_CHUNK = 8192
"""Queries searched together: more would share little more, and need more memory."""
_BOUNDED_CHUNK = 64
"""Queries searched together when memory is to be bounded: all their pairs are held before the first are picked."""


def search(parts: Parts, queries: NDArray[np.uint8], radius: int, threads: int, limit: int | None) -> Answer:
    """Return what `HammingIndex.search` does, from these parts."""
    mixed = mix(queries)
    many = len(queries)
    if many <= 1:
        return _asked(parts, mixed, many, radius, limit)
    step = max(1, min(_CHUNK if limit is None else _BOUNDED_CHUNK, -(-many // threads)))

    def answer(start: int) -> Answer:
        some = mixed[start * WORDS : (start + step) * WORDS]
        return _asked(parts, some, len(some) // WORDS, radius, limit)

    starts = range(0, many, step)
    if threads == 1 or len(starts) == 1:
        return joined([answer(start) for start in starts])
    with ThreadPoolExecutor(threads) as pool:
        return joined(list(pool.map(answer, starts)))


def _asked(parts: Parts, mixed: NDArray[np.uint64], many: int, radius: int, limit: int | None) -> Answer:
    answer = arrange([part.hits(mixed, radius) for part in parts if len(part)], many)
    return answer if limit is None else first_of_each(answer, limit)
