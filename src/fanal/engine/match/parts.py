"""The parts of an index: what they have in common, how they are merged, and how a snapshot keeps them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.banded import BandedPart
from fanal.engine.match.bits import order_name
from fanal.engine.match.hits import Hits
from fanal.engine.match.recent import RecentPart
from fanal.engine.match.snapshot import DamagedSnapshot, Snapshot, write


class Part(Protocol):
    """Some of an index's hashes, searched by themselves."""

    kind: ClassVar[str]
    alive: int

    def __len__(self) -> int: ...
    def hits(self, queries: NDArray[np.uint64], radius: int) -> Hits:
        """Return all pairs within the radius."""

    def kill(self, ids: NDArray[np.int64]) -> None:
        """Let all hashes of these ids be found no more."""

    def living(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the hashes that can be found, and their ids."""

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what a snapshot must keep; later changes of the part do not reach it."""


Parts = tuple[Part, ...]
Kept = Sequence[tuple[str, Mapping[str, NDArray[Any]]]]


def merged(parts: Sequence[Part]) -> BandedPart:
    """Return one part with all that can be found in these."""
    living = [part.living() for part in parts]
    return BandedPart.build(
        np.concatenate([hashes for hashes, _ in living]), np.concatenate([ids for _, ids in living])
    )


def kept(parts: Parts) -> Kept:
    """Return what a snapshot of the parts must keep, as they are now."""
    return [(part.kind, part.arrays()) for part in parts]


def save(path: Path, parts: Kept) -> None:
    """Write a snapshot of what `kept` returned."""
    arrays = {f"{n}.{name}": array for n, (_, of_part) in enumerate(parts) for name, array in of_part.items()}
    write(path, {"order": order_name(), "parts": [kind for kind, _ in parts]}, arrays)


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
