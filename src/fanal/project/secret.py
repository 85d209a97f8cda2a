"""The key that signs sessions and forms, made at first use and kept in the data folder."""

import contextlib
import os
from pathlib import Path

from fanal.kit import ids, settings


def signing_key() -> str:
    """Return the key, mode 0600. All processes of one data folder agree on it, also if two make it at once."""
    path = settings.read().data / "keys" / "signing"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A name of its own: threads of one process may make the key at once, too.
    fresh = path.with_name(f"signing.{ids.random_bytes(8).hex()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(ids.random_bytes(48).hex())
        file.flush()
        os.fsync(descriptor)
    with contextlib.suppress(FileExistsError):  # another process was first: then its key counts
        os.link(fresh, path)
    fresh.unlink()
    return path.read_text(encoding="ascii")
