"""Animated pictures: frames with times."""

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.media.examine import examine
from fanal.engine.media.limits import DEFAULT_LIMITS
from hostile.wellformed import animation, picture
from pdq_reference import distance, reference


def published(pixels: NDArray[np.uint8]) -> bytes:
    """Return the hash that the reference gives pixels."""
    return reference(pixels).hash


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_one_print_a_second_of_film_and_the_first_without_a_time(form: str) -> None:
    findings = examine(io.BytesIO(animation(form, frames=6, milliseconds=500)), "x")
    assert findings.family == "image"
    assert findings.frames == 6
    assert findings.duration == pytest.approx(3.0)
    frames = [found for found in findings.prints if found.technique == "pdq/1"]
    assert [found.time for found in frames] == [None, pytest.approx(1.0), pytest.approx(2.0)]
    with Image.open(io.BytesIO(animation(form, frames=6, milliseconds=500))) as moving:
        for number, found in zip((0, 2, 4), frames, strict=True):
            moving.seek(number)
            assert distance(found.data, published(np.asarray(moving.convert("RGB")))) <= 10


def test_a_still_picture_of_the_same_formats_has_one_frame() -> None:
    for form in ("GIF", "WEBP", "PNG"):
        findings = examine(io.BytesIO(picture(form)), "x")
        assert [found.time for found in findings.prints] == [None, None]
        assert findings.duration is None


def test_too_many_frames_are_left_and_said() -> None:
    findings = examine(io.BytesIO(animation("GIF", frames=9)), "x", replace(DEFAULT_LIMITS, frames=4))
    assert findings.frames == 4
    assert findings.facts["incomplete"] == 1


def test_a_torn_animation_gives_the_frames_before_the_tear() -> None:
    whole = animation("GIF", frames=6)
    findings = examine(io.BytesIO(whole[: len(whole) // 2]), "x")
    assert findings.frames
    assert 1 <= findings.frames < 6
