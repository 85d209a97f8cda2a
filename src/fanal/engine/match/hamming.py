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
    from numpy.typing import NDArray

    from fanal.engine.match.hits import Answer
    from fanal.engine.match.recent import RecentPart

LARGEST_RADIUS = 31
_CHUNK = 4096
"""Queries searched together: their working memory stays in the caches."""


class HammingIndex:
    """Hashes with ids, searched exactly.

    Any number of threads may search while others add or remove; a search sees the index as it stood when it began,
    or newer. What `add` returned from is found by every later search, what `remove` returned from by none.
    """

    def __init__(self) -> None:
        """Make an empty index."""
        from fanal.engine.match.recent import RecentPart

        self._writing = threading.Lock()
        self._parts: tuple[RecentPart, ...] = (RecentPart.empty(),)

    @classmethod
    def build(cls, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> HammingIndex:
        """Return an index of hashes (uint8[N, 32]) with their ids (int64[N]). Raises Invalid for other shapes."""
        index = cls()
        index.add(hashes, ids)
        return index

    @classmethod
    def open(cls, path: Path | str, *, verify: bool = True) -> HammingIndex:
        """Return the index kept at `path`, mapped: processes that open the same file share its memory.

        `verify` reads the whole file once and compares checksums; without it only the header and the length are
        proved, and `verify()` can follow later. What is added or removed afterwards stays in this process.
        Raises DamagedSnapshot when the file is not whole, FileNotFoundError when there is none.
        """
        from fanal.engine.match.parts import load

        index = cls()
        index._parts = load(Path(path), verify=verify)
        return index

    def save(self, path: Path | str) -> None:
        """Write the index to `path`: whole and durable when this returns, or not at all.

        Raises StorageFull when there is no room. What is added or removed meanwhile waits.
        """
        from fanal.engine.match.parts import save

        with self._writing:
            save(Path(path), self._parts)

    def __len__(self) -> int:
        return sum(part.alive for part in self._parts)

    def search(self, queries: NDArray[np.uint8], radius: int = LARGEST_RADIUS, threads: int = 1) -> Answer:
        """Return all stored hashes within `radius` of each query (uint8[Q, 32]): (lims, ids, distances).

        What belongs to query i stands at lims[i]:lims[i+1] (lims: int64[Q + 1], ids: int64, distances: int32),
        ordered by distance, then id. Raises Invalid for a radius outside 0 to 31 or queries of another shape.
        """
        if not 0 <= radius <= LARGEST_RADIUS:
            raise Invalid(f"The radius must be 0 to {LARGEST_RADIUS}, not {radius}.")
        from fanal.engine.match.bits import mix
        from fanal.engine.match.hits import arrange

        mixed = mix(_checked_hashes(queries))
        parts = self._parts
        return arrange([part.hits(mixed, radius) for part in parts], len(queries))

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Add hashes (uint8[N, 32]) with their ids (int64[N]). Raises Invalid for other shapes."""
        from fanal.engine.match.bits import mix

        checked = _checked_ids(ids)
        if len(_checked_hashes(hashes)) != len(checked):
            raise Invalid(f"{len(hashes)} hashes cannot have {len(checked)} ids.")
        mixed = mix(hashes)
        with self._writing:
            self._parts[-1].append(mixed, checked)

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove every hash of these ids; ids that are not there are no error, and an id may be added again."""
        checked = _checked_ids(ids)
        with self._writing:
            for part in self._parts:
                part.kill(checked)


def _checked_hashes(hashes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if hashes.ndim != 2 or hashes.shape[1] != 32 or hashes.dtype != np.uint8:
        raise Invalid(f"Hashes must be uint8[N, 32], not {hashes.dtype}{list(hashes.shape)}.")
    return hashes


def _checked_ids(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise Invalid(f"Ids must be int64[N], not {ids.dtype}{list(ids.shape)}.")
    return np.ascontiguousarray(ids, np.int64)
