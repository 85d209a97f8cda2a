"""What a file is, by its content."""

import pytest

from fanal.engine.media.kinds import HEAD_BYTES, UNKNOWN, sniff
from hostile.wellformed import whole_files

EXPECTED = {
    "still.jpg": "image/jpeg",
    "progressive.jpg": "image/jpeg",
    "still.png": "image/png",
    "moving.gif": "image/gif",
    "moving.webp": "image/webp",
    "still.tiff": "image/tiff",
    "still.bmp": "image/bmp",
    "still.heic": "image/heif",
    "still.avif": "image/avif",
    "film.mp4": "video/mp4",
    "film.mkv": "video/x-matroska",
    "film.avi": "video/x-msvideo",
    "film.ts": "video/mp2t",
    "sound.wav": "audio/wav",
    "sound.flac": "audio/flac",
    "pack.zip": "application/zip",
    "pack.tar": "application/x-tar",
    "pack.tar.gz": "application/gzip",
}


@pytest.mark.parametrize(("name", "media_type"), EXPECTED.items())
def test_by_content(name: str, media_type: str) -> None:
    assert sniff(whole_files()[name][:HEAD_BYTES]).media_type == media_type


def test_a_name_is_never_believed() -> None:
    assert sniff(whole_files()["still.png"][:HEAD_BYTES], "film.mp4").media_type == "image/png"
    assert sniff(b"\x93\x12\x00\x81" * 9, "picture.jpg") == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [b"#EXTM3U\nfile:///etc/passwd", b"ffconcat version 1.0\n", b"<svg/>", b"hello", "grüße\n".encode(), b"%PDF-1.7"],
)
def test_what_is_never_opened_has_no_reader(text: bytes) -> None:
    kind = sniff(text, "film.mp4")
    assert kind != UNKNOWN
    assert (kind.family, kind.reader) == ("other", "")


@pytest.mark.parametrize(
    ("brand", "media_type"),
    [
        (b"isom", "video/mp4"),
        (b"qt  ", "video/quicktime"),
        (b"3gp5", "video/3gpp"),
        (b"M4A ", "audio/mp4"),
        (b"heic", "image/heif"),
        (b"avif", "image/avif"),
    ],
)
def test_brands_of_the_mp4_family(brand: bytes, media_type: str) -> None:
    assert sniff(b"\0\0\0\x14ftyp" + brand + b"\0\0\0\0" + brand).media_type == media_type


def test_a_picture_of_the_mp4_family_may_name_its_coding_second() -> None:
    assert sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif").media_type == "image/avif"


def test_sound_without_a_tag_in_front() -> None:
    assert sniff(b"\xff\xfb\x90\x64" + bytes(400)).media_type == "audio/mpeg"
    assert sniff(b"\xff\xf1\x50\x80" + bytes(400)).media_type == "audio/aac"
