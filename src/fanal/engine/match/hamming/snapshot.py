"""A file of arrays that is written whole or not at all, noticed when damaged, and mapped by many processes at once.

Layout: magic, length of the header, the header (JSON), its SHA-256; then each array at a multiple of 4096 bytes.
The header tells name, type, length, place and checksum of each array, so that nothing is read before it is proved.
"""

import errno
import hashlib
import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_U8, kernel
from fanal.kit.errors import FanalError, StorageFull
from fanal.kit.ids import random_bytes

Arrays = Mapping[str, NDArray[Any]]

_MAGIC = b"FANALHX3"
_PAGE = 4096
_DIGEST = 32
_HEADER_LIMIT = 1 << 24
_TYPES = frozenset({"uint8", "uint32", "uint64", "int64"})


class DamagedSnapshot(FanalError):
    """The file is not a whole snapshot of this version."""

    code = "match.snapshot_damaged"
    status = 500
    next_step = "Delete the snapshot and build the index again from the rows."


@kernel(types.uint64(READ_U8))
def _checksum(data: NDArray[np.uint8]) -> int:
    """Return a 64-bit checksum of bytes, as fast as they can be read.

    Every step is a bijection of its lane, so a single damaged word always shows; it is no protection from forgery.
    """
    prime = np.uint64(0x9E3779B97F4A7C15)
    words = data[: data.size // 64 * 64].view(np.uint64)
    a = b = c = d = e = f = g = h = np.uint64(0x243F6A8885A308D3)
    for at in range(0, words.size, 8):
        a = (a ^ words[at]) * prime
        b = (b ^ words[at + 1]) * prime
        c = (c ^ words[at + 2]) * prime
        d = (d ^ words[at + 3]) * prime
        e = (e ^ words[at + 4]) * prime
        f = (f ^ words[at + 5]) * prime
        g = (g ^ words[at + 6]) * prime
        h = (h ^ words[at + 7]) * prime
        a ^= a >> np.uint64(29)
        b ^= b >> np.uint64(29)
        c ^= c >> np.uint64(29)
        d ^= d >> np.uint64(29)
        e ^= e >> np.uint64(29)
        f ^= f >> np.uint64(29)
        g ^= g >> np.uint64(29)
        h ^= h >> np.uint64(29)
    total = np.uint64(data.size)
    for lane in (a, b, c, d, e, f, g, h):
        total = (total ^ lane) * prime
        total ^= total >> np.uint64(31)
    for at in range(data.size // 64 * 64, data.size):
        total = (total ^ np.uint64(data[at])) * prime
        total ^= total >> np.uint64(31)
    return total  # type: ignore[return-value]


def write(path: Path, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a snapshot beside `path`, make it durable, then put it in its place.

    Raises StorageFull when there is no room; what stood at `path` before then stays.
    """
    draft = path.with_name(f".{path.name}.{random_bytes(8).hex()}.draft")
    try:
        with draft.open("xb") as file:
            _write_to(file, about, arrays)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"There is no room for the index snapshot {path}.") from error
        raise
    finally:
        draft.unlink(missing_ok=True)


def _write_to(file: BinaryIO, about: Mapping[str, Any], arrays: Arrays) -> None:
    listed = []
    place = 0
    for name, array in arrays.items():
        listed.append(
            {"name": name, "type": array.dtype.name, "length": array.size, "place": place, "sum": _sum_of(array)}
        )
        place += -(-array.nbytes // _PAGE) * _PAGE
    header = json.dumps({"about": about, "arrays": listed, "bytes": place}, sort_keys=True).encode()
    file.write(_MAGIC + len(header).to_bytes(8, "little") + header + hashlib.sha256(header).digest())
    for array in arrays.values():
        file.write(bytes(-file.tell() % _PAGE))
        file.write(np.ascontiguousarray(array).view(np.uint8).data)
    file.write(bytes(-file.tell() % _PAGE))


def _sum_of(array: NDArray[Any]) -> int:
    return int(_checksum(np.ascontiguousarray(array).view(np.uint8)))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Snapshot:
    """A snapshot file, mapped: its pages are shared by all processes that open it, and read when touched."""

    kind: ClassVar[str] = "snapshot"

    def __init__(self, path: Path) -> None:
        """Map the file and prove its header and its length. Raises DamagedSnapshot, FileNotFoundError."""
        self._path = path
        with path.open("rb") as file:
            header, start = self._header(file)
            whole = file.seek(0, os.SEEK_END)
            if whole != start + header["bytes"]:
                raise self._damaged("is cut short or too long")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.about: Mapping[str, Any] = header["about"]
        self._sums = {entry["name"]: entry["sum"] for entry in header["arrays"]}
        self.arrays: Arrays = {entry["name"]: self._array(entry, start) for entry in header["arrays"]}

    def _header(self, file: BinaryIO) -> tuple[dict[str, Any], int]:
        untrusted_head = file.read(16)
        length = int.from_bytes(untrusted_head[8:], "little")
        if len(untrusted_head) != 16 or untrusted_head[:8] != _MAGIC or length > _HEADER_LIMIT:
            raise self._damaged("does not begin as a snapshot of this version does")
        untrusted_header, digest = file.read(length), file.read(_DIGEST)
        if hashlib.sha256(untrusted_header).digest() != digest:
            raise self._damaged("has a header that does not match its digest")
        start = -(-(16 + length + _DIGEST) // _PAGE) * _PAGE
        return cast("dict[str, Any]", json.loads(untrusted_header)), start

    def _array(self, entry: Mapping[str, Any], start: int) -> NDArray[Any]:
        if entry["type"] not in _TYPES:
            raise self._damaged(f"holds an array of type {entry['type']}")
        return np.frombuffer(self._map, np.dtype(entry["type"]), entry["length"], start + entry["place"])

    def part(self, number: int) -> Arrays:
        """Return the arrays whose names begin with a number and a dot, without that beginning."""
        prefix = f"{number}."
        return {name.removeprefix(prefix): array for name, array in self.arrays.items() if name.startswith(prefix)}

    def verify(self) -> None:
        """Read every array and compare it with its checksum. Raises DamagedSnapshot."""
        for name, array in self.arrays.items():
            if _sum_of(array) != self._sums[name]:
                raise self._damaged(f"is damaged in its part {name!r}")

    def _damaged(self, what: str) -> DamagedSnapshot:
        return DamagedSnapshot(f"The index snapshot {self._path} {what}.")
