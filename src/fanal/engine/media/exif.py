"""What a camera wrote beside the picture (Exif 2.32, CIPA DC-008), read without trust.

Only the first directory, its Exif directory, its GPS directory and that of the thumbnail are visited, each once and by
name, so a loop of directories leads nowhere; only the tags listed here are read, each of them shortened, so that many
tags which point to the same large stretch of the file cost nothing.
"""

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from fanal.engine.media.facts import FactSheet, text_of
from fanal.engine.media.makernote import makernote_facts

Read = Callable[[int, int], bytes]
"""Of an offset and a count: the bytes there, fewer at the end."""

_MAX_ENTRIES = 400
_MAX_BYTES = 1024
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ORIENTATION, _EXIF_DIRECTORY, _GPS_DIRECTORY, _MAKE, _NOTE = 0x0112, 0x8769, 0x8825, 0x010F, 0x927C
_XMP, _IPTC = 0x02BC, 0x83BB
_THUMBNAIL_AT, _THUMBNAIL_BYTES = 0x0201, 0x0202
_MOST_BESIDE = 256 << 10
"""Bytes of a thumbnail, or of a packet within a TIFF file, that are looked at."""

_FIRST = {
    0x010E: "description",
    0x010F: "camera_make",
    0x0110: "camera_model",
    0x0131: "software",
    0x0132: "time_changed",
    0x013B: "artist",
    0x013C: "host_computer",
    0x8298: "copyright",
    0xC62F: "camera_serial",
}
_EXIF = {
    0x829A: "exposure_seconds",
    0x829D: "aperture",
    0x8827: "iso_speed",
    0x9003: "time_taken",
    0x9004: "time_digitised",
    0x9010: "time_changed_zone",
    0x9011: "time_taken_zone",
    0x9012: "time_digitised_zone",
    0x9291: "time_taken_fraction",
    0x920A: "focal_length_mm",
    0xA420: "picture_id",
    0xA430: "camera_owner",
    0xA431: "camera_serial",
    0xA433: "lens_make",
    0xA434: "lens_model",
    0xA435: "lens_serial",
}
_GPS = {1: "north_south", 2: "latitude", 3: "east_west", 4: "longitude", 6: "altitude", 7: "time", 29: "date"}
_WANTED = {*_FIRST, *_EXIF, *_GPS, _ORIENTATION, _EXIF_DIRECTORY, _GPS_DIRECTORY, _THUMBNAIL_AT, _THUMBNAIL_BYTES}


@dataclass(frozen=True, slots=True)
class Exif:
    """What a block of Exif holds beside facts."""

    orientation: int = 1
    """1 to 8."""
    thumbnail: bytes = b""
    """JPEG, as it stands there: to be decoded like any other file."""
    xmp: bytes = b""
    iptc: bytes = b""


@dataclass(frozen=True, slots=True)
class _Directory:
    values: Mapping[int, bytes | tuple[float, ...]]
    places: Mapping[int, tuple[int, int]]
    """Of what is long or read by others: where it begins, and its bytes."""
    next: int = 0

    def number(self, tag: int) -> float | None:
        value = self.values.get(tag)
        return value[0] if isinstance(value, tuple) and value else None

    def add(self, names: Mapping[int, str], sheet: FactSheet) -> None:
        for tag, name in names.items():
            value = self.values.get(tag)
            sheet.add(name, value[0] if isinstance(value, tuple) and value else value)


def exif_facts(untrusted_exif: bytes, sheet: FactSheet) -> Exif:
    """Put on the sheet what a block of Exif tells; return what else is in it. Nonsense gives no fact and nothing."""
    block = untrusted_exif.removeprefix(b"Exif\0\0")
    return tiff_facts(lambda offset, count: block[offset : offset + count], sheet)


def tiff_facts(read: Read, sheet: FactSheet) -> Exif:
    """As `exif_facts`, of a TIFF file or anything built like one, through a bounded `read`."""
    try:
        head = read(0, 8)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        return _read_all(read, order, head, sheet) if order else Exif()
    except (struct.error, ValueError, OverflowError):
        return Exif()


def _read_all(read: Read, order: str, head: bytes, sheet: FactSheet) -> Exif:
    first = _directory(read, order, struct.unpack(order + "I", head[4:8])[0])
    first.add(_FIRST, sheet)
    orientation = int(first.number(_ORIENTATION) or 1)
    for tag, told in ((_EXIF_DIRECTORY, _exif_told), (_GPS_DIRECTORY, _gps_told)):
        at = first.number(tag)
        if at is not None:
            with suppress(struct.error, ValueError, OverflowError):
                told(read, order, _directory(read, order, int(at)), first, sheet)
    return Exif(
        orientation if 1 <= orientation <= 8 else 1,
        _thumbnail(read, order, first.next) if first.next else b"",
        _beside(read, first, _XMP),
        _beside(read, first, _IPTC),
    )


