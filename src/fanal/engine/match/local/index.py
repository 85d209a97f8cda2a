"""An inverted index of local features: a query looks only at features that fall into the same words as its own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.fingerprint.local.words import WORDS, nearest_words, recalled
from fanal.engine.match.hamming.instructions import popcount

PROBES = 8
"""Words looked into for each feature of a query: nine in ten true partners lie in these."""
MOST_BITS = 34
"""Of 128: signatures that differ more do not match."""
COMMON = 2000
"""Matches of one feature of a query that are taken, the most alike."""


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


_U64 = types.Array(types.uint64, 1, "C", readonly=True)
_I64 = types.Array(types.int64, 1, "C", readonly=True)
_I32 = types.Array(types.int32, 1, "C", readonly=True)
_WORD_ROWS = types.Array(types.int64, 2, "C", readonly=True)
_SIGNATURE_ROWS = types.Array(types.uint64, 2, "C", readonly=True)


@inlined
def _nearer(out: Any, first: int, count: int, limit: int) -> int:
    """Keep those of the rows from `first` to `count` that differ by at most `limit` bits; return where they end."""
    kept = first
    for k in range(first, count):
        if out[k, 2] <= limit:
            out[kept] = out[k]
            kept += 1
    return kept


@kernel(
    types.int64(
        _SIGNATURE_ROWS,
        _WORD_ROWS,
        _I64,
        _I64,
        _U64,
        _I32,
        types.int64,
        types.int64,
        types.int64[::1],
        types.int32[:, ::1],
    )
)
def _look_up(
    signature: Any,
    words: Any,
    starts: Any,
    ends: Any,
    posted: Any,
    feature: Any,
    most_bits: int,
    common: int,
    limits: Any,
    out: Any,
) -> int:
    # Of a feature with more than `common` matches only those stay that look most alike: whichever order they come in.
    count = 0
    for q in range(signature.shape[0]):
        a, b = signature[q, 0], signature[q, 1]
        first, limit = count, most_bits
        for p in range(words.shape[1]):
            word = words[q, p]
            for k in range(starts[word], ends[word]):
                bits = np.int64(popcount(posted[2 * k] ^ a)) + np.int64(popcount(posted[2 * k + 1] ^ b))
                if bits <= limit:
                    out[count, 0] = q
                    out[count, 1] = feature[k]
                    out[count, 2] = bits
                    count += 1
                    while count - first > common:
                        limit -= 1
                        count = _nearer(out, first, count, limit)
        limits[q] = limit
    return count


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
        words = _joined([one.words for one in prints], np.int64)
        core = _joined([np.arange(len(one)) < CORE_FEATURES for one in prints], np.bool_)
        # Within a word what whole pictures are found by comes first, so that they need not look at the rest.
        order = np.lexsort((~core, words)).astype(np.int32)
        self._word_starts = np.searchsorted(words[order], np.arange(WORDS + 1)).astype(np.int64)
        self._core_ends = self._word_starts[:-1] + np.bincount(words[core], minlength=WORDS)
        marks = _joined([one.signatures.reshape(-1) for one in prints], np.uint64).reshape(-1, 2)
        self._signatures = np.ascontiguousarray(marks[order]).reshape(-1)
        self._feature = order
        self._posting = np.empty(len(order), np.int32)
        self._posting[order] = np.arange(len(order), dtype=np.int32)
        self.geometry = _joined([one.geometry for one in prints], np.float32).reshape(-1, 4)
        """[n, 4]: x, y, scale, direction of each feature."""

    def __len__(self) -> int:
        return len(self.sizes)

    def features_of(self, picture: int) -> slice:
        """Return the numbers of the features of a picture."""
        return slice(int(self.starts[picture]), int(self.starts[picture + 1]))

    def marks_of(self, picture: int) -> NDArray[np.uint64]:
        """Return the signatures of a picture, uint64[n, 2], in the order of its features."""
        return self._signatures.reshape(-1, 2)[self._posting[self.features_of(picture)]]

    def words_of(self, picture: int) -> NDArray[np.int64]:
        """Return the words of the features of a picture, int64[n]."""
        return np.searchsorted(self._word_starts, self._posting[self.features_of(picture)], side="right") - 1

    @classmethod
    def build(cls, prints: Sequence[LocalPrint]) -> Self:
        """Return an index of these prints."""
        return cls(prints)

    def picture_of(self, feature: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the numbers of the pictures that features of the index belong to."""
        return np.searchsorted(self.starts, feature, side="right") - 1

    def look_up(self, query: LocalPrint, *, near: NDArray[np.int64] | None = None, threads: int = 1) -> Hits:
        """Return the features of the index that look like those of a query; for a marked part, among all there are.

        `near` are the words to look into, if `words_near` was asked already.
        """
        ends = self._word_starts[1:] if query.is_part else self._core_ends
        marks, words = query.signatures, words_near(query) if near is None else near
        parts = np.array_split(np.arange(len(marks)), max(1, threads))

        limits = np.empty(len(marks), np.int64)

        def part(rows: NDArray[np.int64]) -> NDArray[np.int32]:
            out = np.empty((len(rows) * COMMON + 1, 3), np.int32)
            count = _look_up(
                np.ascontiguousarray(marks[rows]),
                np.ascontiguousarray(words[rows]),
                self._word_starts,
                ends,
                self._signatures,
                self._feature,
                MOST_BITS,
                COMMON,
                limits[rows[0] : rows[-1] + 1] if len(rows) else limits[:0],
                out,
            )
            out[:count, 0] += np.int32(rows[0]) if len(rows) else np.int32(0)
            return out[:count].copy()

        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                found = np.concatenate(list(pool.map(part, parts)))
        else:
            found = part(parts[0])
        searched = int((ends - self._word_starts[:-1]).sum())
        return Hits(found[:, 0], found[:, 1], found[:, 2], limits, searched)


def _joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
