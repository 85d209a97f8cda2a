"""Small pictures made anew from pixels: all that an officer's page ever shows of a file."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.media.findings import Preview

LONGEST = 640
"""Pixels of the longer side of the one preview of a picture, and of the poster of a film."""
LONGEST_STILL = 320
"""Of the further stills of a film."""

GLIMPSE = 12
"""Of the glimpse: enough for colours and where they lie, too little to see anything."""

_QUALITY = 78
_EFFORT = 1
"""libwebp's method: beyond 1 it takes several times longer and saves a tenth of the bytes."""

_TURNS: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of an Exif orientation upright."""


def small(pixels: NDArray[np.uint8], longest: int = LONGEST) -> Image.Image:
    """Return a picture of at most `longest` pixels a side, of [height, width] or [height, width, 3] pixels."""
    # Every k-th pixel first, while twice as many as needed stay: a huge picture is never copied whole.
    step = max(1, max(pixels.shape[:2]) // (4 * longest))
    picture = Image.fromarray(np.ascontiguousarray(pixels[::step, ::step]))
    return fit(picture, longest)


def fit(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture at most `longest` pixels a side; a smaller one as it is."""
    most = max(picture.size)
    if most <= longest:
        return picture
    size = (max(1, round(picture.width * longest / most)), max(1, round(picture.height * longest / most)))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Return the picture as its Exif orientation, 1 to 8, wants it shown."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def preview_of(picture: Image.Image, time: float | None = None) -> Preview:
    """Encode a small picture as WebP, with nothing in it but pixels."""
    plain = picture if picture.mode == "RGB" else picture.convert("RGB")
    out = BytesIO()
    plain.save(out, "WEBP", quality=_QUALITY, method=_EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    return Preview(out.getvalue(), plain.width, plain.height, time)


def with_glimpse(previews: tuple[Preview, ...]) -> tuple[Preview, ...]:
    """Return the previews with a glimpse of the first one before them, for pages that show nothing until asked to."""
    if not previews:
        return previews
    with Image.open(BytesIO(previews[0].image), formats=["WEBP"]) as first:
        tiny = fit(first.convert("RGB"), GLIMPSE)
    out = BytesIO()
    tiny.save(out, "WEBP", quality=60, method=_EFFORT)
    return (Preview(out.getvalue(), tiny.width, tiny.height), *previews)
