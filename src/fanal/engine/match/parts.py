"""Keeps the parts of an index in a snapshot and takes them out again."""

from pathlib import Path

from fanal.engine.match.bits import order_name
from fanal.engine.match.recent import RecentPart
from fanal.engine.match.snapshot import DamagedSnapshot, Snapshot, write

Parts = tuple[RecentPart, ...]


def save(path: Path, parts: Parts) -> None:
    """Write a snapshot of the parts."""
    about = {"order": order_name(), "parts": [part.kind for part in parts]}
    write(path, about, {f"{n}.{name}": array for n, part in enumerate(parts) for name, array in part.arrays().items()})


def load(path: Path, *, verify: bool) -> Parts:
    """Return the parts that a snapshot keeps, mapped where they can be. Raises DamagedSnapshot."""
    snapshot = Snapshot(path)
    if snapshot.about.get("order") != order_name():
        raise DamagedSnapshot(f"The index snapshot {path} was made by another version.")
    if verify:
        snapshot.verify()
    return tuple(RecentPart.of_arrays(snapshot.part(n)) for n, _ in enumerate(snapshot.about["parts"]))
