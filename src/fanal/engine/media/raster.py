"""Pictures through Pillow: only the formats named here, only within the limits, and what there is of a torn one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.kinds import Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import LONGEST, fit
from fanal.engine.media.refusals import Refusal

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
"""All that Pillow is ever asked to open."""

_ANIMATED = ("PNG", "GIF", "WEBP", "AVIF")
_BYTES_A_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""What Pillow keeps for one pixel of a mode; 4 for all others."""
_MORE_WHILE_DECODING = {"WEBP": 9, "AVIF": 6}
"""What these libraries hold besides, measured."""
_MORE_WHEN_ANIMATED = {"WEBP": 18, "GIF": 11, "PNG": 12, "AVIF": 12}
"""The same for a picture that moves: the frame before is kept, and one to put the next together in."""
_ONE_COPY = 16_000_000
"""Pixels up to which a second copy of the whole picture is made; a larger one is turned into luma strip by strip."""
_STRIP = 256

_switch = threading.Lock()


@contextmanager
def _taking_what_there_is() -> Iterator[None]:
    """Let Pillow return the part of a torn file that it could decode."""
    with _switch:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def open_header(data: bytes, kind: Kind, limits: Limits, *, animated: bool = False) -> Image.Image:
    """Open without decoding; raises MediaRefused if what the header promises is beyond the limits."""
    if kind.reader not in FORMATS:
        raise MediaRefused(Refusal.UNKNOWN_KIND)
    try:
        picture = Image.open(BytesIO(data), formats=(kind.reader,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediaRefused(Refusal.TOO_MANY_PIXELS) from None
    pixels = picture.width * picture.height
    more = (_MORE_WHEN_ANIMATED if animated else _MORE_WHILE_DECODING).get(kind.reader, 0)
    each = _BYTES_A_PIXEL.get(picture.mode, 4) + more + 1
    if pixels > limits.pixels or len(data) + pixels * each > limits.picture_bytes:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS)
    return picture


def is_animated(data: bytes, kind: Kind, limits: Limits) -> bool:
    """Tell whether there is more than one frame with a time; pages of a TIFF are none."""
    if kind.reader not in _ANIMATED:
        return False
    try:
        return bool(getattr(open_header(data, kind, limits), "is_animated", False))
    except (OSError, ValueError, SyntaxError):
        return False


def load(data: bytes, kind: Kind, limits: Limits) -> tuple[Image.Image, bool]:
    """Decode a picture; the second value tells that the file is damaged and only a part may be there.

    Raises MediaRefused for the limits, and what Pillow raises if nothing can be decoded.
    """
    try:
        picture = open_header(data, kind, limits)
        picture.load()
        return picture, False
    except (OSError, ValueError, SyntaxError, IndexError, EOFError):
        with _taking_what_there_is():
            picture = open_header(data, kind, limits)
            picture.load()
            return picture, True


def pixels_of(picture: Image.Image) -> NDArray[np.uint8]:
    """Return the stored pixels as PDQ's reference sees them, uint8 [height, width, 3], or the luma [height, width]."""
    if picture.mode not in ("L", "RGB", "RGBA", "RGBX"):
        if picture.width * picture.height > _ONE_COPY:
            return _luma_in_strips(picture)
        picture = eight_bit(picture).convert("RGB")
    if picture.mode != "L" and picture.width * picture.height > _ONE_COPY:
        return _luma_in_strips(picture)
    return np.array(picture)


def _luma_in_strips(picture: Image.Image) -> NDArray[np.uint8]:
    luma = np.empty((picture.height, picture.width), np.uint8)
    for top in range(0, picture.height, _STRIP):
        bottom = min(top + _STRIP, picture.height)
        strip = eight_bit(picture.crop((0, top, picture.width, bottom)))
        luma[top:bottom] = np.asarray(strip.convert("RGB").convert("L"))
    return luma


def eight_bit(picture: Image.Image) -> Image.Image:
    """Return the picture with 8 bits a channel: deep greys are scaled down, where Pillow alone would cut them off."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    deep = np.asarray(picture).astype(np.float32)
    top = float(np.nanmax(deep, initial=0.0))
    if picture.mode.startswith("I;16") or 255 < top <= 65535:
        deep = deep / np.float32(257.0)
    elif top > 65535:
        deep = deep * np.float32(255.0 / top)
    return Image.fromarray(np.nan_to_num(deep).clip(0, 255).astype(np.uint8))


def reduced(picture: Image.Image, longest: int = LONGEST) -> Image.Image:
    """Return a small copy that still has its transparency."""
    if picture.mode in ("1", "P", "PA") or picture.mode.startswith(("I", "F")):
        rough = max(1, max(picture.size) // (4 * longest))
        size = (max(1, picture.width // rough), max(1, picture.height // rough))
        picture = eight_bit(picture.resize(size, Image.Resampling.NEAREST))
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    return fit(picture, longest)


def flattened(picture: Image.Image) -> Image.Image:
    """Return the picture in red, green and blue, where it is transparent on white."""
    if picture.mode not in ("RGBA", "LA", "RGBa", "La"):
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground
