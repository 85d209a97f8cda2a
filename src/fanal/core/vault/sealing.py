"""From a file to a durable sealed object: every byte is read once, hashed and sealed on the way."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias

from fanal.core.vault import crash
from fanal.core.vault.envelope import PIECE, DataKey
from fanal.core.vault.errors import SourceUnreadable
from fanal.core.vault.keyring import Keyring
from fanal.core.vault.store import MediaStore, new_name
from fanal.engine.fingerprint.digest import DigestPass, Digests
from fanal.kit import clock

Source: TypeAlias = Path | bytes | BinaryIO
SMALL = 8 << 20
"""Sources up to this many bytes are read whole, so that what the vault holds already is not sealed again."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Bytes that are durable in the store and wait for their row. `name` None: the vault held them already."""

    digests: Digests
    name: str | None = None
    wrapped_key: bytes | None = field(default=None, repr=False)
    key_id: int | None = None
    sealed_at: float = field(default_factory=clock.monotonic)


@dataclass(frozen=True, slots=True)
class Whole:
    """A small source, read and hashed."""

    digests: Digests
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals sources into one shard of a store. Used by several threads at once."""

    store: MediaStore
    keys: Keyring
    shard: str
    names: list[str] = field(default_factory=list)
    """Every object that was begun."""

    def read_or_seal(self, source: Source) -> Whole | Sealed:
        """Read a small source whole; seal a large one while it is read, in bounded memory. Raises as `seal`."""
        crash.here("seal.begun")
        with _pieces(source) as pieces:
            head: list[bytes] = []
            size = 0
            for piece in pieces:
                head.append(piece)
                size += len(piece)
                if size > SMALL:
                    return self._seal_stream(head, pieces)
        return _whole(head)

    def seal(self, whole: Whole) -> Sealed:
        """Seal what was read whole. Raises StorageFull, StoreUnavailable."""
        name, key = self._write([whole.data])
        return self._sealed(whole.digests, name, key)

    def _seal_stream(self, head: list[bytes], rest: Iterator[bytes]) -> Sealed:
        digests = DigestPass()
        name, key = self._write(_hashing(digests, head, rest))
        return self._sealed(digests.result(), name, key)

    def _write(self, pieces: Iterable[bytes]) -> tuple[str, DataKey]:
        name, key = new_name(self.shard), DataKey.new()
        self.names.append(name)
        with self.store.create(name) as sink, key.sealing(sink) as stream:
            for piece in pieces:
                stream.write(piece)
        return name, key

    def _sealed(self, digests: Digests, name: str, key: DataKey) -> Sealed:
        wrapped = self.keys.wrap(key.handle, digests.sha256)
        return Sealed(digests, name, wrapped, self.keys.primary)


def _whole(pieces: list[bytes]) -> Whole:
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    digests = DigestPass()
    view = memoryview(data)
    for start in range(0, len(data), PIECE):
        digests.update(view[start : start + PIECE])
    crash.here("seal.digested")
    return Whole(digests.result(), data)


def _hashing(digests: DigestPass, head: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    while head:
        piece = head.pop(0)
        digests.update(piece)
        yield piece
    for piece in rest:
        digests.update(piece)
        yield piece


@contextmanager
def _pieces(source: Source) -> Iterator[Iterator[bytes]]:
    """Open a source and give its bytes in pieces. Raises SourceUnreadable."""
    if isinstance(source, bytes):
        yield iter([source])
    elif isinstance(source, Path):
        with _open(source) as file:
            # One read for a small file; a byte more than its size, so that a file that grows meanwhile is noticed.
            size = min(os.fstat(file.fileno()).st_size, SMALL)
            yield _read(file, str(source), first=size + 1)
    else:
        yield _read(source, str(getattr(source, "name", "a stream")))


def _open(path: Path) -> BinaryIO:
    try:
        # A named pipe would keep an ordinary open waiting for a writer that never comes.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as fault:
        raise SourceUnreadable(f"{path} cannot be opened: {fault.strerror}.") from fault
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceUnreadable(f"{path} is not a plain file.")
    return os.fdopen(descriptor, "rb", buffering=0)


def _read(file: BinaryIO, name: str, first: int = PIECE) -> Iterator[bytes]:
    wanted = first
    while True:
        try:
            piece = file.read(wanted)
        except OSError as fault:
            raise SourceUnreadable(f"{name} cannot be read: {fault.strerror}.") from fault
        if not piece:
            return
        wanted = PIECE
        yield piece
