"""Exact search among 256-bit hashes by Hamming distance, for any radius up to 31.

An index is a short list of parts, each searched exactly: large sorted ones, and one small recent one that takes what is
added. Ids need not be unique: a video has a hash for each second, all with the id of the film. A search reports each
stored hash by itself, so such an id can stand several times in an answer.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fanal.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from fanal.engine.match.hamming.hits import Answer
    from fanal.engine.match.hamming.pairs import Pairs
    from fanal.engine.match.hamming.parts import Frozen, Parts
    from fanal.engine.match.hamming.recent import RecentPart
    from fanal.engine.match.hamming.snapshot import Snapshot

    RawChunks = Callable[[], Iterable[tuple[NDArray[np.uint8], NDArray[np.int64]]]]

LARGEST_RADIUS = 31
_RECENT = 4096
"""So many hashes are compared one by one in a few microseconds; then they are sorted."""
_RATIO = 4
"""A part this many times larger than all newer ones together is left alone, so that a hash is sorted seldom."""


class HammingIndex:
    """Hashes with ids, searched exactly.

    Any number of threads may search while others add or remove; a search sees the index as it stood when it began,
    or newer. What `add` returned from is found by every later search, what `remove` returned from by none.
    """

    def __init__(self, memory: int | None = None) -> None:
        """Make an empty index.

        With `memory` (bytes) given, what would take more than that in the fast form is kept in the compact form:
        about half the memory, two to three times the time, and a removal takes a nanosecond for each stored hash.
        """
        from fanal.engine.match.hamming.recent import RecentPart

        self._memory = memory
        self._writing = threading.Lock()
        self._merging: threading.Thread | None = None
        self._removed_meanwhile: list[NDArray[np.int64]] = []
        self._snapshot: Snapshot | None = None
        self._sorted: Parts = ()
        self._recent = RecentPart.empty()
        self._parts: Parts = (self._recent,)

    @classmethod
    def build(cls, hashes: NDArray[np.uint8], ids: NDArray[np.int64], memory: int | None = None) -> HammingIndex:
        """Return an index of hashes (uint8[N, 32]) with their ids (int64[N]). Raises Invalid for other shapes."""
        index = cls(memory)
        index.add(hashes, ids)
        return index

    @classmethod
    def gather(cls, chunks: RawChunks, count: int, memory: int | None = None) -> HammingIndex:
        """Do what `build` does with `count` hashes that come in chunks, so that nothing else need hold all of them.

        `chunks` is called twice, and starts each time to yield the same (uint8[n, 32], int64[n]) in the same order.
        """
        from fanal.engine.match.hamming.banded import BandedPart
        from fanal.engine.match.hamming.bits import mix

        def mixed() -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
            for hashes, ids in chunks():
                yield mix(_checked_hashes(hashes)), _checked_ids(ids)

        index = cls(memory)
        index._show((BandedPart.gather(mixed, count, memory=memory),), index._recent)
        return index

    @classmethod
    def open(cls, path: Path | str, *, verify: bool = True, memory: int | None = None) -> HammingIndex:
        """Return the index kept at `path`, mapped: processes that open the same file share its memory.

        `verify` reads the whole file once and compares checksums; without it only the header and the length are
        proved, and `verify()` can follow later: searching a file damaged inside may then answer wrongly or crash.
        What is added or removed afterwards stays in this process; `memory` holds for what is merged afterwards.
        Raises DamagedSnapshot when the file is not whole, FileNotFoundError when there is none.
        """
        from fanal.engine.match.hamming.parts import load

        index = cls(memory)
        index._snapshot, banded, recent = load(Path(path), verify=verify)
        with index._writing:
            for part in recent:
                index._recent.append(*part.living().whole())
            index._show((*banded,), index._recent)
        return index

    def verify(self) -> None:
        """Compare the snapshot this index was opened from with its checksums. Raises DamagedSnapshot."""
        if self._snapshot is not None:
            self._snapshot.verify()

    def save(self, path: Path | str) -> None:
        """Write the index to `path`: whole and durable when this returns, or not at all.

        What is added or removed meanwhile is not in it. Raises StorageFull when there is no room.
        """
        self.frozen().save(path)

    def frozen(self) -> Frozen:
        """Return the index as it is now, to be saved later; what is added or removed afterwards does not reach it."""
        from fanal.engine.match.hamming.parts import Frozen, kept

        with self._writing:
            return Frozen(kept(self._parts))

    def differing(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, in order, the ids under which the index does not hold exactly these hashes (uint8[N, 32], int64[N]).

        To see whether an index is what its rows say. Raises Invalid for other shapes.
        """
        from fanal.engine.match.hamming.bits import mix
        from fanal.engine.match.hamming.parts import differing

        return differing(self._parts, mix(_checked_hashes(hashes)), _checked_ids(ids))

    def __len__(self) -> int:
        return sum(part.alive for part in self._parts)

    @property
    def nbytes(self) -> int:
        """Bytes of memory or mapped file that the index takes."""
        return sum(array.nbytes for part in self._parts for array in part.arrays().values())

    def search(
        self, queries: NDArray[np.uint8], radius: int = LARGEST_RADIUS, threads: int = 1, limit: int | None = None
    ) -> Answer:
        """Return all stored hashes within `radius` of each query (uint8[Q, 32]): (lims, ids, distances).

        What belongs to query i stands at lims[i]:lims[i+1] (lims: int64[Q + 1], ids: int64, distances: int32),
        ordered by distance, then id. With a `limit`, only so many of each query are kept, the first in that order, and
        memory is that of a few dozen queries, however many hashes lie near.
        Raises Invalid for a radius outside 0 to 31, a limit under 1 or queries of another shape.
        """
        if not 0 <= radius <= LARGEST_RADIUS:
            raise Invalid(f"The radius must be 0 to {LARGEST_RADIUS}, not {radius}.")
        if limit is not None and limit < 1:
            raise Invalid(f"The limit must be 1 or more, not {limit}.")
        from fanal.engine.match.hamming.searching import search

        return search(self._parts, _checked_hashes(queries), radius, threads, limit)

    def pairs(self, radius: int = LARGEST_RADIUS, most: int = 1_000_000) -> Iterator[Pairs]:
        """Yield every pair of stored hashes within `radius` once: about `most` at a time, or as many as one hash has.

        Each batch tells how much of the work is done. What is added or removed meanwhile may be met or not.
        Raises Invalid for a radius outside 0 to 31.
        """
        if not 0 <= radius <= LARGEST_RADIUS:
            raise Invalid(f"The radius must be 0 to {LARGEST_RADIUS}, not {radius}.")
        from fanal.engine.match.hamming.pairs import join
        from fanal.engine.match.hamming.parts import joinable

        return join(joinable(self._parts, self._memory), radius, most)

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Add hashes (uint8[N, 32]) with their ids (int64[N]). Raises Invalid for other shapes.

        A few are added in microseconds; now and then a thread in the background sorts what has gathered.
        """
        from fanal.engine.match.hamming.banded import BandedPart
        from fanal.engine.match.hamming.bits import mix, mixed_chunks

        checked = _checked_ids(ids)
        if len(_checked_hashes(hashes)) != len(checked):
            raise Invalid(f"{len(hashes)} hashes cannot have {len(checked)} ids.")
        large = None
        if len(checked) >= _RECENT:
            large = BandedPart.gather(lambda: mixed_chunks(hashes, checked), len(checked), memory=self._memory)
        with self._writing:
            if large is not None:
                self._show((*self._sorted, large), self._recent)
            else:
                self._recent.append(mix(hashes), checked)
            self._merge_if_due()

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove every hash of these ids; ids that are not there are no error, and an id may be added again."""
        checked = _checked_ids(ids)
        with self._writing:
            for part in self._parts:
                part.kill(checked)
            if self._merging is not None:
                self._removed_meanwhile.append(checked)

    def compact(self) -> None:
        """Merge everything into one part; searches and additions go on meanwhile."""
        self.settle()
        with self._writing:
            self._seal()
            group = self._sorted
            if len(group) > 1 or any(part.alive < len(part) for part in group):
                self._start_merge(group)
        self.settle()

    def settle(self) -> None:
        """Wait until no merge is under way."""
        while True:
            with self._writing:
                thread = self._merging
            if thread is None:
                return
            thread.join()

    def _show(self, large: Parts, recent: RecentPart) -> None:
        """Let searches see these parts from now on. The caller holds the lock."""
        self._sorted = large
        self._recent = recent
        self._parts = (*large, recent)

    def _seal(self) -> None:
        """Let a new recent part take what is added from now on. The caller holds the lock."""
        from fanal.engine.match.hamming.recent import RecentPart

        if len(self._recent):
            self._show((*self._sorted, self._recent), RecentPart.empty())

    def _merge_if_due(self) -> None:
        """Merge the newest parts that are not much smaller than what follows them. The caller holds the lock."""
        if self._merging is not None:
            return
        if len(self._recent) >= _RECENT:
            self._seal()
        gathered = 0
        first = len(self._sorted)
        for number in reversed(range(len(self._sorted))):
            part = self._sorted[number]
            if part.kind == "recent" or len(part) < _RATIO * gathered:
                first = number
            gathered += len(part)
        group = self._sorted[first:]
        if len(group) > 1 or any(part.kind == "recent" for part in group):
            self._start_merge(group)

    def _start_merge(self, group: Parts) -> None:
        self._removed_meanwhile = []
        self._merging = threading.Thread(target=self._merge, args=(group,), name="hamming-merge", daemon=True)
        self._merging.start()

    def _merge(self, group: Parts) -> None:
        """Replace a group of neighbouring parts by one; what is removed meanwhile is removed from that as well."""
        from fanal.engine.match.hamming.parts import merged

        part = None
        try:
            part = merged(group, self._memory)
        finally:
            with self._writing:
                if part is not None:
                    for ids in self._removed_meanwhile:
                        part.kill(ids)
                    before = self._sorted[: self._sorted.index(group[0])]
                    after = self._sorted[len(before) + len(group) :]
                    self._show((*before, part, *after), self._recent)
                self._removed_meanwhile = []
                self._merging = None
                if part is not None:
                    self._merge_if_due()


def _checked_hashes(hashes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if hashes.ndim != 2 or hashes.shape[1] != 32 or hashes.dtype != np.uint8:
        raise Invalid(f"Hashes must be uint8[N, 32], not {hashes.dtype}{list(hashes.shape)}.")
    return hashes


def _checked_ids(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    if ids.ndim != 1 or not np.can_cast(ids.dtype, np.int64):
        raise Invalid(f"Ids must be int64[N], not {ids.dtype}{list(ids.shape)}.")
    return np.ascontiguousarray(ids, np.int64)
