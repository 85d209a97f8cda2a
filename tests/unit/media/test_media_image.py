"""Pictures: every format and pixel mode, orientation, damage, limits."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.preview import LONGEST
from fanal.engine.media.refusals import Refusal
from hostile.picture_bombs import jpeg_bombs, png_bombs
from hostile.wellformed import exif, picture, scene, whole_files
from pdq_reference import distance, reference


def published(pixels: NDArray[np.uint8]) -> bytes:
    """Return the hash that the reference gives pixels."""
    return reference(pixels).hash


STILLS = [name for name in whole_files() if name.startswith(("still", "moving", "progressive"))]


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Findings:
    return examine(io.BytesIO(data), "x", limits)


def shown(findings: Findings) -> Image.Image:
    """Return the preview itself, which follows the glimpse."""
    return Image.open(io.BytesIO(findings.previews[1].image)).convert("RGB")


def decoded(data: bytes) -> NDArray[np.uint8]:
    """Return the pixels as others decode them."""
    if data[4:12] == b"ftypheic":
        return np.asarray(pillow_heif.open_heif(data).to_pillow())
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", STILLS)
def test_every_format_gives_size_print_and_preview(name: str) -> None:
    findings = read(whole_files()[name])
    assert (findings.family, findings.width, findings.height) == ("image", 160, 120)
    assert findings.prints[0].quality == 100
    assert findings.prints[0].time is None
    assert len(findings.prints[0].turned) == 7 * 32
    assert distance(findings.prints[0].data, published(decoded(whole_files()[name]))) <= 10
    assert np.abs(np.asarray(shown(findings)).astype(int).mean((0, 1)) - scene().mean((0, 1))).max() < 30


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F"])
def test_every_pixel_mode_is_the_same_picture(mode: str) -> None:
    grey = Image.fromarray(scene(320, 240)).convert("L")
    image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    findings = read(saved(image, "TIFF" if mode in ("I", "F") else "PNG"))
    # Dots of black and white are another picture than the greys they stand for.
    wanted = image if mode == "1" else grey
    assert distance(findings.prints[0].data, published(np.asarray(wanted.convert("RGB")))) <= 10


def test_ink_pictures_decode() -> None:
    findings = read(saved(Image.fromarray(scene()).convert("CMYK"), "JPEG", quality=90))
    assert findings.facts["mode"] == "CMYK"
    assert distance(findings.prints[0].data, published(scene())) <= 10


@pytest.mark.parametrize("size", [(640, 480), (1111, 777), (2400, 1601), (3000, 400), (5000, 260), (257, 4000)])
def test_a_reduced_decode_gives_the_hash_of_the_whole(size: tuple[int, int]) -> None:
    data = saved(Image.fromarray(scene(*size)), "JPEG", quality=90)
    findings = read(data)
    assert (findings.width, findings.height) == size
    assert distance(findings.prints[0].data, published(decoded(data))) <= 10
    assert max(shown(findings).size) <= LONGEST


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_the_preview_and_not_the_print(orientation: int) -> None:
    data = picture("JPEG", quality=92, exif=exif({0x0112: orientation}))
    findings, upright = read(data), read(picture("JPEG", quality=92))
    assert findings.prints == upright.prints
    assert (findings.width, findings.height) == (160, 120)
    with Image.open(io.BytesIO(data)) as stored:
        wanted = np.asarray(ImageOps.exif_transpose(stored).convert("RGB")).astype(int)
    found = np.asarray(shown(findings)).astype(int)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).mean() < 12


def test_what_is_transparent_is_shown_on_white_and_hashed_as_stored() -> None:
    clear = np.dstack([scene(), np.zeros((120, 160), np.uint8)])
    findings = read(saved(Image.fromarray(clear)))
    assert np.asarray(shown(findings)).min() > 245
    assert distance(findings.prints[0].data, published(scene())) == 0


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_torn_picture_gives_what_there_is(form: str) -> None:
    whole = saved(Image.fromarray(scene(800, 600)), form)
    findings = read(whole[: len(whole) * 2 // 3])
    assert findings.facts["damaged"] == 1
    assert (findings.width, findings.height) == (800, 600)
    assert [found.technique for found in findings.prints] == ["pdq/1", "local/1"]
    assert np.asarray(shown(findings))[:100].std() > 20
    assert "damaged" not in read(whole).facts


def test_a_flat_picture_has_a_preview_though_its_hash_is_of_no_quality() -> None:
    findings = read(saved(Image.new("RGB", (300, 200), "teal")))
    assert findings.prints[0].quality == 0
    assert shown(findings).size == (300, 200)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 2)])
def test_the_smallest_pictures(size: tuple[int, int]) -> None:
    findings = read(saved(Image.new("RGB", size, "red")))
    assert (findings.width, findings.height) == size
    assert findings.prints[0].quality == 0


def test_camera_facts() -> None:
    block = exif({0x010F: "Lantern Works", 0x0110: "Mark II", 0x0112: 6, 0x0131: "v\u202e1\n2"})
    facts: Mapping[str, object] = read(picture("JPEG", exif=block)).facts
    assert facts["camera_make"] == "Lantern Works"
    assert facts["camera_model"] == "Mark II"
    assert facts["orientation"] == 6
    assert facts["software"] == "v1 2"


def test_the_same_tables_give_the_same_signature() -> None:
    first = read(picture("JPEG", quality=80)).facts["jpeg_quantisation"]
    assert first == read(saved(Image.fromarray(scene(shift=40)), "JPEG", quality=80)).facts["jpeg_quantisation"]
    assert first != read(picture("JPEG", quality=81)).facts["jpeg_quantisation"]


def test_pixels_are_counted_before_any_is_decoded() -> None:
    bombs = {bomb.name: bomb.data for bomb in (*png_bombs(), *jpeg_bombs())}
    for name in ("pixels.png", "bilevel.png", "pixels.jpg", "progressive.jpg"):
        with pytest.raises(MediaRefused) as refused:
            read(bombs[name])
        assert refused.value.refusal == Refusal.TOO_MANY_PIXELS


def test_the_limit_is_the_callers() -> None:
    few = replace(DEFAULT_LIMITS, pixels=100 * 100)
    for name in ("still.jpg", "still.png", "still.heic", "moving.gif"):
        with pytest.raises(MediaRefused) as refused:
            read(whole_files()[name], few)
        assert refused.value.code == "media.too_many_pixels"
