"""The second sink: an append-only file beside the database, so that neither can be rewritten without the other telling.

One JSON object a line, in segments of a million leaves:
  the leaf itself, byte for byte                 written and synced before its transaction commits
  {"kept":{"root":…,"size":…}}                   after a commit: all leaves before `size` are in the table for good
  {"checkpoint":"…"}                             a signed checkpoint
A leaf whose transaction was rolled back stays as an orphan: its index is taken again by a later line.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from fanal.core.audit.entry import canonical

SEGMENT = 1_000_000
"""Leaves a file; the number of a segment follows from the index, so that processes need not agree on it."""


FOR_MORE = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
NEAR_THE_END = 4 << 20
"""Bytes; a leaf has at most a quarter of it."""


class FileSink:
    """The segments in one folder. Safe for any number of processes on one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, first: int, leaves: Sequence[bytes]) -> None:
        """Write leaves with consecutive indexes and make them durable. Raises OSError: then they do not count."""
        numbered = enumerate(leaves, start=first)
        for segment, group in groupby(numbered, key=lambda item: item[0] // SEGMENT):
            self._write(segment, [leaf for _, leaf in group], sync=True)

    def note_kept(self, size: int, root: bytes) -> None:
        """Write that the first `size` leaves are committed; not synced, as the next commit says it again."""
        self._write_about(size, {"kept": {"root": root.hex(), "size": size}}, sync=False)

    def note_checkpoint(self, size: int, note: str) -> None:
        """Write a signed checkpoint and make it durable."""
        self._write_about(size, {"checkpoint": note}, sync=True)

    def lines(self) -> Iterator[bytes]:
        """Yield all whole lines of all segments, oldest first; a torn last line is none."""
        for path in sorted(self.folder.glob("leaves-*.jsonl")):
            with path.open("rb") as file:
                yield from (line[:-1] for line in file if line.endswith(b"\n") and line != b"\n")

    def holds(self, index: int, leaf: bytes) -> bool:
        """Tell whether a recent leaf stands near the end of its segment."""
        path = self.folder / f"leaves-{index // SEGMENT:06}.jsonl"
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - NEAR_THE_END))
                return leaf + b"\n" in file.read()
        except OSError:
            return False

    def _write_about(self, size: int, statement: object, *, sync: bool) -> None:
        self._write(max(size - 1, 0) // SEGMENT, [canonical(statement)], sync=sync)

    def _write(self, segment: int, lines: list[bytes], *, sync: bool) -> None:
        with self._open(segment) as (file, size):
            # A write that was cut off by a full disk must not swallow the line that follows it.
            start = b"" if not size or os.pread(file, 1, size - 1) == b"\n" else b"\n"
            _write_all(file, start + b"".join(line + b"\n" for line in lines))
            if sync:
                os.fdatasync(file)

    @contextmanager
    def _open(self, segment: int) -> Iterator[tuple[int, int]]:
        """Give a segment that is ours alone meanwhile, and its size."""
        path = self.folder / f"leaves-{segment:06}.jsonl"
        try:
            file = os.open(path, FOR_MORE, 0o600)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, FOR_MORE, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if not size:
                _sync_folder(self.folder)
            yield file, size
        finally:
            os.close(file)


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
