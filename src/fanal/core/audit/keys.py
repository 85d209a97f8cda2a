"""The key that signs checkpoints: made at first use, kept in the data folder, readable by the server alone."""

import os
from functools import lru_cache
from pathlib import Path

from fanal.engine.merkle.keys import SigningKey
from fanal.kit.ids import new_id, random_bytes

_HEX_OF_NAME = 12


def signing_key(path: Path) -> SigningKey:
    """Return the key in this file; make it if there is none. Raises OSError, MalformedNote."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        _make(path)
        seen = path.stat()
    return _read(path, seen.st_ino, seen.st_mtime_ns, seen.st_mode)


@lru_cache(maxsize=8)
def _read(path: Path, inode: int, modified: int, mode: int) -> SigningKey:
    if mode & 0o077:
        raise PermissionError(f"{path} can be read by others: chmod 600 it, and think of who may have copied it.")
    return SigningKey.parse(path.read_text(encoding="utf-8"))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = SigningKey(name=f"fanal/{new_id().hex[-_HEX_OF_NAME:]}", seed=random_bytes(32))
    draft = path.with_name(f".{path.name}.{new_id()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(key.secret_text() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        # Another process was first; its key is the log's key.
        return
    finally:
        draft.unlink()
