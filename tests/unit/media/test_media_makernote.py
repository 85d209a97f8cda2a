"""Serial numbers in makers' notes, and notes that lead nowhere."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.media.exif import exif_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.limits import DEFAULT_LIMITS


def entry(tag: int, form: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, form, count, value)


def directory(*entries: bytes) -> bytes:
    return struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


def block(make: bytes, note: bytes) -> bytes:
    """Return Exif with a maker, and a note at offset 200."""
    exif = directory(entry(0x927C, 7, len(note), 200))
    first = directory(entry(0x010F, 2, len(make), 100), entry(0x8769, 4, 1, 120))
    laid = (b"II*\0" + struct.pack("<I", 8) + first).ljust(100, b"\0") + make
    return (laid.ljust(120, b"\0") + exif).ljust(200, b"\0") + note


def told(make: bytes, note: bytes) -> dict[str, str | int | float]:
    sheet = FactSheet(DEFAULT_LIMITS)
    exif_facts(block(make, note), sheet)
    sheet.facts.pop("camera_make", None)
    return sheet.facts


def test_canon() -> None:
    note = directory(entry(0x000C, 4, 1, 330045321), entry(0x0096, 2, 8, 200 + 30)) + b"ZK001234"
    assert told(b"Canon\0", note) == {"camera_serial": "330045321", "camera_internal_serial": "ZK001234"}
    assert told(b"Nobody\0", note) == {}


def test_nikon_counts_from_its_own_header() -> None:
    inner = b"II*\0" + struct.pack("<I", 8) + directory(entry(0x001D, 2, 8, 26)) + b"3001234\0"
    assert told(b"NIKON\0", b"Nikon\0\x02\x10\0\0" + inner) == {"camera_serial": "3001234"}


def test_fujifilm_counts_from_the_note_and_panasonic_from_the_block() -> None:
    fuji = b"FUJIFILM" + struct.pack("<I", 12) + directory(entry(0x0010, 2, 10, 30)) + b"FC A123456"
    assert told(b"FUJIFILM\0", fuji) == {"camera_internal_serial": "FC A123456"}
    panasonic = b"Panasonic\0\0\0" + directory(entry(0x0025, 7, 10, 230)) + b"F681234567"
    assert told(b"Panasonic\0", panasonic) == {"camera_internal_serial": "F681234567"}


def test_a_spoilt_note_takes_nothing_else_with_it() -> None:
    sheet = FactSheet(DEFAULT_LIMITS)
    exif_facts(block(b"Canon\0", b""), sheet)
    assert sheet.facts == {"camera_make": "Canon"}


@settings(deadline=None)
@given(st.sampled_from([b"", b"Nikon\0\x02\0\0\0II*\0", b"FUJIFILM", b"Panasonic\0\0\0"]), st.binary(max_size=200))
def test_any_note_is_read_without_a_fault(head: bytes, note: bytes) -> None:
    facts = told(b"Canon\0", head + note)
    assert set(facts) <= {"camera_serial", "camera_internal_serial"}
