"""Which camera made a file: names that two files share only if one device made both, and how much such a name is worth.

A serial number is read by make, model and number, each in a plain form. Numbers that many devices have in common (none,
zeros, 123456, a word) are no numbers. A model with quantisation tables of its own, the size and the software together
make another name that few share: a hint, never proof.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    """By what a device is recognised."""

    BODY = "B"
    """The serial number of the camera."""
    INTERNAL = "I"
    """A number that the maker keeps in its own notes, other than the one engraved."""
    LENS = "L"
    CODING = "C"
    """Make, model, software, size and how a JPEG is coded."""


class Camera(NamedTuple):
    """One name of a device."""

    mark: Mark
    key: str
    """Equal for the same device, in plain form."""
    name: str
    """As it is told."""


_SHORTEST = 4
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_COMPANY = re.compile(
    r"\b(corporation|corp|co|ltd|inc|electronics|optical|imaging|company|gmbh|technologies|communications)\b\.?",
    re.IGNORECASE,
)


def cameras_of(facts: Mapping[str, object], size: tuple[int, int] | None) -> list[Camera]:
    """Return the names that the facts give their device, the surest first; `size` is width and height in pixels."""
    return [*_serials(facts), *_coding(facts, size)]


def _serials(facts: Mapping[str, object]) -> Iterator[Camera]:
    make, model = _make(_word(facts, "camera_make")), _word(facts, "camera_model")
    called = _called(_word(facts, "camera_make"), model)
    body = f"{make}|{_plain(model).removeprefix(make)}"
    for mark, fact in ((Mark.BODY, "camera_serial"), (Mark.INTERNAL, "camera_internal_serial")):
        serial = telling(_word(facts, fact))
        if serial and (model or make):
            yield Camera(mark, f"{body}|{serial}", f"{called}, {_word(facts, fact)}")
    lens, serial = _word(facts, "lens_model"), telling(_word(facts, "lens_serial"))
    if serial and lens:
        yield Camera(Mark.LENS, f"{_plain(lens)}|{serial}", f"{lens}, {_word(facts, 'lens_serial')}")


def _coding(facts: Mapping[str, object], size: tuple[int, int] | None) -> Iterator[Camera]:
    make, model = _make(_word(facts, "camera_make")), _word(facts, "camera_model")
    if not model or not size or facts.get("jpeg_tables") != "rare":
        return
    # Turned pictures are of the same device: the longer side first.
    parts = (make, _plain(model), _plain(_word(facts, "software")), f"{max(size)}x{min(size)}")
    yield Camera(
        Mark.CODING, "|".join((*parts, _word(facts, "jpeg_signature"))), _called(_word(facts, "camera_make"), model)
    )


def telling(serial: str) -> str:
    """Return a serial number in plain form, or nothing where it cannot tell one device from others."""
    plain = _plain(serial)
    if plain.startswith("no") and plain[2:].isdigit():
        plain = plain[2:]
    plain = plain.lstrip("0")
    digits = re.sub(r"\D", "", plain)
    too_little = len(plain) < _SHORTEST or len(set(digits)) < 2 or len(set(plain)) < 2
    return "" if too_little or any(plain in run or digits in run for run in _RUNS) else plain


def _make(make: str) -> str:
    return _plain(_COMPANY.sub(" ", make))


def _called(make: str, model: str) -> str:
    """Return make and model as people say them; a model mostly begins with its make."""
    short = " ".join(_COMPANY.sub(" ", make).split())
    return model if _plain(model).startswith(_plain(short)) and model else f"{short} {model}".strip()


def _plain(text: str) -> str:
    """Return letters and digits alone, without accents, in lower case."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _word(facts: Mapping[str, object], name: str) -> str:
    # What cannot be shown is no part of a name.
    shown = (character if character.isprintable() else " " for character in str(facts.get(name, "")))
    return " ".join("".join(shown).split())
