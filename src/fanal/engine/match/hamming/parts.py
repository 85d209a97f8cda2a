"""The parts of an index: what they have in common, how they are merged, and how a snapshot keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.banded import BandedPart
from fanal.engine.match.hamming.bits import WORDS, order_name
from fanal.engine.match.hamming.hits import Hits, Living
from fanal.engine.match.hamming.recent import RecentPart
from fanal.engine.match.hamming.snapshot import DamagedSnapshot, Snapshot, write


class Part(Protocol):
    """Some of an index's hashes, searched by themselves."""

    kind: ClassVar[str]
    alive: int

    def __len__(self) -> int: ...
    def hits(self, queries: NDArray[np.uint64], radius: int) -> Hits:
        """Return all pairs within the radius."""

    def kill(self, ids: NDArray[np.int64]) -> None:
        """Let all hashes of these ids be found no more."""

    def living(self) -> Living:
        """Return the hashes that can be found, and their ids."""

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what a snapshot must keep; later changes of the part do not reach it."""


Parts = tuple[Part, ...]
Kept = Sequence[tuple[str, Mapping[str, NDArray[Any]]]]


def merged(parts: Sequence[Part], memory: int | None) -> BandedPart:
    """Return one part with all that can be found in these; `memory` as `BandedPart.gather` has it."""
    living = [part.living() for part in parts]
    return BandedPart.gather(
        lambda: chain.from_iterable(one.chunks() for one in living), sum(one.total for one in living), memory=memory
    )


def joinable(parts: Sequence[Part], memory: int | None) -> list[BandedPart]:
    """Return the parts, those sorted that are not yet."""
    return [part if isinstance(part, BandedPart) else merged([part], memory) for part in parts if len(part)]


def kept(parts: Parts) -> Kept:
    """Return what a snapshot of the parts must keep, as they are now."""
    return [(part.kind, part.arrays()) for part in parts]


@dataclass(frozen=True, slots=True)
class Frozen:
    """An index as it was at one moment."""

    parts: Kept

    def save(self, path: Path | str) -> None:
        """Write a snapshot: whole and durable when this returns, or not at all. Raises StorageFull."""
        arrays = {f"{n}.{name}": array for n, (_, of_part) in enumerate(self.parts) for name, array in of_part.items()}
        write(Path(path), {"order": order_name(), "parts": [kind for kind, _ in self.parts]}, arrays)


def differing(parts: Sequence[Part], hashes: NDArray[np.uint64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, in order, the ids under which the parts do not hold exactly these mixed hashes."""
    living = [part.living().whole() for part in parts]
    held = _rows(np.concatenate([some for some, _ in living]), np.concatenate([some for _, some in living]))
    wanted = _rows(hashes, ids)
    rows, inverse = np.unique(np.concatenate([held, wanted]), return_inverse=True)
    balance = np.bincount(inverse[: len(held)], minlength=len(rows)) - np.bincount(
        inverse[len(held) :], minlength=len(rows)
    )
    return np.unique(rows[balance != 0].view(np.int64).reshape(-1, 1 + WORDS)[:, 0])


def _rows(hashes: NDArray[np.uint64], ids: NDArray[np.int64]) -> NDArray[np.void]:
    """Return id and hash of each as one value that can be sorted."""
    joined = np.empty((len(ids), 1 + WORDS), np.uint64)
    joined[:, 0] = ids.view(np.uint64)
    joined[:, 1:] = hashes.reshape(-1, WORDS)
    return joined.view(np.dtype((np.void, joined.itemsize * (1 + WORDS)))).reshape(-1)


def load(path: Path, *, verify: bool) -> tuple[Snapshot, list[BandedPart], list[RecentPart]]:
    """Return a snapshot and its parts: large ones mapped, recent ones copied. Raises DamagedSnapshot."""
    snapshot = Snapshot(path)
    if snapshot.about.get("order") != order_name():
        raise DamagedSnapshot(f"The index snapshot {path} was made by another version.")
    if verify:
        snapshot.verify()
    kinds = list(enumerate(snapshot.about["parts"]))
    banded = [BandedPart(snapshot.part(n)) for n, kind in kinds if kind == BandedPart.kind]
    return snapshot, banded, [RecentPart.of_arrays(snapshot.part(n)) for n, kind in kinds if kind == RecentPart.kind]
