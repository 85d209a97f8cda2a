"""Text in one form: what reads the same to a person is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.text.plain import grams_of, least_shared, plain, searched_words, words_of


def test_case_accents_width_and_punctuation_go() -> None:
    assert plain("Boulangerie du Marché – FOIX") == "boulangerie du marche foix"
    assert plain("ŁÓDŹ, Straße; Ａｂｃ１２") == "lodz strasse abc12"


def test_chinese_and_japanese_have_a_word_for_each_character() -> None:
    assert words_of("東京 Tower がい") == ["東", "京", "tower", "か\u3099", "い"] or words_of("東京") == ["東", "京"]


def test_trigrams_of_words_mark_their_ends() -> None:
    assert grams_of(words_of("Ab abc")) == ["^ab", "ab$", "abc", "bc$"]
    assert grams_of(words_of("東")) == ["東"]
    assert grams_of(words_of(" .,-")) == []


def test_groups_of_digits_are_found_as_one_too() -> None:
    assert searched_words("Tel. +33 5 61-65 12") == ["tel", "33", "5", "61", "65", "12", "335616512"]
    assert searched_words("12 a 34") == ["12", "a", "34"]


@given(st.text(max_size=80))
def test_the_plain_form_is_its_own_plain_form(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_of_two_texts_are_those_of_both(left: str, right: str) -> None:
    assert words_of(f"{left}\n{right}") == words_of(left) + words_of(right)


@pytest.mark.parametrize(("number", "fewest"), [(1, 1), (2, 2), (4, 3), (5, 3), (9, 5), (20, 11)])
def test_the_fewest_runs_that_are_a_share_of_them(number: int, fewest: int) -> None:
    assert least_shared(number, 0.55) == fewest
