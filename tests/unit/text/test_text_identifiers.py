"""What can name one person, place or thing, and what many things share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.text.identifiers import Mark, identifiers_in
from lettering import page


@pytest.mark.parametrize(
    ("text", "mark", "key"),
    [
        ("Tel. +33 (0)5 61 65 12 34", Mark.PHONE, "+33561651234"),
        ("0033 561 651 234", Mark.PHONE, "+33561651234"),
        ("Keeper@Lighthouse.example.ORG", Mark.EMAIL, "keeper@lighthouse.example.org"),
        ("visit www.Lighthouse.fr now", Mark.DOMAIN, "lighthouse.fr"),
        ("follow @old_keeper77", Mark.HANDLE, "old_keeper77"),
        ("S/N: XK-40719Q2", Mark.SERIAL, "XK4071902"),
        ("Sommerfest der Feuerwehr 2009", Mark.PHRASE, "sommerfest der feuerwehr 2009"),
        ("東京都立図書館本館", Mark.PHRASE, "東 京 都 立 図 書 館 本 館"),
    ],
)
def test_what_can_identify(text: str, mark: Mark, key: str) -> None:
    assert (mark, key) in [(one.mark, one.key) for one in identifiers_in([page(text)])]


@pytest.mark.parametrize(
    "text", ["OPEN", "no smoking", "1920X1080", "12:30 24.12.2020", "50 %", "ABCDEFGH", "12345678"]
)
def test_what_many_things_show_does_not(text: str) -> None:
    assert identifiers_in([page(text)]) == ()


def test_what_was_read_badly_does_not() -> None:
    assert identifiers_in([page("keeper@lighthouse.example.org", confidence=0.7)]) == ()


def test_each_is_there_once_where_it_was_read_best() -> None:
    (one,) = identifiers_in([page("@old_keeper77", confidence=0.9), page("@Old_Keeper77", confidence=0.97)])
    assert (one.quote, one.confidence) == ("@Old_Keeper77", 0.97)


@given(st.lists(st.text(max_size=60).filter(str.isprintable), max_size=5))
def test_any_text_has_identifiers_that_can_be_quoted(texts: list[str]) -> None:
    for one in identifiers_in([page(*texts)]):
        assert one.key
        assert one.quote
