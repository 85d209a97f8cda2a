"""The names that files had where they were found, as text that a database can keep."""

import hashlib
import os
import re
from datetime import datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def as_text(path: str) -> str:
    """Return a path as clean text: bytes that are no UTF-8, and control characters, are written as \\xNN.

    So no name of a seized file moves the cursor of a terminal it is shown in.
    """
    return _CONTROL.sub(_escaped, os.fsencode(path).decode("utf-8", "backslashreplace"))


def _escaped(control: re.Match[str]) -> str:
    return f"\\x{ord(control[0]):02x}"


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
