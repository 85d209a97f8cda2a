"""Serial numbers that cameras write only into their makers' own notes, where the note is simple and documented.

Canon, Nikon (type 3), Fujifilm and Panasonic: each is one directory as Exif has them. Sony and others encrypt theirs or
change it from model to model: they are left alone. Source: the tables of ExifTool, and the notes on its pages.
"""

import struct
from collections.abc import Callable
from typing import NamedTuple

from fanal.engine.media.facts import FactSheet

Read = Callable[[int, int], bytes]
_MOST_ENTRIES, _LONGEST = 200, 64
_TEXT, _WHOLE, _BYTES = 2, 4, 7


class _Note(NamedTuple):
    read: Read
    """From where the note counts its offsets."""
    order: str
    directory: int
    facts: dict[int, str]


_CANON = {0x000C: "camera_serial", 0x0096: "camera_internal_serial"}
_NIKON = {0x001D: "camera_serial"}
_FUJIFILM = {0x0010: "camera_internal_serial"}
_PANASONIC = {0x0025: "camera_internal_serial"}


def makernote_facts(read: Read, order: str, offset: int, make: str, sheet: FactSheet) -> None:
    """Put on the sheet the serial numbers in the note at an offset. Raises struct.error, as reading Exif does."""
    note = _note(read, order, offset, make.lower())
    if note is None:
        return
    (count,) = struct.unpack(note.order + "H", note.read(note.directory, 2))
    table = note.read(note.directory + 2, 12 * min(count, _MOST_ENTRIES))
    for at in range(0, len(table) - 11, 12):
        tag, form, number, value = struct.unpack_from(note.order + "HHII", table, at)
        if tag not in note.facts:
            continue
        if form == _WHOLE and number == 1:
            sheet.fill(note.facts[tag], str(value) if value else None)
        elif form in (_TEXT, _BYTES):
            length = min(number, _LONGEST)
            sheet.fill(note.facts[tag], table[at + 8 : at + 8 + length] if number <= 4 else note.read(value, length))


def _note(read: Read, order: str, offset: int, make: str) -> _Note | None:
    head = read(offset, 18)

    def inside(at: int, count: int) -> bytes:
        return read(offset + at, count)

    if head.startswith(b"Nikon\0\x02"):
        inner = {b"II": "<", b"MM": ">"}.get(head[10:12])
        directory = struct.unpack((inner or "<") + "I", head[14:18])[0]
        return _Note(lambda at, count: inside(10 + at, count), inner, directory, _NIKON) if inner else None
    if head.startswith(b"FUJIFILM"):
        return _Note(inside, "<", struct.unpack("<I", head[8:12])[0], _FUJIFILM)
    if head.startswith(b"Panasonic\0\0\0"):
        return _Note(read, order, offset + 12, _PANASONIC)
    return _Note(read, order, offset, _CANON) if make.startswith("canon") else None
