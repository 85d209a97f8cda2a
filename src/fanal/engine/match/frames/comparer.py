"""Pictures and films by contract: every frame's hash in one exact index."""

import threading
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint import pdq
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Found
from fanal.engine.match.frames.alignment import Samples
from fanal.engine.match.frames.link import link
from fanal.engine.match.frames.table import ORIENTATIONS, FrameHits, FrameTable, frame_table
from fanal.engine.match.hamming import HammingIndex


class FrameComparer:
    """Finds the same picture in any of its eight orientations, the film that shows it, and the same stretch of film."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index = HammingIndex()
        self._rows: dict[int, range] = {}
        self._count = 0
        self._waiting: list[FrameTable] = []
        self._owners = np.empty(0, np.int64)
        self._times = np.empty(0, np.float64)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`. Prints under the quality gate are left out."""
        self.drop(owner)
        table = frame_table([prints])
        if not len(table.times):
            return
        with self._lock:
            self._waiting.append(table._replace(owners=np.full(len(table.times), owner)))
            self._rows[owner] = range(self._count, self._count + len(table.times))
            self._count += len(table.times)

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        with self._lock:
            rows = self._rows.pop(owner, None)
            if rows is not None:
                self._settle()
                self._index.remove(np.arange(rows.start, rows.stop))

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`."""
        query = frame_table([prints])
        if not len(query.times):
            return
        with self._lock:
            self._settle()
            owners, times = self._owners, self._times
        flat = query.hashes.reshape(-1, pdq.HASH_BYTES)
        lims, ids, distances = self._index.search(flat, pdq.RADIUS, threads)
        rows = np.repeat(np.arange(len(flat)), np.diff(lims))
        order = np.argsort(owners[ids], kind="stable")
        ids, rows, distances = ids[order], rows[order], distances[order]
        for owner, part in _by_owner(owners[ids]):
            mine = self._rows.get(owner)
            if mine is not None:
                hits = FrameHits(
                    owner,
                    query.times[rows[part] // ORIENTATIONS],
                    rows[part] % ORIENTATIONS,
                    times[ids[part]],
                    distances[part].astype(np.int64),
                    Samples(query.times, times[mine.start : mine.stop]),
                )
                made = link(hits, min(len(query.times), len(mine)))
                if made is not None:
                    yield Found(owner, made)

    def _settle(self) -> None:
        if not self._waiting:
            return
        first = len(self._times)
        self._owners = np.concatenate([self._owners, *(table.owners for table in self._waiting)])
        self._times = np.concatenate([self._times, *(table.times for table in self._waiting)])
        hashes = np.concatenate([table.hashes[:, 0] for table in self._waiting])
        self._index.add(np.ascontiguousarray(hashes), np.arange(first, first + len(hashes)))
        self._waiting.clear()


def _by_owner(owners: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each owner of a sorted list with its positions."""
    found, starts = np.unique(owners, return_index=True)
    yield from zip(found.tolist(), np.split(np.arange(len(owners)), starts[1:]), strict=False)
