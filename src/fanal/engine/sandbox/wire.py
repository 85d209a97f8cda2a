"""What a decoder may say, and the only parser of it: exact lengths, big-endian, everything bounded.

One byte tells what follows: findings, a refusal, a member of an archive, a chunk of it, its end (perhaps with a
refusal), or the archive's end. Text is UTF-8 after a 32-bit length; what may be absent follows a byte 0 or 1.
"""

import math
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from fanal.engine.fingerprint.maker import NAME
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Fact, Findings, Preview, Print
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.plain_jpeg import is_plain_jpeg
from fanal.engine.sandbox.shapes import is_shaped

FINDINGS, REFUSED, MEMBER, CHUNK, MEMBER_END, END = range(1, 7)
TEXT, WHOLE, REAL = range(1, 4)

# No more than the columns of the database hold: what does not fit is against the protocol, not a fault of ours.
MOST_FACTS, MOST_PRINTS, MOST_PREVIEWS = 1_024, 100_000, 256
MOST_SIDE, MOST_PREVIEW_SIDE, MOST_FRAMES, MOST_SECONDS = (1 << 31) - 1, 1_024, 1 << 40, 1e9
LONGEST_NAME, LONGEST_TEXT, LONGEST_PATH = 200, 4_096, 16_384
LONGEST_PRINT, LONGEST_TURNED, LONGEST_PREVIEW, LONGEST_CHUNK = 65_536, 4_096, 1 << 20, 1 << 20
LONGEST_ANSWER = 64 << 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REFUSALS = {int(refusal): refusal for refusal in Refusal}
_TIMES = (-62_135_596_800_000_000, 253_402_300_799_999_999)  # microseconds from 1970 to the years 1 and 9999
_FAMILIES = frozenset({"image", "video", "audio", "archive", "other"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,39}/[a-z0-9][a-z0-9.+-]{0,58}")  # 100 characters
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class AgainstProtocol(MediaRefused):
    """The decoder said what it may not say."""

    def __init__(self) -> None:
        super().__init__(Refusal.PROTOCOL)


class Wire:
    """Reads a decoder's answer. `take(n)` returns exactly n bytes or raises. Every method may raise AgainstProtocol."""

    def __init__(self, take: Callable[[int], bytes], most: int = LONGEST_ANSWER) -> None:
        self._take = take
        self._left = most

    def kind(self, *expected: int) -> int:
        """Read what follows, which must be one of those expected."""
        kind = self._number("!B", 0, END)
        _demand(kind in expected)
        return kind

    def refusal(self) -> Refusal:
        """Read why the file is refused."""
        code = self._number("!H", 1, 0xFFFF)
        _demand(code in _REFUSALS)
        return _REFUSALS[code]

    def findings(self) -> Findings:
        """Read all that is said about one file."""
        media_type, family = self._text(LONGEST_NAME), self._text(LONGEST_NAME)
        _demand(_MEDIA_TYPE.fullmatch(media_type) is not None and family in _FAMILIES)
        width, height = self._maybe_number(MOST_SIDE), self._maybe_number(MOST_SIDE)
        duration, frames = self._maybe_seconds(), self._maybe_number(MOST_FRAMES)
        facts = dict(self._fact() for _ in range(self._number("!I", 0, MOST_FACTS)))
        prints = tuple(self._print() for _ in range(self._number("!I", 0, MOST_PRINTS)))
        previews = tuple(self._preview() for _ in range(self._number("!I", 0, MOST_PREVIEWS)))
        return Findings(media_type, family, width, height, duration, frames, facts, prints, previews)

    def member(self) -> tuple[str, int | None, datetime | None]:
        """Read a member's path, declared size and time. The path is for people, never for a file system."""
        path, size = self._text(LONGEST_PATH), self._maybe_number(1 << 62)
        if not self._flag():
            return path, size, None
        zoned, modified = self._flag(), EPOCH + timedelta(microseconds=self._number("!q", *_TIMES))
        return path, size, modified if zoned else modified.replace(tzinfo=None)

    def chunk(self) -> bytes:
        """Read a part of the member; it is never empty."""
        return self._take_counted(self._number("!I", 1, LONGEST_CHUNK))

    def member_end(self) -> Refusal | None:
        """Read how the member ended: None when it is whole."""
        return self.refusal() if self._flag() else None

    def _fact(self) -> tuple[str, Fact]:
        name, kind = self._text(LONGEST_NAME), self._number("!B", TEXT, REAL)
        _demand(name != "")
        if kind == TEXT:
            return name, self._text(LONGEST_TEXT)
        return name, self._number("!q", -(1 << 63), 1 << 63) if kind == WHOLE else self._real(-math.inf, math.inf)

    def _print(self) -> Print:
        technique, data = self._text(LONGEST_NAME), self._bytes(LONGEST_PRINT)
        quality, time, turned = self._maybe_number(100), self._maybe_seconds(), self._bytes(LONGEST_TURNED)
        made = Print(technique, data, quality, time, turned)
        _demand(NAME.fullmatch(technique) is not None and data != b"" and is_shaped(made))
        return made

    def _preview(self) -> Preview:
        image = self._bytes(LONGEST_PREVIEW)
        width, height = self._number("!I", 1, MOST_PREVIEW_SIDE), self._number("!I", 1, MOST_PREVIEW_SIDE)
        _demand(is_plain_jpeg(image, width, height))
        return Preview(image, width, height, self._maybe_seconds())

    def _take_counted(self, length: int) -> bytes:
        self._left -= length
        _demand(self._left >= 0)
        return self._take(length)

    def _number(self, form: str, least: int, most: int) -> int:
        number: int = struct.unpack(form, self._take_counted(struct.calcsize(form)))[0]
        _demand(least <= number <= most)
        return number

    def _real(self, least: float, most: float) -> float:
        real: float = struct.unpack("!d", self._take_counted(8))[0]
        _demand(math.isfinite(real) and least <= real <= most)
        return real

    def _bytes(self, longest: int) -> bytes:
        return self._take_counted(self._number("!I", 0, longest))

    def _text(self, longest: int) -> str:
        try:
            text = self._bytes(longest).decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise AgainstProtocol from None
        _demand(CONTROL.search(text) is None)
        return text

    def _flag(self) -> bool:
        return self._number("!B", 0, 1) == 1

    def _maybe_number(self, most: int) -> int | None:
        return self._number("!q", 0, most) if self._flag() else None

    def _maybe_seconds(self) -> float | None:
        return self._real(-MOST_SECONDS, MOST_SECONDS) if self._flag() else None


def _demand(condition: bool) -> None:
    if not condition:
        raise AgainstProtocol
