"""The vault's own keys, which wrap the key of each content: a Tink keyset in a file that only the server can read.

The file is Tink's documented JSON form, so its `tinkey` reads it. Rotation adds a key and makes it the primary one;
older keys go on opening what they wrapped until `retire` drops them.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import tink
from tink import aead, secret_key_access
from tink.proto import tink_pb2

from fanal.core.vault import crash
from fanal.core.vault.errors import KeyRefused, KeysLost
from fanal.kit.ids import random_bytes

aead.register()
_BINDING = b"fanal vault data key/1\x00"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one vault; `primary` is the number of the one that wraps."""

    primary: int
    numbers: tuple[int, ...]
    _aead: aead.Aead

    def wrap(self, handle: tink.KeysetHandle, sha256: bytes) -> bytes:
        """Return the data key sealed by the primary key, bound to its content."""
        sealed: bytes = tink.proto_keyset_format.serialize_encrypted(handle, self._aead, _BINDING + sha256)
        return sealed

    def unwrap(self, wrapped: bytes, sha256: bytes) -> tink.KeysetHandle:
        """Return the data key of this content. Raises KeyRefused."""
        try:
            return tink.proto_keyset_format.parse_encrypted(wrapped, self._aead, _BINDING + sha256)
        except tink.TinkError as fault:
            raise KeyRefused(f"The key of content {sha256.hex()} does not open.") from fault


def load(path: Path) -> Keyring:
    """Return the keys in this file as it is now. Raises KeysLost."""
    try:
        seen = path.stat()
        return _read(path, seen.st_ino, seen.st_mtime_ns, seen.st_mode)
    except FileNotFoundError:
        raise KeysLost(f"The vault's keys are not in {path}.") from None
    except (OSError, ValueError, tink.TinkError) as fault:
        raise KeysLost(f"The vault's keys in {path} cannot be used: {fault}") from fault


@lru_cache(maxsize=8)
def _read(path: Path, inode: int, modified: int, mode: int) -> Keyring:
    if mode & _OTHERS:
        raise PermissionError("others can read the file. Make it 0600, and think of who may have copied it")
    text = path.read_text(encoding="utf-8")
    handle = tink.json_proto_keyset_format.parse(text, secret_key_access.TOKEN)
    information = handle.keyset_info()
    numbers = tuple(key.key_id for key in information.key_info)
    return Keyring(information.primary_key_id, numbers, handle.primitive(aead.Aead))


def make(path: Path) -> Keyring:
    """Make the first key, durably; if another process was first, its key is the vault's. Raises KeysLost."""
    try:
        _make_folder(path.parent)
        draft = _draft(path, _new_keyset())
        try:
            os.link(draft, path)
        except FileExistsError:
            return load(path)
        finally:
            draft.unlink()
        _sync(path.parent)
    except OSError as fault:
        raise KeysLost(f"The vault's keys cannot be written to {path}: {fault.strerror}") from fault
    crash.here("keys.named")
    return load(path)


def rotate(path: Path) -> Keyring:
    """Add a new key that wraps from now on. Raises KeysLost. Only one operator at a time may do so."""
    keyset = _parse(path)
    new = _new_keyset().key[0]
    while new.key_id in {key.key_id for key in keyset.key}:
        new = _new_keyset().key[0]
    keyset.key.append(new)
    keyset.primary_key_id = new.key_id
    return _replace(path, keyset)


def retire(path: Path, in_use: set[int]) -> Keyring:
    """Drop every key but the primary one and those in use. Raises KeysLost."""
    keyset = _parse(path)
    kept = [key for key in keyset.key if key.key_id == keyset.primary_key_id or key.key_id in in_use]
    del keyset.key[:]
    keyset.key.extend(kept)
    return _replace(path, keyset)


def clear_drafts(path: Path, before: datetime) -> int:
    """Remove drafts that a process left when it died while writing this file; return how many."""
    cleared = 0
    for draft in path.parent.glob(f".{path.name}.*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < before.timestamp():
                draft.unlink()
                cleared += 1
    return cleared


def _new_keyset() -> tink_pb2.Keyset:
    return _as_message(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))


def _parse(path: Path) -> tink_pb2.Keyset:
    load(path)
    return _as_message(tink.json_proto_keyset_format.parse(path.read_text(encoding="utf-8"), secret_key_access.TOKEN))


def _as_message(handle: tink.KeysetHandle) -> tink_pb2.Keyset:
    return tink_pb2.Keyset.FromString(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _as_text(keyset: tink_pb2.Keyset) -> str:
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    text: str = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    return text


def _replace(path: Path, keyset: tink_pb2.Keyset) -> Keyring:
    try:
        _draft(path, keyset).replace(path)
        _sync(path.parent)
    except OSError as fault:
        raise KeysLost(f"The vault's keys cannot be written to {path}: {fault.strerror}") from fault
    crash.here("keys.named")
    return load(path)


def _draft(path: Path, keyset: tink_pb2.Keyset) -> Path:
    """Write a keyset beside the file, durably; the caller gives it its name."""
    draft = path.with_name(f".{path.name}.{random_bytes(6).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(_as_text(keyset) + "\n")
        file.flush()
        os.fsync(file.fileno())
    crash.here("keys.drafted")
    return draft


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
