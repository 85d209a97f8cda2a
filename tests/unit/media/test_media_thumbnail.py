"""The embedded thumbnail: one that shows the picture says nothing, one that shows more is kept."""

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fanal.engine.fingerprint.image import whole_print
from fanal.engine.fingerprint.prints import IN_THUMBNAIL
from fanal.engine.match.explain import Kind
from fanal.engine.match.techniques import comparers
from fanal.engine.media.examine import examine
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.thumbnail import read_thumbnail
from pdq_reference import landscape


@cache
def whole() -> Image.Image:
    return Image.fromarray(np.asarray(landscape(1, 400, 600), np.uint8)).convert("RGB")


def jpeg(picture: Image.Image, thumbnail: bytes = b"") -> bytes:
    """Return a JPEG file, with a thumbnail in its Exif."""
    exif = b""
    if thumbnail:
        first = b"\0\1" + b"\x01\x12\0\3\0\0\0\1\0\1\0\0" + (26).to_bytes(4, "big")
        second = b"\0\2" + b"\2\1\0\4\0\0\0\1" + (56).to_bytes(4, "big")
        second += b"\2\2\0\4\0\0\0\1" + len(thumbnail).to_bytes(4, "big") + bytes(4)
        exif = b"Exif\0\0MM\0*\0\0\0\x08" + first + second + thumbnail
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def thumbnail(picture: Image.Image) -> bytes:
    """Return what a camera embeds: 160 × 120, with bars where the picture has another shape."""
    small, ground = picture.copy(), Image.new("RGB", (160, 120))
    small.thumbnail((160, 120))
    ground.paste(small, ((160 - small.width) // 2, (120 - small.height) // 2))
    return jpeg(ground)


def read(data: bytes) -> Findings:
    return examine(io.BytesIO(data), "picture.jpg")


def test_a_thumbnail_of_the_picture_is_a_fact_and_no_more() -> None:
    found = read(jpeg(whole(), thumbnail(whole())))
    assert found.facts["thumbnail_size"] == "160 × 120"
    assert "thumbnail_differs" not in found.facts
    assert [one.time for one in found.prints if one.technique == "pdq/1"] == [None]
    assert len(found.previews) == 2


def test_the_uncropped_original_is_found_through_the_thumbnail_of_the_crop() -> None:
    cropped = read(jpeg(whole().crop((150, 60, 450, 260)), thumbnail(whole())))
    original = read(jpeg(whole()))
    assert cropped.facts["thumbnail_differs"] == 1
    assert len(cropped.previews) == 3
    comparer = comparers()["pdq/1"]()
    comparer.put(1, original.prints)
    (found,) = comparer.search(cropped.prints)
    assert found.link.accepted
    assert found.link.why.kind is Kind.THUMBNAIL
    assert found.link.reversed.why.kind is Kind.THUMBNAIL_THERE
    comparer.put(1, read(jpeg(whole().crop((0, 200, 600, 400)), thumbnail(whole()))).prints)
    (both,) = comparer.search(cropped.prints)
    assert both.link.why.kind is Kind.THUMBNAILS


def test_a_thumbnail_is_no_second_of_a_film() -> None:
    cropped = read(jpeg(whole().crop((150, 60, 450, 260)), thumbnail(whole())))
    print_ = next(one for one in cropped.prints if one.time == IN_THUMBNAIL)
    film = comparers()["pdq/1"]()
    shown = whole_print(np.asarray(whole()))
    film.put(1, [type(shown)(shown.technique, shown.data, shown.quality, float(time), shown.turned) for time in (0, 1)])
    (found,) = film.search([print_])
    assert found.link.technique == "pdq/1"
    assert found.link.why.kind is Kind.THUMBNAIL


@pytest.mark.parametrize("torn", [b"\xff\xd8", thumbnail(whole())[:300], b"\xff\xd8\xff\xe1" + bytes(500)])
def test_a_thumbnail_that_is_none_is_said_and_hurts_nothing(torn: bytes) -> None:
    found = read(jpeg(whole(), torn.ljust(8, b"\0")))
    assert found.width == 600
    assert "thumbnail_differs" not in found.facts


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 2000), st.binary(min_size=1, max_size=40))
def test_a_spoilt_thumbnail_is_read_without_a_fault(at: int, spoilt: bytes) -> None:
    small = thumbnail(whole())
    sheet = FactSheet(DEFAULT_LIMITS)
    picture = whole_print(np.asarray(whole()))
    read_thumbnail(small[:at] + spoilt + small[at + len(spoilt) :], picture, (600, 400), sheet)
    assert set(sheet.facts) <= {"thumbnail_size", "thumbnail_distance", "thumbnail_differs", "thumbnail_unreadable"}
