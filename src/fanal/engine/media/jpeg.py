"""JPEG: read its segments without trust, decode it once and no larger than prints and preview need."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.features import STORED_SIDE
from fanal.engine.fingerprint.pdq import MIN_REDUCED_SIDE
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.jpeg_signature import Signature, signature_of
from fanal.engine.media.limits import Limits
from fanal.engine.media.refusals import Refusal

_LONGEST_NEEDED = STORED_SIDE
_MAX_SEGMENTS = 4096
_START_OF_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_XMP, _PHOTOSHOP = b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_MOST_TABLE_BYTES, _MOST_RESOURCES = 2_048, 256 << 10
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}


@dataclass(slots=True)
class JpegHead:
    """What the segments before the pixels tell."""

    width: int = 0
    height: int = 0
    components: int = 0
    progressive: bool = False
    samples: float = 1.0
    """Of all components together, for each pixel."""
    exif: bytes = b""
    icc_bytes: int = 0
    comment: bytes = b""
    quantisation: bytes = b""
    adobe: bool = False
    xmp: bytes = b""
    photoshop: bytes = b""
    huffman: bytes = b""
    factors: list[int] = field(default_factory=list)
    """One byte a component: how often it is sampled across and down."""
    segments: list[int] = field(default_factory=list)

    @property
    def quantisation_digest(self) -> str:
        """The tables that the writing camera or program chose, as one short name."""
        return hashlib.sha256(self.quantisation).hexdigest()[:16] if self.quantisation else ""

    @property
    def signature(self) -> Signature | None:
        """How it is coded; None where its tables cannot be read."""
        return signature_of(self.quantisation, self.huffman, self.factors, self.segments)


@dataclass(frozen=True, slots=True)
class JpegPixels:
    """One decode of the picture, possibly at 1/2, 1/4 or 1/8 of its size."""

    pixels: NDArray[np.uint8]
    """[height, width] of grey, or [height, width, 3] of red, green and blue."""
    damaged: bool


def read_head(data: bytes) -> JpegHead:
    """Walk the segments up to the first scan (ITU-T T.81, annex B). What is missing or odd is left out."""
    head = JpegHead()
    for marker, segment in _segments(data):
        head.segments.append(marker)
        if marker in _START_OF_FRAME:
            _frame(head, marker, segment)
        elif marker == 0xDB and len(head.quantisation) < _MOST_TABLE_BYTES:
            head.quantisation += segment[: 4 * 129]
        elif marker == 0xC4 and len(head.huffman) < _MOST_TABLE_BYTES:
            head.huffman += segment[:_MOST_TABLE_BYTES]
        else:
            _beside(head, marker, segment)
    return head


def _beside(head: JpegHead, marker: int, segment: bytes) -> None:
    """Keep what stands beside the picture; the first of each, where one is enough."""
    if marker == 0xE1 and segment.startswith(b"Exif\0\0"):
        head.exif = head.exif or segment
    elif marker == 0xE1 and segment.startswith(_XMP):
        head.xmp = head.xmp or segment[len(_XMP) :]
    elif marker == 0xED and segment.startswith(_PHOTOSHOP) and len(head.photoshop) < _MOST_RESOURCES:
        head.photoshop += segment[len(_PHOTOSHOP) :]
    elif marker == 0xE2 and segment.startswith(b"ICC_PROFILE\0"):
        head.icc_bytes += max(0, len(segment) - 14)
    elif marker == 0xFE:
        head.comment = head.comment or segment[:1024]
    elif marker == 0xEE and segment.startswith(b"Adobe"):
        head.adobe = True


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            return
        marker = data[at + 1]
        if marker in (0xFF, 0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in (0xDA, 0xD9) or length < 2:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def _frame(head: JpegHead, marker: int, segment: bytes) -> None:
    if len(segment) < 6 or head.width:
        return
    head.height = int.from_bytes(segment[1:3], "big")
    head.width = int.from_bytes(segment[3:5], "big")
    head.components = segment[5]
    head.progressive = marker in _PROGRESSIVE
    factors = [segment[7 + 3 * i] for i in range(min(head.components, 4)) if 7 + 3 * i < len(segment)]
    head.factors = factors
    areas = [(factor >> 4) * (factor & 15) for factor in factors]
    head.samples = sum(areas) / max(max(areas, default=1), 1) or 1.0


def check_size(head: JpegHead, limits: Limits) -> None:
    """Raise MediaRefused if the header promises more than the limits allow, before anything is decoded."""
    pixels = head.width * head.height
    if not pixels:
        raise MediaRefused(Refusal.MALFORMED)
    # A progressive picture is kept whole as 16-bit coefficients until its last scan.
    if pixels > limits.pixels or (head.progressive and 2 * head.samples * pixels > limits.picture_bytes):
        raise MediaRefused(Refusal.TOO_MANY_PIXELS)


def decode(data: bytes, head: JpegHead) -> JpegPixels | None:
    """Decode at the smallest fraction that prints and preview can be made from; None if it is left to Pillow (CMYK).

    A picture that ends early or is corrupt inside gives what there is, and is marked as damaged. Raises ValueError if
    there is nothing to decode.
    """
    height, width, colour, _ = simplejpeg.decode_jpeg_header(data, strict=False)
    if (height, width) != (head.height, head.width):
        raise ValueError("two headers of different sizes")
    if colour not in ("YCbCr", "Gray", "RGB"):
        return None
    least = _reduced_size(height, width)
    target = "GRAY" if colour == "Gray" else "RGB"
    try:
        pixels, damaged = _decoded(data, target, least, strict=True), False
    except ValueError:
        pixels, damaged = _decoded(data, target, least, strict=False), True
    return JpegPixels(pixels, damaged)


def _decoded(data: bytes, colour: str, least: tuple[int, int], *, strict: bool) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
        data, colour, fastupsample=True, min_height=least[0], min_width=least[1], strict=strict
    )
    return pixels[:, :, 0] if colour == "GRAY" else pixels


def _reduced_size(height: int, width: int) -> tuple[int, int]:
    """Return the size of the smallest of 1/8, 1/4, 1/2 and the whole that is large enough."""
    for halvings in (3, 2, 1):
        reduced = (-(-height // 2**halvings), -(-width // 2**halvings))
        if min(reduced) >= MIN_REDUCED_SIDE and max(reduced) >= _LONGEST_NEEDED:
            return reduced
    return height, width