def _exif_told(read: Read, order: str, exif: _Directory, first: _Directory, sheet: FactSheet) -> None:
    exif.add(_EXIF, sheet)
    if _NOTE in exif.places:
        make = first.values.get(_MAKE, b"")
        makernote_facts(read, order, exif.places[_NOTE][0], text_of(make) if isinstance(make, bytes) else "", sheet)


def _gps_told(_: Read, __: str, gps: _Directory, ___: _Directory, sheet: FactSheet) -> None:
    _gps_facts(gps, sheet)


def _beside(read: Read, directory: _Directory, tag: int) -> bytes:
    offset, length = directory.places.get(tag, (0, 0))
    return read(offset, min(length, _MOST_BESIDE)) if length > 4 else b""


def _thumbnail(read: Read, order: str, offset: int) -> bytes:
    """Return the bytes of the thumbnail that the second directory names; none where it is no JPEG."""
    try:
        second = _directory(read, order, offset)
    except (struct.error, ValueError, OverflowError):
        return b""
    at, length = second.number(_THUMBNAIL_AT), second.number(_THUMBNAIL_BYTES)
    if at is None or length is None or not 4 < length <= _MOST_BESIDE:
        return b""
    found = read(int(at), int(length))
    return found if found.startswith(b"\xff\xd8") else b""


def _directory(read: Read, order: str, offset: int) -> _Directory:
    (count,) = struct.unpack(order + "H", read(offset, 2))
    count = min(count, _MAX_ENTRIES)
    table = read(offset + 2, 12 * count)
    after = read(offset + 2 + 12 * count, 4)
    following = struct.unpack(order + "I", after)[0] if len(after) == 4 else 0
    return _Directory(dict(_entries(read, order, table)), dict(_places(order, table)), following)


def _places(order: str, table: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    for at in range(0, len(table) - 11, 12):
        tag, form, count, offset = struct.unpack_from(order + "HHII", table, at)
        if tag in (_XMP, _IPTC, _NOTE):
            yield tag, (offset, count * _SIZES.get(form, 0))


def _entries(read: Read, order: str, table: bytes) -> Iterator[tuple[int, bytes | tuple[float, ...]]]:
    for at in range(0, len(table) - 11, 12):
        tag, form, count = struct.unpack_from(order + "HHI", table, at)
        size = _SIZES.get(form)
        if tag not in _WANTED or size is None:
            continue
        length = min(count * size, _MAX_BYTES)
        inside = count * size <= 4
        raw = table[at + 8 : at + 8 + length] if inside else read(_offset(order, table, at), length)
        yield tag, raw if form in (2, 7) else _numbers(order, form, raw)


def _offset(order: str, table: bytes, at: int) -> int:
    return int(struct.unpack_from(order + "I", table, at + 8)[0])


def _numbers(order: str, form: int, raw: bytes) -> tuple[float, ...]:
    if form in (5, 10):
        parts = struct.unpack(f"{order}{len(raw) // 8 * 2}{'I' if form == 5 else 'i'}", raw[: len(raw) // 8 * 8])
        return tuple(top / bottom if bottom else 0.0 for top, bottom in zip(parts[::2], parts[1::2], strict=True))
    letter = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}[form]
    size = _SIZES[form]
    return struct.unpack(f"{order}{len(raw) // size}{letter}", raw[: len(raw) // size * size])


def _gps_facts(gps: _Directory, sheet: FactSheet) -> None:
    sheet.add("gps_date", gps.values.get(29))
    sheet.add("gps_time", _clock(gps.values.get(7)))
    latitude = _degrees(gps.values.get(2), gps.values.get(1), b"S", 90)
    longitude = _degrees(gps.values.get(4), gps.values.get(3), b"W", 180)
    if latitude is not None and longitude is not None and (latitude, longitude) != (0, 0):
        sheet.add("gps_latitude", latitude)
        sheet.add("gps_longitude", longitude)
        sheet.add("gps_altitude_m", gps.number(6))


def _clock(value: object) -> str | None:
    if not isinstance(value, tuple) or len(value) != 3 or not all(map(math.isfinite, value)):
        return None
    hours, minutes, seconds = (int(part) for part in value)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if hours < 24 and minutes < 60 and seconds < 61 else None


def _degrees(value: object, half: object, negative: bytes, most: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    degrees = float(value[0] + value[1] / 60 + value[2] / 3600)
    signed = -degrees if isinstance(half, bytes) and half[:1] == negative else degrees
    return signed if abs(signed) <= most else None
