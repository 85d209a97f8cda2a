"""Snapshots of a live index in the data folder, so that a restarted process maps millions of prints and reads the rest.

A snapshot saves time and nothing else: what is damaged, foreign or missing is built again from the rows.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from fanal.casework.prints.feed import Position
from fanal.casework.prints.models import KeptIndex
from fanal.engine.match.hamming import HammingIndex
from fanal.engine.match.hamming.parts import Frozen
from fanal.engine.match.hamming.snapshot import DamagedSnapshot
from fanal.kit import clock
from fanal.kit.ids import new_id

logger = logging.getLogger(__name__)

SUFFIX = ".hamming"
Opened = tuple[HammingIndex, Position]


class Keeper:
    """The snapshots of one technique in one folder: the newest, for an instant also its successor."""

    def __init__(self, folder: Path, technique: str) -> None:
        self._folder = folder
        self._technique = technique

    def open(self, generation: UUID, memory: int | None = None) -> Opened | None:
        """Return the newest snapshot of this run of feed numbers, mapped and proved, and its position; None if none.

        A damaged one is said in the log and deleted. `memory` holds for what is merged afterwards.
        """
        for row in self._rows(generation):
            path = self._path(row.name)
            try:
                index = HammingIndex.open(path, memory=memory)
                if len(index) != row.prints:
                    raise DamagedSnapshot(f"The index snapshot {path} holds {len(index)} of {row.prints} prints.")
            except (DamagedSnapshot, OSError) as fault:
                logger.warning("An index snapshot cannot be used and is built again from the rows: %s", fault)
                self._drop(row)
                continue
            return index, Position(row.generation, row.added, row.removed)
        return None

    def damages(self) -> Iterator[str]:
        """Yield what is wrong with each damaged snapshot that a process could open, and leave it where it is."""
        for row in self._rows():
            try:
                HammingIndex.open(self._path(row.name))
            except (DamagedSnapshot, OSError) as fault:
                yield str(fault)

    def keep(self, frozen: Frozen, prints: int, at: Position) -> bool:
        """Write a snapshot of an index as it was at a position, in place of older ones; False if another process does.

        Raises StorageFull, OSError.
        """
        with self._turn() as ours:
            if not ours:
                return False
            name = new_id()
            frozen.save(self._path(name))
            KeptIndex.objects.create(
                name=name,
                technique=self._technique,
                generation=at.generation,
                added=at.added,
                removed=at.removed,
                prints=prints,
                kept_at=clock.now(),
            )
            self._drop_others(name)
        return True

    def clear(self) -> None:
        """Delete snapshots that have no row any more, unless a process is just keeping one."""
        with self._turn() as ours:
            if ours:
                self._drop_unknown()

    def _path(self, name: UUID) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _rows(self, generation: UUID | None = None) -> Iterator[KeptIndex]:
        """Yield the rows of the snapshots in this folder, newest first."""
        names = [path.name.removesuffix(SUFFIX) for path in self._files()]
        rows = KeptIndex.objects.filter(name__in=names, technique=self._technique).order_by("-kept_at")
        yield from rows if generation is None else rows.filter(generation=generation)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.glob(f"*{SUFFIX}") if _is_name(path.name.removesuffix(SUFFIX))]

    def _drop(self, row: KeptIndex) -> None:
        self._path(row.name).unlink(missing_ok=True)
        row.delete()

    def _drop_others(self, name: UUID) -> None:
        """Delete older snapshots, and what is left of others. Who maps one keeps it."""
        for row in self._rows():
            if row.name != name:
                self._drop(row)
        self._drop_unknown()

    def _drop_unknown(self) -> None:
        """Delete snapshots without a row, and drafts of processes that died."""
        known = set(KeptIndex.objects.values_list("name", flat=True))
        for path in self._files():
            if UUID(path.name.removesuffix(SUFFIX)) not in known:
                path.unlink(missing_ok=True)
        for draft in self._folder.glob(f".*{SUFFIX}.*.draft"):
            draft.unlink(missing_ok=True)

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Let one process of this machine keep at a time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "keeping").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _is_name(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
