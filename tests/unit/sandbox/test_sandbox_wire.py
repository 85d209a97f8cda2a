"""The wire: what is said is understood, and nothing else is; whatever bytes come, it answers or refuses, in bounds."""

import io
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings, Preview, Print
from fanal.engine.media.member import Member
from fanal.engine.media.preview import preview_of
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox import wire
from fanal.engine.sandbox.answer import findings_said, members_said, refusal_said
from fanal.engine.sandbox.plain_jpeg import is_plain_jpeg
from fanal.engine.sandbox.wire import AgainstProtocol, Wire


def plain_jpeg(width: int, height: int) -> bytes:
    return preview_of(np.full((height, width, 3), (10, 200, 30), np.uint8)).image


def pillows(**options: Any) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (7, 5), (10, 200, 30)).save(held, "JPEG", **options)
    return held.getvalue()


JPEG = plain_jpeg(7, 5)

numbers = st.integers(0, (1 << 31) - 1)
seconds = st.floats(-1e9, 1e9, allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60)
names = texts.filter(bool)
prints = st.builds(
    Print,
    technique=st.sampled_from(["video/1", "local/12", "camera-noise/1"]),
    data=st.binary(min_size=1, max_size=100),
    quality=st.none() | st.integers(0, 100),
    time=st.none() | seconds,
    turned=st.binary(max_size=100),
) | st.builds(
    Print,
    technique=st.just("pdq/1"),
    data=st.binary(min_size=32, max_size=32),
    quality=st.integers(0, 100),
    turned=st.just(b"") | st.binary(min_size=224, max_size=224),
)
findings = st.builds(
    Findings,
    media_type=st.sampled_from(["image/jpeg", "video/mp4", "application/vnd.x-y+z.1"]),
    family=st.sampled_from(["image", "video", "audio", "archive", "other"]),
    width=st.none() | numbers,
    height=st.none() | numbers,
    duration=st.none() | seconds,
    frames=st.none() | st.integers(0, 1 << 40),
    facts=st.dictionaries(
        names,
        texts | st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False, allow_infinity=False),
        max_size=9,
    ),
    prints=st.lists(prints, max_size=5).map(tuple),
    previews=st.lists(st.builds(Preview, st.just(JPEG), st.just(7), st.just(5), st.none() | seconds), max_size=2).map(
        tuple
    ),
)


def taking(data: bytes) -> Callable[[int], bytes]:
    """Return what hands these bytes out and then refuses, as a decoder that ended does."""
    stream = io.BytesIO(data)

    def take(length: int) -> bytes:
        assert 0 <= length <= wire.LONGEST_CHUNK
        got = stream.read(length)
        if len(got) < length:
            raise MediaRefused(Refusal.PROTOCOL)
        return got

    return take


def understood(data: bytes) -> Findings:
    """Read findings that are all there is."""
    held = Wire(taking(data))
    assert held.kind(wire.FINDINGS) == wire.FINDINGS
    got = held.findings()
    with pytest.raises(MediaRefused):
        held.kind(*range(1, wire.END + 1))
    return got


@given(findings)
def test_findings_cross_unchanged(said: Findings) -> None:
    assert understood(findings_said(said)) == said


@pytest.mark.parametrize("refusal", Refusal)
def test_refusals_cross_unchanged(refusal: Refusal) -> None:
    held = Wire(taking(refusal_said(refusal)))
    assert held.kind(wire.FINDINGS, wire.REFUSED) == wire.REFUSED
    assert held.refusal() is refusal


@given(
    texts,
    st.none() | st.integers(0, 1 << 62),
    st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    st.lists(st.binary(min_size=1, max_size=50), max_size=4),
)
@example("x", None, datetime(1, 1, 1, tzinfo=UTC), [])
@example("x", None, datetime.max.replace(tzinfo=UTC), [])
def test_members_cross_unchanged(path: str, size: int | None, modified: datetime | None, chunks: list[bytes]) -> None:
    held = Wire(taking(b"".join(members_said(iter([Member(path, size, modified, iter(chunks))])))))
    assert held.kind(wire.MEMBER) == wire.MEMBER
    assert held.member() == (path, size, modified)
    for chunk in chunks:
        assert held.kind(wire.CHUNK, wire.MEMBER_END) == wire.CHUNK
        assert held.chunk() == chunk
    assert held.kind(wire.CHUNK, wire.MEMBER_END) == wire.MEMBER_END
    assert held.member_end() is None
    assert held.kind(wire.MEMBER, wire.END) == wire.END


