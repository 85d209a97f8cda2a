"""The live index: one a process and technique, fed by the rows, and nothing but a function of them."""

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fanal.casework.prints.models import Print
from fanal.engine.match.hamming import HammingIndex

FEED_CHUNK = 50_000


class LiveIndex:
    """All fingerprints of one technique that take part in matching.

    `refresh` takes in the rows committed since the last time. Ids are feed numbers.
    """

    def __init__(self, technique: str, width: int, gate: int) -> None:
        self.technique = technique
        self._width = width
        self._gate = gate
        self._last = 0
        self._index = HammingIndex.build(np.empty((0, width), np.uint8), np.empty(0, np.int64))
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._index)

    def refresh(self) -> int:
        """Take in what was committed since the last time; return how many prints that were."""
        with self._lock:
            added = 0
            for hashes, feeds in self._news():
                if self._last == 0 and len(self._index) == 0:
                    self._index = HammingIndex.build(hashes, feeds)
                else:
                    self._index.add(hashes, feeds)
                self._last = int(feeds[-1])
                added += len(feeds)
            return added

    def search(
        self, queries: NDArray[np.uint8], radius: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return `(lims, feeds, distances)` of all prints within `radius` of each query (uint8[N, width])."""
        lims, feeds, distances = self._index.search(queries, radius=radius)
        return lims, feeds, distances.astype(np.int64)

    def _news(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
        while True:
            rows = Print.objects.filter(technique=self.technique, feed__gt=self._last, quality__gte=self._gate)
            chunk = list(rows.order_by("feed").values_list("feed", "data")[:FEED_CHUNK])
            if not chunk:
                return
            hashes = np.frombuffer(b"".join(bytes(data) for _, data in chunk), np.uint8).reshape(-1, self._width)
            yield hashes, np.fromiter((feed for feed, _ in chunk), np.int64, len(chunk))
