"""One member of an archive, as it is handed on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive. Take its chunks before asking for the next member."""

    path: str
    """As written in the archive, made safe to print: never to be used as a path of any file system."""
    size: int | None
    """Bytes, as the archive declares; the chunks are the truth."""
    modified: datetime | None
    """With the zone UTC for TAR; without a zone for ZIP, which keeps local time only."""
    chunks: Iterator[bytes]
    """Raises MediaRefused: for this member (locked, damaged), or for the rest too (a limit of the archive is met)."""
