"""A bounded sheet of facts; every word on it that came from a file has been cleaned."""

import math
import unicodedata

from fanal.engine.media.findings import Fact
from fanal.engine.media.limits import Limits

_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are no text to read: control and format characters turn a line's direction or hide it."""


class FactSheet:
    """Collects the facts about one file and stops at the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.facts: dict[str, Fact] = {}

    def add(self, name: str, untrusted_value: object) -> None:
        """Keep a fact. None, the empty text, numbers that are none and what exceeds the limits are left out."""
        value = self._checked(untrusted_value)
        if value is not None and (name in self.facts or len(self.facts) < self._limits.facts):
            self.facts[name] = value

    def fill(self, name: str, untrusted_value: object) -> None:
        """Keep a fact that is not known yet; the first who says it is believed."""
        if name not in self.facts:
            self.add(name, untrusted_value)

    def _checked(self, untrusted_value: object) -> Fact | None:
        if isinstance(untrusted_value, bool | int):
            number = int(untrusted_value)
            return number if abs(number) < 1 << 63 else None
        if isinstance(untrusted_value, float):
            return round(untrusted_value, 6) if math.isfinite(untrusted_value) else None
        if isinstance(untrusted_value, bytes):
            untrusted_value = text_of(untrusted_value)
        if isinstance(untrusted_value, str):
            return clean_text(untrusted_value, self._limits.fact_length) or None
        return None


def text_of(untrusted_text: bytes) -> str:
    """Decode bytes that may be text: UTF-8, else Latin-1, which takes anything. Ends at the first NUL."""
    head = untrusted_text.split(b"\0", 1)[0]
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def clean_text(untrusted_text: str, length: int) -> str:
    """Return at most `length` characters of readable text on one line, without control or format characters."""
    kept = "".join(map(_seen, untrusted_text[: 4 * length]))
    return kept.strip()[:length].rstrip()


def _seen(character: str) -> str:
    """Return a character as it may be shown; every space and end of line as a plain space."""
    category = unicodedata.category(character)
    if category == "Zs" or character in "\n\t":
        return " "
    return "" if category in _UNSAFE else character
