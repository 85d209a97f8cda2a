"""What points to a country does so for a reason that can be read in the text, and common words point nowhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.text.language import language_of
from fanal.engine.text.places import home_of
from fanal.engine.text.pointers import PointerKind, pointers_in
from fanal.engine.text.script import script_of


@pytest.mark.parametrize(
    ("text", "kind", "country"),
    [
        ("Tel. +33 5 61 65 12 34", PointerKind.PHONE, "FR"),
        ("0044 20 7946 0958", PointerKind.PHONE, "GB"),
        ("+1 204 234 5678", PointerKind.PHONE, "CA"),
        ("www.pompiers-foix.fr", PointerKind.DOMAIN, "FR"),
        ("shop.example.co.uk", PointerKind.DOMAIN, "GB"),
        ("post@beispiel.de", PointerKind.EMAIL, "DE"),
        ("Kopenhagen Hbf", PointerKind.CITY, "DK"),
        ("東京駅", PointerKind.CITY, "JP"),
        ("Produit de Belgique", PointerKind.COUNTRY, "BE"),
        ("Made in New Zealand", PointerKind.COUNTRY, "NZ"),
        ("nur 12.50 CHF", PointerKind.CURRENCY, "CH"),
        ("£3.20", PointerKind.CURRENCY, "GB"),
        ("Zakaz parkowania w tym miejscu przez całą dobę", PointerKind.LANGUAGE, "PL"),
    ],
)
def test_what_points_to_a_country(text: str, kind: PointerKind, country: str) -> None:
    found = [(one.kind, one.country) for one in pointers_in([text])]
    assert (kind, country) in found
    assert {where for _, where in found} == {country}


@pytest.mark.parametrize(
    "text",
    [
        "call 555 0142 now",
        "movie.tv chat.io file.py README.md archive.com",
        "SALE 50% OFF",
        "1920x1080 12:30:55 2024-05-06",
        "Jordan and Georgia at the center",
        "20 USD or 20 EUR",
        "ABC 123",
    ],
)
def test_what_points_nowhere(text: str) -> None:
    assert pointers_in([text]) == ()


def test_the_strongest_comes_first_and_everything_once() -> None:
    found = pointers_in(["Paris, Paris", "+33 5 61 65 12 34", "www.foix.fr"])
    assert [one.kind for one in found] == [PointerKind.PHONE, PointerKind.DOMAIN, PointerKind.CITY]
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert found[0].reason == "The telephone number +33 5 61 65 12 34 has the prefix of FR."


@settings(deadline=None)  # the first call loads the names
@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_has_pointers_with_countries_and_reasons(texts: list[str]) -> None:
    for one in pointers_in(texts):
        assert len(one.country) == 2
        assert one.country.isupper()
        assert 0 < one.weight <= 1
        assert one.quote in one.reason


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Foix", "Latn"),
        ("東京", "Hani"),
        ("東京タワー", "Jpan"),
        ("Αθήνα", "Grek"),
        ("Москва", "Cyrl"),
        ("12 : 3", None),
    ],
)
def test_script_by_its_letters(text: str, script: str | None) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ausfahrt freihalten Tag und Nacht", "de"),
        ("Toalettes pour les clients seulement", "fr"),
        ("Please do not feed the ducks", "en"),
        ("ありがとう", "ja"),
        ("PUSH", None),
        ("Foix 2024", None),
        ("中国人民", None),
    ],
)
def test_language_only_where_there_is_enough_to_tell(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_a_language_of_several_countries_is_at_home_in_none() -> None:
    assert home_of("pl") == "PL"
    assert home_of("fr") is None
    assert home_of("xx") is None
