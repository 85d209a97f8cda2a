"""Names of countries and of their first cities in many languages, from the locale data (CLDR) that Babel carries."""

import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from fanal.engine.text.plain import words_of

_LANGUAGES = "cs da de el en es et fi fr hr hu id it ja lt lv nb nl pl pt ro sk sl sq sv tr vi zh"
_SHORTEST = 4
"""Letters of a name in Latin letters; two characters of a Chinese one."""
_MOST_WORDS = 8
_WORDS = (
    "center nome troll davis casey palmer phoenix chad jordan mali guam monaco niger rothera adak marengo easter "
    "wake reunion halifax anguilla jersey georgia martinique moncton regina resolute dawson creston knox nauru"
)
"""Names that are also words, first names or other places: they say too little."""


class Names(NamedTuple):
    """Names in their plain form, as words, to ISO 3166-1."""

    countries: dict[tuple[str, ...], str]
    cities: dict[tuple[str, ...], str]


@cache
def _names() -> Names:
    if importlib.util.find_spec("babel") is None:
        return Names({}, {})
    from babel import Locale
    from babel.core import get_global

    zones = {
        zone: country
        for zone, country in get_global("zone_territories").items()
        if zone.count("/") == 1 and not zone.startswith(("Antarctica/", "Etc/"))
    }
    countries: dict[tuple[str, ...], set[str]] = {}
    cities: dict[tuple[str, ...], set[str]] = {}
    for zone, country in zones.items():
        _add(cities, zone.split("/")[1].replace("_", " "), country)
    for language in _LANGUAGES.split():
        locale = Locale(language)
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "UN", "EZ", "XA", "XB"}:
                _add(countries, name, code)
        for zone, known in locale.time_zones.items():
            if zone in zones and "city" in known:
                _add(cities, known["city"], zones[zone])
    sure = Names(_sure(countries), _sure(cities))
    return Names(sure.countries, {name: code for name, code in sure.cities.items() if name not in sure.countries})


def _add(names: dict[tuple[str, ...], set[str]], name: str, country: str) -> None:
    words = tuple(words_of(name))
    joined = "".join(words)
    long_enough = len(joined) >= (_SHORTEST if joined.isascii() else 2)
    if long_enough and len(words) <= _MOST_WORDS and joined not in _WORDS.split():
        names.setdefault(words, set()).add(country)


def _sure(names: dict[tuple[str, ...], set[str]]) -> dict[tuple[str, ...], str]:
    return {name: next(iter(countries)) for name, countries in names.items() if len(countries) == 1}


def places_in(text: str, *, cities: bool) -> Iterator[tuple[str, str]]:
    """Yield (name in its plain form, country) for names of cities, or of countries; longer names hide shorter ones."""
    names = _names().cities if cities else _names().countries
    words = words_of(text)
    at = 0
    while at < len(words):
        for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            name = tuple(words[at : at + length])
            if name in names:
                yield _shown(name), names[name]
                at += length - 1
                break
        at += 1


def _shown(words: tuple[str, ...]) -> str:
    return ("" if not words[0].isascii() and len(words[0]) == 1 else " ").join(words).title()


@cache
def home_of(language: str) -> str | None:
    """Return the country in which alone a language is official, None where there are several, or none."""
    if importlib.util.find_spec("babel") is None:
        return None
    from babel.core import get_global

    official = {"official", "de_facto_official"}
    homes = [
        country
        for country, spoken in get_global("territory_languages").items()
        if len(country) == 2 and spoken.get(language, {}).get("official_status") in official
    ]
    return homes[0] if len(homes) == 1 else None
