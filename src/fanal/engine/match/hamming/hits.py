"""Pairs found by a search: collected without order, handed out query by query, nearest first."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Answer = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]
Room = NDArray[np.int64]
Chunks = Callable[[], Iterable[tuple[NDArray[np.uint64], NDArray[np.int64]]]]
"""Starts to yield mixed hashes (uint64[n * 4]) and their ids, each time the same in the same order."""

_FIRST_ROOM = 1000


class Hits(NamedTuple):
    """Pairs: number of the query, id (or row) of the hash, distance."""

    queries: NDArray[np.int64]
    ids: NDArray[np.int64]
    distances: NDArray[np.int64]


class Living(NamedTuple):
    """The hashes of a part that could be found at one moment; what is removed later does not change them."""

    total: int
    chunks: Chunks

    def whole(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the mixed hashes and their ids as two arrays."""
        chunks = list(self.chunks())
        hashes = [np.empty(0, np.uint64), *(some for some, _ in chunks)]
        return np.concatenate(hashes), np.concatenate([np.empty(0, np.int64), *(some for _, some in chunks)])


def collect(search: Callable[[Room], int], queries: int, most: int | None = None) -> Hits | None:
    """Return what a search of so many queries writes, repeating it with enough room if the first was too small.

    None when it finds more than `most`.
    """
    size = _FIRST_ROOM + 2 * queries
    while True:
        room = np.empty(3 * size, np.int64)
        found = search(room)
        if found <= size:
            return Hits(room[:found], room[size : size + found], room[2 * size : 2 * size + found])
        if most is not None and found > most:
            return None
        size = found + found // 8


def arrange(parts: list[Hits], queries: int) -> Answer:
    """Return hits as (lims, ids, distances): those of query i stand at lims[i]:lims[i+1], by distance, then id."""
    if queries == 1:
        return _of_one(parts)
    of = np.concatenate([part.queries for part in parts]) if parts else np.empty(0, np.int64)
    lims = np.zeros(queries + 1, np.int64)
    if not of.size:
        return lims, np.empty(0, np.int64), np.empty(0, np.int32)
    ids = np.concatenate([part.ids for part in parts])
    distances = np.concatenate([part.distances for part in parts])
    order = np.lexsort((ids, distances, of))
    np.cumsum(np.bincount(of, minlength=queries), out=lims[1:])
    return lims, ids[order], distances[order].astype(np.int32)


def _of_one(parts: list[Hits]) -> Answer:
    """Do what `arrange` does for a single query, where its preparations would cost more than the search."""
    parts = [part for part in parts if len(part.ids)]
    if not parts:
        return np.zeros(2, np.int64), np.empty(0, np.int64), np.empty(0, np.int32)
    ids, distances = parts[0].ids, parts[0].distances
    if len(parts) > 1:
        ids = np.concatenate([part.ids for part in parts])
        distances = np.concatenate([part.distances for part in parts])
    if len(ids) > 1:
        order = np.lexsort((ids, distances))
        ids, distances = ids[order], distances[order]
    return np.array([0, len(ids)]), ids.copy(), distances.astype(np.int32)


def first_of_each(answer: Answer, limit: int) -> Answer:
    """Return an answer with no more than the first `limit` hits of each query."""
    lims, ids, distances = answer
    if not len(ids):
        return answer
    counts = np.diff(lims)
    keep = np.arange(len(ids)) - np.repeat(lims[:-1], counts) < limit
    return np.concatenate([[0], np.cumsum(np.minimum(counts, limit))]).astype(np.int64), ids[keep], distances[keep]


def joined(answers: list[Answer]) -> Answer:
    """Return the answers of consecutive queries as one."""
    ends = np.cumsum([0, *(len(ids) for _, ids, _ in answers)])
    lims = [lims[:-1] + end for (lims, _, _), end in zip(answers, ends[:-1], strict=True)]
    return (
        np.concatenate([*lims, ends[-1:]]).astype(np.int64),
        np.concatenate([ids for _, ids, _ in answers]),
        np.concatenate([distances for _, _, distances in answers]),
    )
