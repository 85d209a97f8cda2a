"""The lines of one picture as the bytes of a print (`text/1`), and back. Whoever made the bytes is not trusted.

Big-endian: width and height; then for each line confidence in per cent, four corners in pixels, and its text in UTF-8.
"""

import struct
from collections.abc import Iterable

from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.line import Line, Page, Quad

TECHNIQUE = "text/1"
MOST_BYTES = 65_536
"""Of one page: what the wire carries of a print."""
MOST_LINES = 400
LONGEST_LINE = 300
"""Characters."""
MOST_SIDE = (1 << 31) - 1

_HEAD, _LINE = struct.Struct("!II"), struct.Struct("!B8iH")


def print_of(page: Page) -> Print:
    """Return a page as a print; lines beyond what a print may hold are left out. The quality is the mean confidence."""
    parts, room = [_HEAD.pack(page.width, page.height)], MOST_BYTES - _HEAD.size
    kept = page.lines[:MOST_LINES]
    for line in kept:
        text = line.text[:LONGEST_LINE].encode("utf-8", "replace")
        room -= _LINE.size + len(text)
        if room < 0:
            break
        numbers = [round(value) for corner in line.corners for value in corner]
        parts.append(_LINE.pack(round(100 * line.confidence), *numbers, len(text)) + text)
    mean = sum(line.confidence for line in kept) / max(1, len(kept))
    return Print(TECHNIQUE, b"".join(parts), quality=round(100 * mean), time=page.time)


def page_of(made: Print) -> Page:
    """Return the page that a print holds. Raises ValueError for bytes that `print_of` does not write."""
    data = made.data
    try:
        width, height = _HEAD.unpack_from(data)
        if len(data) > MOST_BYTES or not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
            raise ValueError("no page")
        lines, at = [], _HEAD.size
        while at < len(data):
            line, at = _line(data, at)
            lines.append(line)
    except struct.error:
        raise ValueError("The bytes of a page of text are cut off.") from None
    if len(lines) > MOST_LINES:
        raise ValueError("A page of text has too many lines.")
    return Page(width, height, tuple(lines), made.time)


def _line(data: bytes, at: int) -> tuple[Line, int]:
    percent, *numbers, length = _LINE.unpack_from(data, at)
    start = at + _LINE.size
    text = data[start : start + length].decode("utf-8", "strict")
    if percent > 100 or len(text) > LONGEST_LINE or start + length > len(data) or not text.isprintable() or not text:
        raise ValueError("A line of text is not as it is written.")
    corners = tuple((float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return Line(text, _quad(corners), percent / 100), start + length


def _quad(corners: tuple[tuple[float, float], ...]) -> Quad:
    first, second, third, fourth = corners
    return first, second, third, fourth


def pages_of(prints: Iterable[Print]) -> tuple[Page, ...]:
    """Return the pages among prints of any technique, in their order. Raises ValueError as `page_of`."""
    return tuple(page_of(one) for one in prints if one.technique == TECHNIQUE)
