"""The one picture format that leaves the wall: JPEG with a single baseline scan and nothing beside it (ITU-T T.81)."""

import re
import struct

_JFIF, _TABLES, _FRAME, _CODES, _SCAN = 0xE0, 0xDB, 0xC0, 0xC4, 0xDA
_START, _END = b"\xff\xd8", b"\xff\xd9"
_SEGMENTS = (
    (_JFIF, 16, rb"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
    (_TABLES, 67, rb"\x00[^\x00]{64}"),
    (_TABLES, 67, rb"\x01[^\x00]{64}"),
    (_FRAME, 17, rb"\x08.{4}\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"),
    (_CODES, 31, rb"\x00.{28}"),
    (_CODES, 181, rb"\x10.{178}"),
    (_CODES, 31, rb"\x01.{28}"),
    (_CODES, 181, rb"\x11.{178}"),
    (_SCAN, 12, rb"\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00"),
)
"""The only segments there may be, in their only order: marker, length and what they say."""
_HEAD = re.compile(
    b"".join([_START, *(re.escape(struct.pack(">BBH", 255, marker, n)) + said for marker, n, said in _SEGMENTS)]),
    re.DOTALL,
)
_HEAD_BYTES = 2 + sum(2 + length for _, length, _ in _SEGMENTS)
_SIZE_AT = 2 + sum(2 + length for _, length, _ in _SEGMENTS[:3]) + 5
_MARKER = re.compile(rb"\xff[^\x00]")


def is_plain_jpeg(image: bytes, width: int, height: int) -> bool:
    """Tell whether the bytes are a baseline JPEG of this size in three colours, with no other segment anywhere.

    Browsers open previews, so a broken decoder must not choose the format: progressive or arithmetic coding, restarts,
    metadata, thumbnails and colour profiles are each a parser more.
    """
    if _HEAD.match(image) is None or not image.endswith(_END):
        return False
    if struct.unpack_from(">HH", image, _SIZE_AT) != (height, width):
        return False
    # Within a scan a byte of ones is always followed by zero; any other follower would begin a segment.
    return len(image) > _HEAD_BYTES + 2 and _MARKER.search(image, _HEAD_BYTES, len(image) - 2) is None
