"""The simplest comparer: a query meets everything that was put in, one after the other."""

import threading
from collections.abc import Callable, Iterator, Sequence

from fanal.engine.fingerprint.prints import Print, of_technique
from fanal.engine.match.comparer import Found
from fanal.engine.match.link import Link

Compare = Callable[[Sequence[Print], Sequence[Print]], Link | None]


class PairwiseComparer:
    """Compares by a function of two contents' prints. Right for thousands of contents; more want an index."""

    def __init__(self, technique: str, compare: Compare) -> None:
        self._technique = technique
        self._compare = compare
        self._lock = threading.Lock()
        self._held: dict[int, tuple[Print, ...]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        mine = of_technique(prints, self._technique)
        with self._lock:
            self._held.pop(owner, None)
            if mine:
                self._held[owner] = mine

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        with self._lock:
            self._held.pop(owner, None)

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. One thread is used."""
        query = of_technique(prints, self._technique)
        with self._lock:
            held = sorted(self._held.items()) if query else []
        for owner, theirs in held:
            link = self._compare(query, theirs)
            if link is not None:
                yield Found(owner, link)
