"""The names that files had where they were found, as text that a database can keep."""

import hashlib
import os
from datetime import datetime


def as_text(path: str) -> str:
    """Return a path as clean text: bytes that are no UTF-8 are written as \\xNN, NUL as \\x00."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def key_of_file(path: str, size: int, modified: datetime | None) -> bytes:
    """Return what makes a file one in its submission (32 bytes).

    A file that was changed since an earlier try to deliver it is another one: nothing that was seized is lost.
    """
    return _key(f"file/{size}/{modified.isoformat() if modified else ''}", path)


def key_of_member(path: str, archive: int, position: int) -> bytes:
    """Return what makes a file in an archive's exhibit one (32 bytes): an archive may hold one name twice."""
    return _key(f"member/{archive}/{position}", path)


def _key(place: str, path: str) -> bytes:
    return hashlib.sha256(f"{place}/".encode() + os.fsencode(path)).digest()
