"""The names that files had where they were found, as text that a database can keep."""

import hashlib
import os


def as_text(path: str) -> str:
    """Return a path as clean text: bytes that are no UTF-8 are written as \\xNN, NUL as \\x00."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def key_of(path: str, parent: int | None = None, position: int = 0) -> bytes:
    """Return what makes an exhibit one in its submission (32 bytes).

    `parent` is the archive's exhibit and `position` the member's place in it: an archive may hold one name twice.
    """
    return hashlib.sha256(f"{parent or ''}/{position}/".encode() + os.fsencode(path)).digest()
