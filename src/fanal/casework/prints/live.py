"""The live index: one a process and technique, fed by the rows, and nothing but a function of them."""

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from django.db import Error as DatabaseFault
from django.db import connection
from numpy.typing import NDArray

from fanal.casework.prints import feed
from fanal.casework.prints.feed import Position, Rows
from fanal.casework.prints.keeping import Keeper
from fanal.engine.match.hamming import HammingIndex
from fanal.engine.match.hamming.parts import Frozen
from fanal.kit.errors import StorageFull

logger = logging.getLogger(__name__)

BLOCK = 1_000_000
"""Prints sorted at once when many are taken in."""
KEEP_FROM = 100_000
"""So many changes are worth a snapshot; fewer are read from the rows in a second or two."""
_KEEP_SHARE = 8


class LiveIndex:
    """All fingerprints of one technique that take part in matching.

    `refresh` takes in what was committed since the last time, so whoever refreshes and then searches finds all that was
    committed before, and nothing that was removed before. Ids are feed numbers. Any number of threads may search while
    another refreshes. With a folder, a snapshot is kept there from time to time, and a new process begins with it.
    """

    def __init__(
        self,
        technique: str,
        width: int,
        gate: int,
        folder: Path | None = None,
        keep_from: int = KEEP_FROM,
        memory: int | None = None,
    ) -> None:
        """Make an index that has taken in nothing yet.

        With `memory` (bytes) given, what would take more than that in the fast form is sorted into the compact form.
        """
        self.technique = technique
        self._width = width
        self._gate = gate
        self._keep_from = keep_from
        self._keeper = Keeper(folder, technique) if folder else None
        self._keeping: threading.Thread | None = None
        self._changes = 0
        self._at: Position | None = None
        self._memory = memory
        self._index = HammingIndex(memory)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._index)

    @property
    def nbytes(self) -> int:
        """Bytes of memory or mapped file that the index takes."""
        return self._index.nbytes

    def refresh(self) -> int:
        """Take in what was committed since the last time; return how many prints were added."""
        with self._lock:
            head = feed.head(self.technique)
            before = self._at
            if before is None or before.generation != head.generation:
                before = self._begin(head)
            gained = self._add(before, head)
            if head.removed > before.removed:
                gone = feed.removed(self.technique, before.removed, head.removed)
                self._index.remove(gone)
                self._changes += len(gone)
                self._at = replace(self._at or before, removed=head.removed)
            self._changes += gained
            self._keep_if_due()
            return gained

    def search(
        self, queries: NDArray[np.uint8], radius: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return `(lims, feeds, distances)` of all prints within `radius` of each query (uint8[N, width])."""
        lims, feeds, distances = self._index.search(queries, radius=radius)
        return lims, feeds, distances.astype(np.int64)

    def differing(self) -> NDArray[np.int64]:
        """Return the feed numbers for which the index as it stands does not hold what the rows say.

        Call it in a transaction that sees one moment, after `refresh` in the same.
        """
        upto = feed.head(self.technique).added
        nothing = (np.empty((0, self._width), np.uint8), np.empty(0, np.int64))
        rows = _joined([nothing, *feed.added(self.technique, self._gate, self._width, 0, upto)])
        return self._index.differing(*rows)

    def settle(self) -> None:
        """Wait until nothing is being merged or kept in the background."""
        self._index.settle()
        keeping = self._keeping
        if keeping is not None:
            keeping.join()

    def _begin(self, head: Position) -> Position:
        """Begin with the snapshot, if there is one of this run of feed numbers, else with nothing."""
        kept = self._keeper.open(head.generation, self._memory) if self._keeper else None
        # What was removed up to now is in no row that will be read from now on.
        self._index, self._at = kept or (HammingIndex(self._memory), Position(head.generation, 0, head.removed))
        self._changes = 0
        return self._at

    def _add(self, before: Position, head: Position) -> int:
        """Add the prints between two positions. Cut off at any point, the next refresh goes on from there."""
        if head.added <= before.added:
            return 0
        gained, at = 0, before
        chunks = feed.added(self.technique, self._gate, self._width, before.added, head.added)
        for hashes, feeds in _blocks(chunks, BLOCK):
            self._index.add(hashes, feeds)
            self._at = at = replace(at, added=int(feeds[-1]))
            gained += len(feeds)
        self._at = replace(at, added=head.added)
        return gained

    def _keep_if_due(self) -> None:
        due = self._changes >= max(self._keep_from, len(self._index) // _KEEP_SHARE)
        if not due or self._keeper is None or self._at is None or (self._keeping and self._keeping.is_alive()):
            return
        self._changes = 0
        # The index and the position belong together only here, under the lock.
        work = (self._keeper, self._index.frozen(), len(self._index), self._at)
        self._keeping = threading.Thread(target=_keep, args=work, name="index-keeper", daemon=True)
        self._keeping.start()


def _keep(keeper: Keeper, frozen: Frozen, prints: int, at: Position) -> None:
    try:
        keeper.keep(frozen, prints, at)
    except (StorageFull, DatabaseFault, OSError) as fault:
        logger.warning("The index snapshot was not kept: %s", fault)
    finally:
        connection.close()


def _blocks(rows: Iterable[Rows], size: int) -> Iterator[Rows]:
    """Join chunks of rows into blocks of about this size."""
    gathered: list[Rows] = []
    for chunk in rows:
        gathered.append(chunk)
        if sum(len(feeds) for _, feeds in gathered) >= size:
            yield _joined(gathered)
            gathered = []
    if gathered:
        yield _joined(gathered)


def _joined(chunks: list[Rows]) -> Rows:
    return np.concatenate([hashes for hashes, _ in chunks]), np.concatenate([feeds for _, feeds in chunks])
