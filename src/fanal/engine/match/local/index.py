"""An inverted index of local features: a query looks only at features that fall into the same words as its own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_I32, READ_I64, kernel
from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.fingerprint.local.words import WORDS, nearest_words, recalled
from fanal.engine.match.local.lists import BEYOND, Found, Lists

PROBES = 8
"""Words looked into for each feature of a query: nine in ten true partners lie in these."""
MOST_BITS = 34
"""Of 128: signatures that differ more do not match."""
COMMON = 2000
"""Matches of one feature of a query that are taken, the most alike."""

_STEP = 8
"""Of one feature in 2 to the power of this it is known which picture it is of; a picture has about a thousand."""


class Hits(NamedTuple):
    """Pairs of features that look alike, ordered by feature of the query."""

    query: NDArray[np.int32]
    """[n]: number of the feature in the query."""
    feature: NDArray[np.int32]
    """[n]: number of the feature in the index."""
    bits: NDArray[np.int32]
    """[n]: by how many bits the signatures differ."""
    limits: NDArray[np.int64]
    """[features of the query]: by how many bits at most; fewer where there was more than is taken."""
    searched: int
    """Features of the index that could be met."""


@kernel(types.void(READ_I32, READ_I64, READ_I32, types.int32[::1]))
def _pictures_of(feature: Any, starts: Any, near: Any, pictures: Any) -> None:
    for i in range(feature.shape[0]):
        picture = near[feature[i] >> _STEP]
        while starts[picture + 1] <= feature[i]:
            picture += 1
        pictures[i] = picture


def words_near(query: LocalPrint) -> NDArray[np.int64]:
    """Return int64[n, PROBES]: the words to look into for each feature of a query."""
    return nearest_words(recalled(query.words, query.signatures), PROBES)


class LocalIndex:
    """Features of many pictures by word. Immutable: safe to search from several threads at once."""

    def __init__(self, prints: Sequence[LocalPrint]) -> None:
        """Index the prints; a picture's number is its place in the sequence."""
        self.frames = np.array([(one.width, one.height) for one in prints], np.int64).reshape(-1, 2)
        """[pictures, 2]: width and height of each."""
        self.sizes = np.array([len(one) for one in prints], np.int64)
        """[pictures]: how many features each has."""
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes)])
        steps = np.arange(0, self.starts[-1], 1 << _STEP)
        self._picture_near = (np.searchsorted(self.starts, steps, side="right") - 1).astype(np.int32)
        words = _joined([one.words for one in prints], np.int64)
        core = _joined([np.arange(len(one)) < CORE_FEATURES for one in prints], np.bool_)
        # Within a word what whole pictures are found by comes first, so that they need not look at the rest.
        order = np.lexsort((~core, words)).astype(np.int32)
        starts = np.searchsorted(words[order], np.arange(WORDS + 1)).astype(np.int64)
        self._ends, self._core_ends = starts[1:], starts[:-1] + np.bincount(words[core], minlength=WORDS)
        marks = _joined([one.signatures for one in prints], np.uint64).reshape(-1, 2)
        first, second = (np.concatenate([half[order], np.zeros(BEYOND, np.uint64)]) for half in marks.T)
        self._lists = Lists(starts[:-1], first, second, order)
        self._posting = np.empty(len(order), np.int32)
        self._posting[order] = np.arange(len(order), dtype=np.int32)
        self.geometry = _joined([one.geometry for one in prints], np.float32).reshape(-1, 4)
        """[n, 4]: x, y, scale, direction of each feature."""
        self.tints = _joined([one.tints for one in prints], np.int8).reshape(-1, 2)
        """[n, 2]: the colour of each feature, where it is known."""

    def __len__(self) -> int:
        return len(self.sizes)

    def features_of(self, picture: int) -> slice:
        """Return the numbers of the features of a picture."""
        return slice(int(self.starts[picture]), int(self.starts[picture + 1]))

    def marks_of(self, picture: int) -> NDArray[np.uint64]:
        """Return the signatures of a picture, uint64[n, 2], in the order of its features."""
        posting = self._posting[self.features_of(picture)]
        return np.stack([self._lists.first[posting], self._lists.second[posting]], axis=1)

    def words_of(self, picture: int) -> NDArray[np.int64]:
        """Return the words of the features of a picture, int64[n]."""
        return np.searchsorted(self._lists.starts, self._posting[self.features_of(picture)], side="right") - 1

    @classmethod
    def build(cls, prints: Sequence[LocalPrint]) -> Self:
        """Return an index of these prints."""
        return cls(prints)

    def picture_of(self, feature: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the numbers of the pictures that features of the index belong to."""
        pictures = np.empty(len(feature), np.int32)
        _pictures_of(feature, self.starts, self._picture_near, pictures)
        return pictures

    def look_up(self, query: LocalPrint, *, near: NDArray[np.int64] | None = None, threads: int = 1) -> Hits:
        """Return the features of the index that look like those of a query; for a marked part, among all there are.

        `near` are the words to look into, if `words_near` was asked already.
        """
        ends = self._ends if query.is_part else self._core_ends
        words = words_near(query) if near is None else near
        limits = np.full(len(words), MOST_BITS, np.int64)

        def part(mine: slice) -> Found:
            return self._lists.near(query.signatures[mine], words[mine], ends, limits[mine], COMMON, mine.start)

        bounds = np.linspace(0, len(words), max(1, threads) + 1).astype(int).tolist()
        parts = [slice(*both) for both in pairwise(bounds)]
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                found = Found(*map(np.concatenate, zip(*pool.map(part, parts), strict=True)))
        else:
            found = part(parts[0])
        return Hits(*found, limits, int((ends - self._lists.starts).sum()))


def _joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
