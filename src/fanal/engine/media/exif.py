"""What a camera wrote beside the picture (Exif 2.32, CIPA DC-008), read without trust.

Only the first directory, its Exif directory and its GPS directory are visited, each once and by name, so a loop of
directories leads nowhere; only the tags listed here are read, each of them shortened, so that many tags which point to
the same large stretch of the file cost nothing.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from fanal.engine.media.facts import FactSheet

Read = Callable[[int, int], bytes]
"""Of an offset and a count: the bytes there, fewer at the end."""

_MAX_ENTRIES = 400
_MAX_BYTES = 1024
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ORIENTATION, _EXIF_DIRECTORY, _GPS_DIRECTORY = 0x0112, 0x8769, 0x8825

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
    0x9011: "time_taken_zone",
    0x920A: "focal_length_mm",
    0xA420: "picture_id",
    0xA430: "camera_owner",
    0xA431: "camera_serial",
    0xA433: "lens_make",
    0xA434: "lens_model",
    0xA435: "lens_serial",
}
_GPS = {1: "north_south", 2: "latitude", 3: "east_west", 4: "longitude", 6: "altitude", 7: "time", 29: "date"}


@dataclass(frozen=True, slots=True)
class _Directory:
    values: Mapping[int, bytes | tuple[float, ...]]

    def number(self, tag: int) -> float | None:
        value = self.values.get(tag)
        return value[0] if isinstance(value, tuple) and value else None

    def add(self, names: Mapping[int, str], sheet: FactSheet) -> None:
        for tag, name in names.items():
            value = self.values.get(tag)
            sheet.add(name, value[0] if isinstance(value, tuple) and value else value)


def exif_facts(untrusted_exif: bytes, sheet: FactSheet) -> int:
    """Put on the sheet what a block of Exif tells; return the orientation, 1 to 8. Nonsense gives 1 and no fact."""
    block = untrusted_exif.removeprefix(b"Exif\0\0")
    return tiff_facts(lambda offset, count: block[offset : offset + count], sheet)


def tiff_facts(read: Read, sheet: FactSheet) -> int:
    """As `exif_facts`, of a TIFF file or anything built like one, through a bounded `read`."""
    try:
        return _read_all(read, sheet)
    except (struct.error, ValueError, OverflowError):
        return 1


def _read_all(read: Read, sheet: FactSheet) -> int:
    head = read(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        return 1
    first = _directory(read, order, struct.unpack(order + "I", head[4:8])[0])
    first.add(_FIRST, sheet)
    at = first.number(_EXIF_DIRECTORY)
    if at is not None:
        _directory(read, order, int(at)).add(_EXIF, sheet)
    at = first.number(_GPS_DIRECTORY)
    if at is not None:
        _gps_facts(_directory(read, order, int(at)), sheet)
    orientation = int(first.number(_ORIENTATION) or 1)
    return orientation if 1 <= orientation <= 8 else 1


def _directory(read: Read, order: str, offset: int) -> _Directory:
    (count,) = struct.unpack(order + "H", read(offset, 2))
    table = read(offset + 2, 12 * min(count, _MAX_ENTRIES))
    return _Directory(dict(_entries(read, order, table)))


def _entries(read: Read, order: str, table: bytes) -> Iterator[tuple[int, bytes | tuple[float, ...]]]:
    wanted = {**_FIRST, **_EXIF, **_GPS, _ORIENTATION: "", _EXIF_DIRECTORY: "", _GPS_DIRECTORY: ""}
    for at in range(0, len(table) - 11, 12):
        tag, form, count = struct.unpack_from(order + "HHI", table, at)
        size = _SIZES.get(form)
        if tag not in wanted or size is None:
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
    latitude = _degrees(gps.values.get(2), gps.values.get(1), b"S", 90)
    longitude = _degrees(gps.values.get(4), gps.values.get(3), b"W", 180)
    if latitude is not None and longitude is not None and (latitude, longitude) != (0, 0):
        sheet.add("gps_latitude", latitude)
        sheet.add("gps_longitude", longitude)
        sheet.add("gps_altitude_m", gps.number(6))
        sheet.add("gps_date", gps.values.get(29))


def _degrees(value: object, half: object, negative: bytes, most: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    degrees = float(value[0] + value[1] / 60 + value[2] / 3600)
    signed = -degrees if isinstance(half, bytes) and half[:1] == negative else degrees
    return signed if abs(signed) <= most else None
