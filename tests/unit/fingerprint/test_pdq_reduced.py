"""Hashes from a JPEG decoded at a fraction of its size, against the reference on the full decode."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fanal.engine.fingerprint.pdq import MIN_REDUCED_SIDE, QUALITY_GATE, pdq_prints
from pdq_reference import distance, reference
from shared import shared

MOST_BITS = 10
SIZES = [(800, 600), (2000, 1333), (3001, 2003), (2049, 4095)]
PHOTOGRAPHS = sorted(shared("eval", "base", "orig").iterdir())[::6]


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def smallest_allowed(height: int, width: int) -> int:
    """Return the divisor that a decoder may use: 1, 2, 4 or 8."""
    return max(k for k in (1, 2, 4, 8) if k == 1 or min(-(-height // k), -(-width // k)) >= MIN_REDUCED_SIDE)


@pytest.mark.parametrize("number", range(len(PHOTOGRAPHS)))
def test_reduced_decodes_keep_the_hash(number: int) -> None:
    with Image.open(PHOTOGRAPHS[number]) as opened:
        picture = opened.convert("RGB").resize(SIZES[number % len(SIZES)], Image.Resampling.BICUBIC)
    jpeg = as_jpeg(picture, quality=(60, 80, 92)[number % 3])
    theirs = reference(np.asarray(Image.open(BytesIO(jpeg)).convert("RGB")))
    assert theirs.quality >= QUALITY_GATE
    divisor = smallest_allowed(picture.height, picture.width)
    small = Image.open(BytesIO(jpeg))
    small.draft("L", (picture.width // divisor, picture.height // divisor))
    pixels = np.asarray(small.convert("L"))
    assert pixels.shape == (-(-picture.height // divisor), -(-picture.width // divisor))
    ours = pdq_prints(pixels, (picture.height, picture.width))
    assert distance(ours.hash, theirs.hash) <= MOST_BITS
    assert abs(ours.quality - theirs.quality) <= 2
