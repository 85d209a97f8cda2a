"""Plain bytes for a reader that needs a file: in sealed memory, or in a file without a name when they are large."""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

IN_MEMORY = 64 << 20
"""Contents up to this many bytes are decrypted in memory only."""
_ALL_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def hold(pieces: Iterable[bytes], size: int, folder: Path) -> BinaryIO:
    """Return an open file, at its start, that holds these bytes and has a descriptor but no name. Raises OSError."""
    if size <= IN_MEMORY:
        descriptor = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        descriptor = _nameless(folder)
    try:
        for piece in pieces:
            _write(descriptor, piece)
        if size <= IN_MEMORY:
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _ALL_SEALS)
        os.lseek(descriptor, 0, os.SEEK_SET)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _write(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _nameless(folder: Path) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
