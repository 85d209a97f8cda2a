"""The newest hashes: a plain growing list, searched one by one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bits import WORDS
from fanal.engine.match.hamming.hits import Hits, Living, collect
from fanal.engine.match.hamming.scan import scan


class RecentPart:
    """A list of hashes that grows cheaply.

    One writer at a time (its owner holds a lock); readers need none: they see the list as it stood when they began.
    """

    kind: ClassVar[str] = "recent"

    def __init__(
        self, hashes: NDArray[np.uint64], ids: NDArray[np.int64], dead: NDArray[np.uint8] | None = None
    ) -> None:
        """Take over mixed hashes (uint64[N * 4]), their ids, and which of them are gone (uint8[N])."""
        gone = np.zeros(len(ids), np.uint8) if dead is None else dead
        self._seen = (hashes, ids, gone, len(ids))
        self.alive = len(ids) - int(np.count_nonzero(gone))

    @classmethod
    def empty(cls) -> "RecentPart":
        """Return a list of nothing."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64))

    def __len__(self) -> int:
        return self._seen[3]

    def append(self, hashes: NDArray[np.uint64], ids: NDArray[np.int64]) -> None:
        """Add mixed hashes and their ids at the end."""
        end = len(self) + len(ids)
        if end > len(self._seen[1]):
            self._grow(end)
        all_hashes, all_ids, dead, count = self._seen
        all_hashes[count * WORDS : end * WORDS] = hashes
        all_ids[count:end] = ids
        self._seen = (all_hashes, all_ids, dead, end)
        self.alive += len(ids)

    def _grow(self, needed: int) -> None:
        hashes, ids, dead, count = self._seen
        room = max(needed, 2 * count, 64)
        wider = (np.empty(room * WORDS, np.uint64), np.empty(room, np.int64), np.zeros(room, np.uint8))
        wider[0][: count * WORDS] = hashes[: count * WORDS]
        wider[1][:count] = ids[:count]
        wider[2][:count] = dead[:count]
        self._seen = (*wider, count)

    def hits(self, queries: NDArray[np.uint64], radius: int) -> Hits:
        """Return all pairs within the radius; queries are mixed hashes."""
        hashes, ids, dead, count = self._seen
        found = collect(lambda room: scan(hashes, ids, dead, count, queries, radius, room), len(queries) // WORDS)
        assert found is not None
        return found

    def kill(self, ids: NDArray[np.int64]) -> None:
        """Let all hashes of these ids be found no more."""
        _, own, dead, count = self._seen
        rows = np.flatnonzero(np.isin(own[:count], ids))
        self.alive -= int(np.count_nonzero(dead[rows] == 0))
        dead[rows] = 1

    def living(self) -> Living:
        """Return the hashes that can be found, and their ids."""
        hashes, ids, dead, count = self._seen
        keep = dead[:count] == 0
        found = hashes[: count * WORDS].reshape(-1, WORDS)[keep].reshape(-1), ids[:count][keep]
        return Living(len(found[1]), lambda: [found])

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what a snapshot must keep; later changes of the part do not reach it."""
        hashes, ids, dead, count = self._seen
        return {"hashes": hashes[: count * WORDS], "ids": ids[:count], "dead": dead[:count].copy()}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "RecentPart":
        """Return the part that a snapshot kept; it gets copies, as it will be written to."""
        return cls(arrays["hashes"].copy(), arrays["ids"].copy(), arrays["dead"].copy())
