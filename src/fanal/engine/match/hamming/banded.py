"""The large parts of an index: hashes sorted into buckets, band by band, never changed once built."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bands import Band, Look, Plan, bytes_for, look, plan_for, row_bits, window_places
from fanal.engine.match.hamming.bits import WORDS
from fanal.engine.match.hamming.buckets import mark, mark_scanning
from fanal.engine.match.hamming.building import built
from fanal.engine.match.hamming.hits import Chunks, Hits, Living, collect
from fanal.engine.match.hamming.probe import probe
from fanal.engine.match.hamming.sweep import sweep
from fanal.kit.errors import Invalid

_MOST = 2**32 - 1
_BATCH = 64
"""From so many queries on it pays to do them band by band."""
_CHUNK = 1 << 18
_NOBODY = -(2**62)
_ADDRESSED = ("hashes", "dead", "tables", "windows", "rows")
_CROWDS = ("crowd_places", "crowd_pivots", "crowd_counts")


class BandedPart:
    """Hashes in buckets. Rows stand in order of the first band's keys, so that band needs no entries of its own.

    Only what is gone changes, in memory of this process: the arrays may be mapped from a file and shared.
    """

    kind: ClassVar[str] = "banded"

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `build` made, or a snapshot kept; without `gone` nothing is gone."""
        self._kept = {name: array for name, array in arrays.items() if name != "gone"}
        self._hashes: NDArray[np.uint64] = arrays["hashes"]
        self._ids: NDArray[Any] = arrays["ids"]
        self._first_id = int(arrays["first_id"][0])
        self._plan: Plan = tuple(Band(*band) for band in arrays["plan"].reshape(-1, 3).tolist())
        self._dead = np.zeros(len(self._ids), np.uint8)
        count = len(self._ids)
        addressed = {**self._kept, "dead": self._dead}
        first, second = ([addressed[name].ctypes.data for name in names] for names in (_ADDRESSED, _CROWDS))
        self._addresses = np.array([*first, row_bits(count), count, *second, len(arrays["crowd_places"])], np.int64)
        self._looks: dict[int, Look] = {}
        self._places = window_places(self._plan, count)
        self.alive = count
        self.kill(arrays.get("gone", np.empty(0, np.int64)))

    @classmethod
    def build(
        cls,
        hashes: NDArray[np.uint64],
        ids: NDArray[np.int64],
        plan: Plan | None = None,
        *,
        memory: int | None = None,
    ) -> "BandedPart":
        """Sort mixed hashes (uint64[N * 4], N < 2**32) and their ids into buckets."""
        return cls.gather(lambda: [(hashes, ids)], len(ids), plan, memory=memory)

    @classmethod
    def gather(cls, chunks: Chunks, count: int, plan: Plan | None = None, *, memory: int | None = None) -> "BandedPart":
        """Do what `build` does with hashes that come in chunks; they are asked for twice.

        The compact form is built when the fast one takes more than so many bytes of `memory`. It has no list of rows
        in order of ids, so that a removal looks at every id.
        """
        if count >= _MOST:
            raise Invalid(f"A part of the index holds fewer than {_MOST} hashes, not {count}.")
        compact = memory is not None and bytes_for(count, plan_for(count, compact=False)) > memory
        return cls(built(chunks, count, plan or plan_for(count, compact=compact), listed=not compact))

    def __len__(self) -> int:
        return len(self._ids)

    def hits(self, queries: NDArray[np.uint64], radius: int) -> Hits:
        """Return all pairs within the radius; queries are mixed hashes."""
        found = self._found(queries, radius, _NOBODY)
        assert found is not None
        if not len(found.ids):
            return found
        return Hits(found.queries, self._ids_of(found.ids), found.distances)

    def joined(
        self, other: "BandedPart", start: int, end: int, radius: int, most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None:
        """Return ids, ids and distances of the pairs of rows from `start` to `end` with another part's, or later own.

        None when several rows have more than `most` together.
        """
        queries = self._hashes[start * WORDS : end * WORDS]
        found = other._found(queries, radius, start if other is self else _NOBODY, most if end - start > 1 else None)
        if found is None:
            return None
        keep = self._dead[start + found.queries] == 0
        first, second = self._ids_of(start + found.queries[keep]), other._ids_of(found.ids[keep])
        return first, second, found.distances[keep]

    def _found(self, queries: NDArray[np.uint64], radius: int, above: int, most: int | None = None) -> Hits | None:
        """Return pairs of queries and rows; None when there are more than `most`."""
        how = self._looks.get(radius)
        if how is None:
            how = self._looks[radius] = look(self._plan, radius)
        search = sweep if len(queries) // WORDS >= _BATCH else probe
        return collect(
            lambda room: search(self._addresses, how.bands, how.masks, self._places, queries, radius, above, room),
            len(queries) // WORDS,
            most,
        )

    def _ids_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._ids[rows].astype(np.int64) + self._first_id

    def kill(self, ids: NDArray[np.int64]) -> None:
        """Let all hashes of these ids be found no more."""
        wanted = np.unique(ids)
        if self._ids.dtype == np.uint32:
            wanted = wanted[wanted >= self._first_id]
            wanted = wanted[(wanted.view(np.uint64) - np.uint64(self._first_id % 2**64)) < 2**32] - self._first_id
        by_id = self._kept["by_id"]
        if not len(wanted):
            return
        if len(by_id):
            self.alive -= int(mark(self._ids, wanted, by_id, row_bits(len(self)), self._dead))
        else:
            self.alive -= int(mark_scanning(self._ids, wanted, self._dead))

    def living(self) -> Living:
        """Return the hashes that can be found, and their ids."""
        dead = self._dead.copy()

        def chunks() -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
            for start in range(0, len(dead), _CHUNK):
                rows = slice(start, start + _CHUNK)
                keep = dead[rows] == 0
                hashes = self._hashes.reshape(-1, WORDS)[rows][keep].reshape(-1)
                yield hashes, self._ids[rows][keep].astype(np.int64) + self._first_id

        return Living(len(dead) - int(np.count_nonzero(dead)), chunks)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what a snapshot must keep; later changes of the part do not reach it."""
        gone = np.unique(self._ids_of(np.flatnonzero(self._dead)))
        return {**self._kept, "gone": gone}
