"""IPTC words among Photoshop's resources, and resources that lie about their lengths."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.media.facts import FactSheet
from fanal.engine.media.iptc import photoshop_facts
from fanal.engine.media.limits import DEFAULT_LIMITS


def dataset(number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    titled = bytes([len(name)]) + name
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + titled
        + b"\0" * (len(titled) % 2)
        + struct.pack(">I", len(data))
        + data
        + b"\0" * (len(data) % 2)
    )


BLOCK = b"\x1c\x01\x5a\0\x03\x1b%G" + dataset(90, "Ariège".encode()) + dataset(25, b"room") + dataset(25, b"bottle")
WHOLE = resource(0x03ED, b"abc", b"odd") + resource(0x0404, BLOCK)


def told(resources: bytes) -> dict[str, str | int | float]:
    sheet = FactSheet(DEFAULT_LIMITS)
    photoshop_facts(resources, sheet)
    return sheet.facts


def test_words_are_read_wherever_their_resource_lies() -> None:
    assert told(WHOLE) == {"place_city": "Ariège", "keywords": "room; bottle"}


def test_another_record_and_a_long_dataset_are_left_out() -> None:
    assert told(resource(0x0404, b"\x1c\x03\x5a\0\x01A" + dataset(90, b"B"))) == {"place_city": "B"}
    assert told(resource(0x0404, b"\x1c\x02\x5a\x80\x04\0\0\0\x01A" + dataset(90, b"B"))) == {}


def test_a_word_is_kept_up_to_its_bound() -> None:
    assert len(str(told(resource(0x0404, dataset(120, b"x" * 30_000)))["description"])) == DEFAULT_LIMITS.fact_length


@settings(deadline=None)
@given(st.binary(max_size=80), st.integers(0, len(WHOLE)), st.integers(0, 12))
def test_spoilt_resources_are_read_without_a_fault(spoilt: bytes, at: int, gone: int) -> None:
    facts = told(WHOLE[:at] + spoilt + WHOLE[at + gone :])
    assert all(str(value).isprintable() for value in facts.values())


def test_many_empty_resources_end() -> None:
    assert told(resource(1, b"") * 100_000 + WHOLE) == {}
