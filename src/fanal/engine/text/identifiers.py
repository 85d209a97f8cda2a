"""What in a text can name one person, place or thing: a number, an address, a handle, a serial, a phrase."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from fanal.engine.text.addresses import domains_in
from fanal.engine.text.line import SURE, Page
from fanal.engine.text.phones import numbers_in
from fanal.engine.text.plain import is_cjk, words_of


class Mark(StrEnum):
    """What kind of thing it is; the strongest first."""

    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    DOMAIN = "domain"
    SERIAL = "serial"
    PHRASE = "phrase"


class Identifier(NamedTuple):
    """Something that two pictures may both show."""

    mark: Mark
    key: str
    """Its one form: equal for what is the same."""
    quote: str
    """As it was read."""
    confidence: float
    """Of the line it stands in."""


_HANDLE = re.compile(r"(?<![\w.@])@([A-Za-z][A-Za-z0-9_.]{4,29})(?![\w@])")
_SERIAL = re.compile(
    r"(?<![\w/.,:-])(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z-]*\d){4})"
    r"[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){6,29}(?![\w/.,:-])"
)
_SIZES = re.compile(r"\d+X\d+|\d+(?:ST|ND|RD|TH|AM|PM|MM|CM|KG|ML|HZ|KHZ|MHZ|DPI|PX)")
"""Sizes and measures, which many things share."""
_LEAST_WORDS, _LEAST_LETTERS, _LEAST_CJK = 3, 16, 7
_ALIKE = str.maketrans("OIQ", "010")
"""Characters that are taken for one another in serial numbers, by people too."""


def identifiers_in(pages: Iterable[Page]) -> tuple[Identifier, ...]:
    """Return what can identify in all lines of these pages, each once, where it was read best."""
    found: dict[tuple[Mark, str], Identifier] = {}
    for line in (line for page in pages for line in page.lines if line.confidence >= SURE):
        for mark, key, quote in _in_line(line.text):
            known = found.get((mark, key))
            if known is None or known.confidence < line.confidence:
                found[mark, key] = Identifier(mark, key, quote, line.confidence)
    return tuple(sorted(found.values()))


def _in_line(text: str) -> Iterator[tuple[Mark, str, str]]:
    for quote, number, _ in numbers_in(text):
        yield Mark.PHONE, number, quote
    for quote, _, mail in domains_in(text):
        yield (Mark.EMAIL if mail else Mark.DOMAIN), quote.casefold().removeprefix("www."), quote
    for match in _HANDLE.finditer(text):
        yield Mark.HANDLE, match[1].casefold().rstrip("."), match[0]
    for match in _SERIAL.finditer(text):
        if not _SIZES.fullmatch(match[0]):
            yield Mark.SERIAL, match[0].replace("-", "").translate(_ALIKE), match[0]
    words = words_of(text)
    if _is_phrase(words):
        yield Mark.PHRASE, " ".join(words), text


def _is_phrase(words: list[str]) -> bool:
    letters = [character for word in words for character in word if character.isalpha()]
    if sum(map(is_cjk, letters)) >= _LEAST_CJK:
        return True
    long = [word for word in words if len(word) >= 3 and word.isalpha()]
    return len(long) >= _LEAST_WORDS and len(letters) >= _LEAST_LETTERS
