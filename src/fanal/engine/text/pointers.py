"""What in a text points to a country: each pointer with its reason and its weight, for whoever adds them up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fanal.engine.text.addresses import addresses_in
from fanal.engine.text.currency import prices_in
from fanal.engine.text.language import language_of
from fanal.engine.text.phones import phones_in
from fanal.engine.text.places import home_of, places_in


class PointerKind(StrEnum):
    """What points."""

    PHONE = "phone"
    """A telephone number with the prefix of a country."""
    DOMAIN = "domain"
    EMAIL = "email"
    COUNTRY = "country"
    """A country by its name, in some language."""
    CITY = "city"
    CURRENCY = "currency"
    LANGUAGE = "language"
    """A language that is official in one country only."""


WEIGHTS: Mapping[PointerKind, float] = {
    PointerKind.PHONE: 0.9,
    PointerKind.DOMAIN: 0.6,
    PointerKind.EMAIL: 0.6,
    PointerKind.CITY: 0.4,
    PointerKind.CURRENCY: 0.4,
    PointerKind.COUNTRY: 0.3,
    PointerKind.LANGUAGE: 0.3,
}
"""How strongly each speaks, from 0 to 1: set by judgement, not measured. A product's label names countries that it
never saw; a telephone number is where someone means to be called."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One thing in a text that points to a country."""

    kind: PointerKind
    country: str
    """ISO 3166-1, two capital letters."""
    quote: str
    """What was read, as it was read."""
    reason: str
    """In English, for machines and logs; pages say it in the reader's language."""

    @property
    def weight(self) -> float:
        """How strongly it speaks, from 0 to 1."""
        return WEIGHTS[self.kind]


def _mails(text: str) -> Iterator[tuple[str, str]]:
    return addresses_in(text, mail=True)


def _domains(text: str) -> Iterator[tuple[str, str]]:
    return addresses_in(text, mail=False)


def _cities(text: str) -> Iterator[tuple[str, str]]:
    return places_in(text, cities=True)


def _countries(text: str) -> Iterator[tuple[str, str]]:
    return places_in(text, cities=False)


_FINDERS: tuple[tuple[PointerKind, Callable[[str], Iterator[tuple[str, str]]], str], ...] = (
    (PointerKind.PHONE, phones_in, "The telephone number {quote} has the prefix of {country}."),
    (PointerKind.EMAIL, _mails, "The e-mail address {quote} has the ending of {country}."),
    (PointerKind.DOMAIN, _domains, "The internet address {quote} has the ending of {country}."),
    (PointerKind.CITY, _cities, "{quote} is a city in {country}."),
    (PointerKind.COUNTRY, _countries, "{quote} is a name of {country}."),
    (PointerKind.CURRENCY, prices_in, "{quote} is a price in the money of {country}."),
)


def pointers_in(lines: Iterable[str]) -> tuple[Pointer, ...]:
    """Return what in these lines points to countries, each thing once, the strongest first.

    Without the packages of the extra `ocr`, telephone numbers, names and languages point to nothing.
    """
    texts = list(lines)
    found: dict[tuple[PointerKind, str, str], Pointer] = {}
    for text in texts:
        for kind, finder, words in _FINDERS:
            for quote, country in finder(text):
                pointer = Pointer(kind, country, quote, words.format(quote=quote, country=country))
                found.setdefault((kind, country, quote.casefold()), pointer)
    spoken = language_of(" ".join(texts))
    home = home_of(spoken) if spoken else None
    if spoken and home:
        words = f"The text is in a language ({spoken}) that is official in {home} alone."
        found[PointerKind.LANGUAGE, home, spoken] = Pointer(PointerKind.LANGUAGE, home, spoken, words)
    return tuple(sorted(found.values(), key=lambda one: (-one.weight, one.country, one.quote)))
