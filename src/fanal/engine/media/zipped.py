"""ZIP archives (APPNOTE 6.3.10): the directory is weighed before it is read, members are streamed."""

import copy
import lzma
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO, BinaryIO

from fanal.engine.media.bounded import BOUNDED, Bounded
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.limits import Limits
from fanal.engine.media.member import Member
from fanal.engine.media.outflow import Outflow
from fanal.engine.media.refusals import Refusal

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 65535
_ENTRY_MARK = b"PK\x01\x02"
_BYTES_AN_ENTRY = 150
"""More than an entry of a directory has on average; a directory of more for each allowed member is not read."""
_LOCAL_HEADER = 30
_ENCRYPTED = 1
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile and its decompressors raise on a damaged member, or one compressed by a method they do not know."""
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def members(file: BinaryIO, limits: Limits, outflow: Outflow) -> Iterator[Member]:
    """Yield the files of a ZIP archive; see `fanal.engine.media.archive.unpack`."""
    with _opened(file, limits) as archive:
        infos = [info for info in archive.infolist() if _is_file(info)]
        if infos and all(info.flag_bits & _ENCRYPTED for info in infos):
            raise MediaRefused(Refusal.ENCRYPTED)
        for info in infos:
            chunks = _chunks(archive, info, limits, outflow)
            yield Member(safe_path(info.filename, limits), info.file_size, _modified(info), chunks)


def facts(file: BinaryIO, limits: Limits, sheet: FactSheet) -> None:
    """Put on the sheet what the directory tells."""
    with _opened(file, limits) as archive:
        infos = archive.infolist()
        sheet.add("members", sum(_is_file(info) for info in infos))
        sheet.add("members_bytes", sum(info.file_size for info in infos))
        sheet.add("members_encrypted", sum(info.flag_bits & _ENCRYPTED for info in infos) or None)
        sheet.add("links_skipped", sum(_is_special(info) for info in infos) or None)
        sheet.add("comment", archive.comment)


def safe_path(untrusted_path: str, limits: Limits) -> str:
    """Return a member's name as found, but bounded, and with a mark for each character that is not to be seen."""
    kept = untrusted_path[: limits.name_length]
    return "".join("\ufffd" if unicodedata.category(c) in _UNSAFE else c for c in kept)


def _opened(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    _weigh_directory(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except _FAULTS:
        raise MediaRefused(Refusal.MALFORMED) from None
    _refuse_overlaps(archive)
    return archive


def _weigh_directory(file: BinaryIO, limits: Limits) -> None:
    """Refuse a directory of too many entries before Python makes an object of each."""
    size, offset = _directory(file)
    if size > limits.archive_members * _BYTES_AN_ENTRY:
        raise MediaRefused(Refusal.TOO_MANY_MEMBERS)
    file.seek(max(0, offset))
    if file.read(size).count(_ENTRY_MARK) > limits.archive_members:
        raise MediaRefused(Refusal.TOO_MANY_MEMBERS)
    file.seek(0)


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Return the size of the central directory and where it starts: it ends where the end record begins."""
    length = file.seek(0, 2)
    start = max(0, length - _LONGEST_COMMENT - _END.size)
    file.seek(start)
    tail = file.read(_LONGEST_COMMENT + _END.size)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise MediaRefused(Refusal.MALFORMED)
    size = _END.unpack_from(tail, at)[5]
    end = start + at
    # A locator of 20 bytes and a record of 56 stand before the end record of an archive that needs 64 bits.
    if size == 0xFFFFFFFF and end >= _END_64.size + 20:
        end -= 20 + _END_64.size
        file.seek(end)
        record = _END_64.unpack(file.read(_END_64.size))
        size = record[8] if record[0] == b"PK\x06\x06" else size
    return size, end - size


def _refuse_overlaps(archive: zipfile.ZipFile) -> None:
    """Members that share bytes are how a small archive unfolds to petabytes without a high ratio in any one of them."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise MediaRefused(Refusal.MALFORMED)
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _is_special(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def _is_file(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and not _is_special(info)


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time)  # noqa: DTZ001 - ZIP keeps local time and does not say where
    except ValueError:
        return None


def _stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member for reading. Python unfolds bzip2 and LZMA without a bound, so those go through `Bounded`."""
    if info.compress_type not in BOUNDED:
        return archive.open(info)
    raw = copy.copy(info)
    raw.compress_type, raw.file_size = zipfile.ZIP_STORED, info.compress_size
    del raw.CRC
    return Bounded(archive.open(raw), info.compress_type, info.CRC)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, outflow: Outflow) -> Iterator[bytes]:
    if info.flag_bits & _ENCRYPTED:
        raise MediaRefused(Refusal.ENCRYPTED)
    out = 0
    try:
        with _stream(archive, info) as stream:
            while chunk := stream.read(limits.chunk_bytes):
                out += len(chunk)
                outflow.pour(len(chunk), out)
                yield chunk
    except _FAULTS:
        raise MediaRefused(Refusal.MALFORMED) from None
    if out != info.file_size:
        raise MediaRefused(Refusal.MALFORMED)
