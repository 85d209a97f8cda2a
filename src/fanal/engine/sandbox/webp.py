"""The one picture format that leaves the wall: WebP with a single lossy frame and nothing beside it (RFC 9649)."""

import struct

_BEFORE_FRAME = 20
_KEY_FRAME_HEADER = 10
_START_CODE = b"\x9d\x01\x2a"


def is_plain_webp(image: bytes, width: int, height: int) -> bool:
    """Tell whether the bytes are a simple lossy WebP of this size, with no other chunk and nothing after it.

    Browsers open previews, so a broken decoder must not choose the format: lossless coding, animation, colour profiles
    and metadata are each a parser more.
    """
    if len(image) < _BEFORE_FRAME + _KEY_FRAME_HEADER or len(image) % 2:
        return False
    riff, total, webp, chunk, length = struct.unpack_from("<4sI4s4sI", image)
    if (riff, webp, chunk) != (b"RIFF", b"WEBP", b"VP8 ") or total != len(image) - 8:
        return False
    if length + length % 2 != len(image) - _BEFORE_FRAME:
        return False
    tag, start, across, down = struct.unpack_from("<B2x3sHH", image, _BEFORE_FRAME)
    # The lowest bit is 0 for a key frame; the two upper bits of each side are a scale that decoders ignore.
    return not tag & 1 and start == _START_CODE and (across, down) == (width, height)