def test_a_member_may_end_in_a_refusal() -> None:
    def locked() -> Any:
        yield b"x"
        raise MediaRefused(Refusal.ENCRYPTED)

    held = Wire(taking(b"".join(members_said(iter([Member("m", 1, None, locked())])))))
    held.kind(wire.MEMBER)
    held.member()
    held.kind(wire.CHUNK)
    held.chunk()
    held.kind(wire.MEMBER_END)
    assert held.member_end() is Refusal.ENCRYPTED


@given(st.text(max_size=300))
def test_any_text_can_be_said(text: str) -> None:
    """Control characters and half characters are replaced on the decoder's side, so that honest files always cross."""
    got = understood(findings_said(Findings("image/png", "image", facts={"x": text}))).facts["x"]
    assert isinstance(got, str)
    assert wire.CONTROL.search(got) is None


def test_long_text_is_cut_between_characters() -> None:
    got = understood(findings_said(Findings("image/png", "image", facts={"x": "é" * 5000}))).facts["x"]
    assert got == "é" * (wire.LONGEST_TEXT // 2)


@settings(max_examples=1_000, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_understood_or_refused(data: bytes) -> None:
    for read in (Wire.findings, Wire.member, Wire.chunk, Wire.member_end, Wire.refusal):
        try:
            read(Wire(taking(data)))
        except MediaRefused:
            continue


@settings(max_examples=1_000, deadline=None)
@given(findings, st.data())
def test_damaged_findings_are_understood_or_refused(said: Findings, data: st.DataObject) -> None:
    """One place of a true answer changed, cut or filled in: never another exception, never a value out of bounds."""
    whole = bytearray(findings_said(said))
    place = data.draw(st.integers(1, len(whole) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "insert", "ones"]))
    if how == "flip":
        whole[place] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "cut":
        del whole[place:]
    elif how == "insert":
        whole[place:place] = data.draw(st.binary(min_size=1, max_size=8))
    else:
        whole[place : place + 8] = b"\xff" * 8
    held = Wire(taking(bytes(whole)))
    held.kind(wire.FINDINGS)
    try:
        got = held.findings()
    except MediaRefused:
        return
    assert len(got.facts) <= wire.MOST_FACTS
    assert all(len(each.data) == 32 for each in got.prints if each.technique == "pdq/1")
    assert understood(findings_said(got)) == got


def test_an_answer_has_a_longest_length() -> None:
    held = Wire(taking(struct.pack("!I", 100) + bytes(100)), most=50)
    with pytest.raises(AgainstProtocol):
        held.chunk()


@pytest.mark.parametrize("code", [0, 4, 24, 0xFFFF])
def test_unknown_refusals_are_refused(code: int) -> None:
    with pytest.raises(AgainstProtocol):
        Wire(taking(struct.pack("!H", code))).refusal()


def test_the_parser_stays_small() -> None:
    """Little to trust: 150 lines are read by a person in one sitting."""
    assert len(Path(wire.__file__).read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (640, 3), (513, 384)])
def test_previews_are_plain(size: tuple[int, int]) -> None:
    assert is_plain_jpeg(plain_jpeg(*size), *size)


def test_a_preview_of_noise_is_plain() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert is_plain_jpeg(preview_of(noise).image, 640, 480)


@pytest.mark.parametrize(
    "image",
    [
        b"",
        JPEG[:-2],
        JPEG[:-2] + b"\xff\xd0\xff\xd9",
        JPEG + b"<script>",
        JPEG + JPEG,
        JPEG[:2] + b"\xff\xfe\x00\x04hi" + JPEG[2:],
        JPEG.replace(b"JFIF", b"JFXX"),
        JPEG.replace(b"\xff\xc0", b"\xff\xc1"),
        JPEG.replace(b"\xff\xc0", b"\xff\xc2"),
        plain_jpeg(7, 6),
        pillows(progressive=True),
        pillows(comment=b"words"),
        pillows(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
        pillows(icc_profile=b"x" * 128),
        pillows(optimize=True),
        b"\x89PNG\r\n\x1a\n" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    ],
)
def test_nothing_else_is_plain(image: bytes) -> None:
    assert not is_plain_jpeg(image, 7, 5)
