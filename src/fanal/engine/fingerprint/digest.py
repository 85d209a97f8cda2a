"""MD5, SHA-1 and SHA-256 of a file in one pass over its bytes.

SHA-256 is what Fanal trusts. MD5 and SHA-1 are there because most hash lists of the outside world still speak them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

TECHNIQUE = "exact/1"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digests:
    """What identifies the bytes of a file, and how many they are."""

    md5: bytes
    sha1: bytes
    sha256: bytes
    size: int


class DigestPass:
    """The three digests of bytes that arrive in pieces."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def update(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take the next bytes. A chunk of a MiB stays in the processor's cache for all three."""
        self._md5.update(chunk)
        self._sha1.update(chunk)
        self._sha256.update(chunk)
        self._size += len(chunk)

    def result(self) -> Digests:
        """Return the digests of all bytes so far."""
        return Digests(self._md5.digest(), self._sha1.digest(), self._sha256.digest(), self._size)


def digest_file(path: Path) -> Digests:
    """Return the digests of the file at `path`. Raises OSError when it cannot be read."""
    digests = DigestPass()
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digests.update(view[:count])
    return digests.result()
