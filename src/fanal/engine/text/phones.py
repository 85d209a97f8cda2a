"""Telephone numbers with an international prefix, by the numbering plans of all countries (libphonenumber's data)."""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache

_LONGEST = 300
_ZEROS = re.compile(r"(?<![\d+])00(?=[1-9]\d)")
_LIKE = re.compile(r"(?:\+|00)\s?\d")


@cache
def _installed() -> bool:
    return importlib.util.find_spec("phonenumbers") is not None


def numbers_in(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield each number as it was read, in its one form (E.164), and its country as ISO 3166-1 where it has one."""
    if not _LIKE.search(text) or not _installed():
        return
    import phonenumbers

    # A bracketed zero, as in +44 (0) 20, is dialled at home only.
    tidy = _ZEROS.sub("+", text[:_LONGEST]).replace("(0)", " ")
    for match in phonenumbers.PhoneNumberMatcher(tidy, None):
        region = phonenumbers.region_code_for_number(match.number)
        country = region if region and len(region) == 2 and region.isalpha() else None
        yield match.raw_string, phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164), country


def phones_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield (number as it was read, country). Only numbers that are possible in that country's plan count."""
    for quote, _, country in numbers_in(text):
        if country is not None:
            yield quote, country
