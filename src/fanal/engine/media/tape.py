"""TAR archives: ustar, pax and GNU headers (POSIX.1-2001; GNU tar manual), read forward in bounded pieces.

Links, devices and sparse files are left out and counted: a link's target is a path of a machine that is not here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet, text_of
from fanal.engine.media.limits import Limits
from fanal.engine.media.member import Member
from fanal.engine.media.outflow import Outflow
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.zipped import safe_path

_BLOCK = 512
_LONGEST_HEADER = 1 << 20
"""Bytes of a pax header or a long name; longer ones are an attack on memory."""
_PIECE = 1 << 20
_FILES, _LINKS, _SPARSE = b"0\x007", b"12346", b"S"
_NEXT_FAR = 1 << 62


class Source(Protocol):
    """Bytes that are read forward."""

    def read(self, count: int) -> bytes:
        """Return the next bytes, fewer than `count` only at the end."""

    def skip(self, count: int) -> None:
        """Pass over bytes; raises MediaRefused if they are not there."""


class Seekable:
    """A file that can be skipped through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        file.seek(0)

    def read(self, count: int) -> bytes:
        return self._file.read(count)

    def skip(self, count: int) -> None:
        if self._file.tell() + count > self._size:
            raise MediaRefused(Refusal.MALFORMED)
        self._file.seek(count, 1)


class _Stream(Protocol):
    def read(self, count: int) -> bytes: ...


class Forward:
    """A stream, which is skipped by reading on."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def read(self, count: int) -> bytes:
        return self._stream.read(count)

    def skip(self, count: int) -> None:
        while count:
            passed = len(self._stream.read(min(count, _PIECE)))
            if not passed:
                raise MediaRefused(Refusal.MALFORMED)
            count -= passed


@dataclass(slots=True)
class _Entry:
    kind: bytes
    path: str
    size: int
    modified: datetime | None


def members(source: Source, limits: Limits, outflow: Outflow) -> Iterator[Member]:
    """Yield the files of a tape archive; see `fanal.engine.media.archive.unpack`."""
    for entry, data in _entries(source, limits):
        if entry.kind in _FILES:
            path = safe_path(entry.path, limits)
            yield Member(path, entry.size, entry.modified, data.chunks(limits.chunk_bytes, outflow))


def facts(source: Source, limits: Limits, sheet: FactSheet) -> None:
    """Put on the sheet what the headers tell. Raises MediaRefused for an archive of which nothing can be unpacked."""
    counts = {"members": 0, "members_bytes": 0, "links_skipped": 0, "sparse_skipped": 0}
    try:
        for entry, _ in _entries(source, limits):
            if entry.kind in _FILES:
                counts["members"] += 1
                counts["members_bytes"] += entry.size
            counts["links_skipped"] += entry.kind in _LINKS
            counts["sparse_skipped"] += entry.kind in _SPARSE
    except MediaRefused as refused:
        # What stands before the damage is evidence: it will be unpacked, and the unpacking refuses the rest.
        if refused.refusal != Refusal.MALFORMED or not counts["members"]:
            raise
    for name, count in counts.items():
        sheet.add(name, count if count or name.startswith("members") else None)


class _Data:
    """The bytes of one member, of which any part may be left unread."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._left = size
        self._fill = -size % _BLOCK

    def chunks(self, most: int, outflow: Outflow) -> Iterator[bytes]:
        out = 0
        while self._left:
            chunk = self._source.read(min(self._left, most))
            if not chunk:
                self._left = _NEXT_FAR
                raise MediaRefused(Refusal.MALFORMED)
            self._left -= len(chunk)
            out += len(chunk)
            outflow.pour(len(chunk), out)
            yield chunk

    def finish(self) -> None:
        if self._left or self._fill:
            self._source.skip(self._left + self._fill)


def _entries(source: Source, limits: Limits) -> Iterator[tuple[_Entry, _Data]]:
    """Yield every entry that stands for itself; headers that tell about the next one are folded into it."""
    said: dict[str, str] = {}
    for count in range(limits.archive_members + 1):
        header = source.read(_BLOCK)
        if not header.strip(b"\0"):
            return
        if count == limits.archive_members:
            raise MediaRefused(Refusal.TOO_MANY_MEMBERS)
        entry = _entry(header)
        if entry.kind in b"xgLK":
            _told(source, entry, said)
            continue
        _apply(entry, said)
        said = {}
        if entry.kind in _SPARSE:
            _pass_sparse_map(source, header)
        data = _Data(source, 0 if entry.kind in b"123456" else entry.size)
        yield entry, data
        data.finish()


def _entry(header: bytes) -> _Entry:
    if len(header) < _BLOCK or _number(header[148:156]) != sum(header) - sum(header[148:156]) + 8 * 32:
        raise MediaRefused(Refusal.MALFORMED)
    prefix = text_of(header[345:500]) if header[257:263] == b"ustar\0" else ""
    name = text_of(header[:100])
    size = _number(header[124:136])
    kind = header[156:157]
    if size < 0 or size > _NEXT_FAR:
        raise MediaRefused(Refusal.MALFORMED)
    return _Entry(kind, f"{prefix}/{name}" if prefix else name, size, _time(_number(header[136:148])))


def _number(field: bytes) -> int:
    """An octal number, or a binary one as GNU tar writes when octal digits do not suffice."""
    if field[0] in (0x80, 0xFF):
        return int.from_bytes(field[1:], "big", signed=field[0] == 0xFF)
    try:
        return int(field.strip(b"\0 ") or b"0", 8)
    except ValueError:
        raise MediaRefused(Refusal.MALFORMED) from None


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _told(source: Source, entry: _Entry, said: dict[str, str]) -> None:
    """Read a header that tells about the next entry; what it tells about all (`g`) or about a link is not needed."""
    if entry.size > _LONGEST_HEADER:
        raise MediaRefused(Refusal.MALFORMED)
    data = source.read(entry.size)
    if len(data) < entry.size:
        raise MediaRefused(Refusal.MALFORMED)
    source.skip(-entry.size % _BLOCK)
    if entry.kind == b"L":
        said["path"] = text_of(data)
    elif entry.kind == b"x":
        said.update(_pax(data))


def _pax(data: bytes) -> dict[str, str]:
    """Records of the form `length key=value`."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data) and len(found) < 200:
        digits, _, _ = data[at : at + 12].partition(b" ")
        if not digits.isdigit() or int(digits) <= len(digits) + 1:
            break
        key, _, value = data[at + len(digits) + 1 : at + int(digits) - 1].partition(b"=")
        found[text_of(key[:64])] = text_of(value)
        at += int(digits)
    return found


def _apply(entry: _Entry, said: dict[str, str]) -> None:
    entry.path = said.get("GNU.sparse.name") or said.get("path") or entry.path
    if any(key.startswith("GNU.sparse") for key in said):
        entry.kind = _SPARSE
    if said.get("size", "").isdecimal() and len(said["size"]) < 18:
        entry.size = int(said["size"])
    try:
        entry.modified = _time(float(said["mtime"])) if "mtime" in said else entry.modified
    except ValueError:
        entry.modified = None


def _pass_sparse_map(source: Source, header: bytes) -> None:
    """Pass over the further blocks of an old GNU sparse map (a pax one has none)."""
    more = header[156:157] == b"S" and header[482]
    while more:
        block = source.read(_BLOCK)
        if len(block) < _BLOCK:
            raise MediaRefused(Refusal.MALFORMED)
        more = block[504]
