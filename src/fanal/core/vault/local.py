"""A media store in a folder of this machine, or of a file server that all machines mount."""

import errno
import io
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fanal.core.vault import crash
from fanal.core.vault.errors import ObjectExists, ObjectMissing, StorageFull, StoreUnavailable
from fanal.core.vault.store import SHARDS, StoredObject
from fanal.kit.ids import random_bytes

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_UNNAMED_FILES = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL)
_DRAFTS = "tmp"


@dataclass(frozen=True, slots=True)
class LocalStore:
    """Objects as files `ab/cdef…`; a file gets its name only when it is whole and synced."""

    folder: Path
    unnamed: bool
    """The file system has files without a name (O_TMPFILE), so that a writer that dies leaves nothing."""

    @classmethod
    def at(cls, folder: str) -> "LocalStore":
        """Return the store in this folder, which is made if needed. Raises StoreUnavailable, StorageFull."""
        path = Path(folder)
        with _faults(path):
            _make_folder(path)
            _make_folder(path / _DRAFTS)
            return cls(path, _has_unnamed_files(path))

    @contextmanager
    def create(self, name: str) -> Iterator["FileSink"]:
        """Write to a nameless file, sync it, then link it: linking never replaces what is there."""
        with _faults(self.folder):
            shard = self._shard(name)
        try:
            draft = None if self.unnamed else self.folder / _DRAFTS / random_bytes(16).hex()
            with _faults(self.folder):
                descriptor = _open_draft(self.folder / name[:2], draft)
            crash.here("store.opened")
            try:
                yield FileSink(descriptor, self.folder)
                crash.here("store.written")
                with _faults(self.folder):
                    os.fsync(descriptor)
                    crash.here("store.synced")
                    _link(descriptor, draft, shard, name)
                crash.here("store.named")
            finally:
                os.close(descriptor)
                if draft is not None:
                    draft.unlink(missing_ok=True)
        finally:
            os.close(shard)

    def settle(self, names: Collection[str]) -> None:
        """Sync the folders of these objects, each once."""
        with _faults(self.folder):
            for shard in {name[:2] for name in names}:
                _sync_folder(self.folder / shard)
        crash.here("store.settled")

    def read(self, name: str) -> BinaryIO:
        """Open the object's file. Raises ObjectMissing."""
        with _faults(self.folder):
            try:
                return self._path(name).open("rb", buffering=0)
            except FileNotFoundError:
                raise ObjectMissing(f"There is no object {name} in {self.folder}.") from None

    def delete(self, name: str) -> bool:
        """Remove the object's file."""
        with _faults(self.folder):
            try:
                self._path(name).unlink()
            except FileNotFoundError:
                return False
        return True

    def exists(self, name: str) -> bool:
        """Tell whether the file is there."""
        with _faults(self.folder):
            return self._path(name).is_file()

    def objects(self, shard: str) -> Iterator[StoredObject]:
        """List one folder; what is removed meanwhile is left out."""
        with _faults(self.folder), suppress(FileNotFoundError), os.scandir(self.folder / shard) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    seen = entry.stat()
                    modified = datetime.fromtimestamp(seen.st_mtime, UTC)
                    yield StoredObject(shard + entry.name, seen.st_size, modified)

    def clear_leavings(self, before: datetime) -> int:
        """Remove old drafts; where files need no name to be written there are none."""
        cleared = 0
        with _faults(self.folder), os.scandir(self.folder / _DRAFTS) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.stat().st_mtime < before.timestamp():
                        Path(entry).unlink()
                        cleared += 1
        return cleared

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _shard(self, name: str) -> int:
        folder = self.folder / name[:2]
        if name[:2] not in SHARDS:
            raise ValueError(f"{name!r} is no name of an object")
        try:
            return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            _make_folder(folder)
            return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)


class FileSink:
    """Bytes on their way into a file."""

    def __init__(self, descriptor: int, folder: Path) -> None:
        self._descriptor = descriptor
        self._folder = folder
        self._begun = False

    def write(self, data: bytes, /) -> int:
        """Write all of `data`: a kernel may take less than it is given."""
        rest = memoryview(data)
        with _faults(self._folder):
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        if not self._begun:
            self._begun = True
            crash.here("store.first_bytes")
        return len(data)


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    """Tell what went wrong with the disk in our words."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _NO_ROOM:
            raise StorageFull(f"No room is left in the media store {folder}; nothing was stored.") from fault
        raise StoreUnavailable(f"The media store {folder} failed: {fault.strerror or fault}.") from fault


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_draft(shard: Path, draft: Path | None) -> int:
    if draft is None:
        return os.open(shard, os.O_TMPFILE | os.O_WRONLY, 0o600)
    return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _link(descriptor: int, draft: Path | None, shard: int, name: str) -> None:
    try:
        # A target folder given by descriptor makes this linkat(2) with AT_SYMLINK_FOLLOW, as open(2) advises.
        os.link(draft or f"/proc/self/fd/{descriptor}", name[2:], dst_dir_fd=shard)
    except FileExistsError:
        raise ObjectExists(f"There is an object {name} already.") from None


def _has_unnamed_files(folder: Path) -> bool:
    """Try it: network file systems have none, and without /proc, as in some containers, none gets a name."""
    probe = random_bytes(16).hex()
    drafts = os.open(folder / _DRAFTS, os.O_RDONLY | os.O_DIRECTORY)
    try:
        descriptor = os.open(folder / _DRAFTS, os.O_TMPFILE | os.O_WRONLY, 0o600)
        with io.FileIO(descriptor, "w"):
            os.link(f"/proc/self/fd/{descriptor}", probe, dst_dir_fd=drafts)
        os.unlink(probe, dir_fd=drafts)
    except OSError as fault:
        if fault.errno in (*_NO_UNNAMED_FILES, errno.EXDEV, errno.EPERM):
            return False
        raise
    finally:
        os.close(drafts)
    return True
