"""Where a file's bytes come from, as a read-only descriptor that a decoder may hold."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fanal.kit.errors import Invalid

Source = Path | bytes | BinaryIO
"""A file by path, bytes in memory, or an open file that has a descriptor."""

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A regular file open for reading only, with a position of its own."""

    descriptor: int
    size: int

    def rewind(self) -> None:
        """Go back to the beginning: whoever read it before moved the position that all its readers share."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """Open a source. Raises OSError where that cannot be done, Invalid where it is no regular file."""
    descriptor = _open(source)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Invalid("This is not a regular file.", next_step="Give a file, not a folder, pipe or device.")
        yield Opened(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def _open(source: Source) -> int:
    if isinstance(source, Path):
        # Not waiting for a writer: a named pipe among seized files must not stop us.
        return os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    if isinstance(source, bytes):
        return _sealed([source])
    # A descriptor opened anew shares no position with its owner's, and cannot write whatever the owner's can.
    with suppress(OSError):
        return os.open(f"/proc/self/fd/{source.fileno()}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    source.seek(0)
    return _sealed(iter(lambda: source.read(_PIECE), b""))


def _sealed(parts: "Iterator[bytes] | list[bytes]") -> int:
    """Return a read-only descriptor of these bytes in memory, which nobody can change any more."""
    held = os.memfd_create("source", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(held, "wb", closefd=False) as memory:
            memory.writelines(parts)
        fcntl.fcntl(held, fcntl.F_ADD_SEALS, _SEALS)
        return os.open(f"/proc/self/fd/{held}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(held)
