"""What a decoder says is a print is laid into an index only if the index can hold it."""

import struct

import pytest

from fanal.engine.fingerprint.camera import camera_prints
from fanal.engine.fingerprint.local.stored import STORED_FEATURES, TECHNIQUE, unpack
from fanal.engine.fingerprint.local.words import WORDS
from fanal.engine.fingerprint.prints import Print
from fanal.engine.sandbox.shapes import MOST_WORDS, is_shaped

SIZE = (640, 480)


def features(word: int, size: tuple[int, int] = SIZE) -> Print:
    """Return local features: one of the first word, one of another."""
    rows = b"".join(struct.pack("<16sH5s", bytes(16), number, bytes(5)) for number in (0, word))
    return Print(TECHNIQUE, struct.pack("<6I", *size, 0, 0, *SIZE) + rows)


def test_features_have_words_of_the_vocabulary_and_a_picture() -> None:
    assert MOST_WORDS == WORDS
    assert is_shaped(features(WORDS - 1))
    assert len(unpack(features(WORDS - 1).data)) == 2
    for wrong in (features(WORDS), features(65_535), features(1, (0, 480)), features(1, (640, 0))):
        assert not is_shaped(wrong)
        with pytest.raises(ValueError, match=r"vocabulary|pixels"):
            unpack(wrong.data)
    assert is_shaped(Print(TECHNIQUE, struct.pack("<6I", *SIZE, 0, 0, *SIZE)))


def test_a_picture_has_as_many_features_as_are_stored_and_no_more() -> None:
    one = features(1)
    row = one.data[-23:]
    assert is_shaped(Print(TECHNIQUE, one.data + row * (STORED_FEATURES - 2)))
    assert not is_shaped(Print(TECHNIQUE, one.data + row * (STORED_FEATURES - 1)))


def test_colours_follow_the_features_two_bytes_each() -> None:
    plain = features(WORDS - 1)
    width = struct.pack("<I", SIZE[0] | 1 << 31)
    coloured = width + plain.data[4:] + b"\xff" * 4
    assert is_shaped(Print(TECHNIQUE, coloured))
    assert len(unpack(coloured)) == 2
    for wrong in (coloured[:-1], coloured + b"\0", width + plain.data[4:], plain.data + b"\xff" * 4):
        assert not is_shaped(Print(TECHNIQUE, wrong))
        with pytest.raises(ValueError, match="not the stored form"):
            unpack(wrong)


def test_the_name_of_a_device_can_be_shown() -> None:
    (camera,) = camera_prints({"camera_make": "Lantern", "camera_model": "L2", "camera_serial": "330045321"}, None)
    assert is_shaped(camera)
    for ending in (b"\0", b"\x1b[2J", "\u202e".encode()):
        assert not is_shaped(Print(camera.technique, camera.data + ending))
