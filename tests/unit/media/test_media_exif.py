"""Exif that lies."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.media.exif import exif_facts
from fanal.engine.media.facts import FactSheet, clean_text
from fanal.engine.media.limits import DEFAULT_LIMITS
from hostile.picture_bombs import exif_fan, exif_loop
from hostile.wellformed import exif


def facts(block: bytes) -> tuple[int, dict[str, str | int | float]]:
    sheet = FactSheet(DEFAULT_LIMITS)
    return exif_facts(block, sheet).orientation, sheet.facts


def test_gps_is_signed_degrees() -> None:
    gps_at = 8 + 2 + 12 + 4
    entries = b""
    values_at = gps_at + 2 + 4 * 12 + 4
    for tag, letter in ((1, b"S"), (3, b"E")):
        entries += struct.pack("<HHI4s", tag, 2, 2, letter)
        entries += struct.pack("<HHII", tag + 1, 5, 3, values_at + 24 * (tag // 2))
    values = struct.pack("<6I", 41, 1, 30, 1, 0, 1) + struct.pack("<6I", 174, 1, 45, 1, 36, 1)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8825, 4, 1, gps_at) + bytes(4)
    _, found = facts(block + struct.pack("<H", 4) + entries + bytes(4) + values)
    assert (found["gps_latitude"], found["gps_longitude"]) == (-41.5, 174.76)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_give_no_time_and_no_place(number: float) -> None:
    gps_at = 8 + 2 + 12 + 4
    values_at = gps_at + 2 + 4 * 12 + 4
    entries = b"".join(struct.pack("<HHII", tag, 12, 3, values_at) for tag in (2, 4, 6, 7))
    block = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8825, 4, 1, gps_at) + bytes(4)
    orientation, found = facts(block + struct.pack("<H", 4) + entries + bytes(4) + struct.pack("<3d", *3 * [number]))
    assert (orientation, found) == (1, {})


def test_loops_and_fans_end() -> None:
    assert facts(exif_loop())[0] == 1
    assert facts(exif_fan())[1] == {}


def test_an_orientation_that_is_none_is_upright() -> None:
    assert facts(exif({0x0112: 0}))[0] == 1
    assert facts(exif({0x0112: 9}))[0] == 1
    assert facts(exif({0x0112: 8}))[0] == 8


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(block: bytes) -> None:
    orientation, _ = facts(b"Exif\0\0II*\0" + block)
    assert 1 <= orientation <= 8


@given(st.text())
def test_words_are_clean_and_short(text: str) -> None:
    clean = clean_text(text, 20)
    assert len(clean) <= 20
    assert clean.isprintable()
