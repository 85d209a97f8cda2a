"""Text brought to one form, so that what reads the same to a person is the same: for search and for comparing."""

import unicodedata
from collections.abc import Iterable

_SAME = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"})
_CJK = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))


def plain(text: str) -> str:
    """Return text without case, accents, width and ligatures; everything that is no letter or digit is one space."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_SAME)
    kept = "".join(_kept(character) for character in folded)
    return " ".join(kept.split())


def _kept(character: str) -> str:
    if unicodedata.combining(character):
        # The two marks of Japanese make another syllable: they stay. All others are accents.
        return character if character in "\u3099\u309a" else ""
    return character if character.isalnum() else " "


def is_cjk(character: str) -> bool:
    """Tell whether a character belongs to a script that is written without spaces between words."""
    return any(low <= ord(character) <= high for low, high in _CJK)


def words_of(text: str) -> list[str]:
    """Return the words of a text in its plain form; of Chinese and Japanese each character is one."""
    words: list[str] = []
    for part in plain(text).split():
        spaced = "".join(f" {character} " if is_cjk(character) else character for character in part)
        words += spaced.split()
    return words


def searched_words(text: str) -> list[str]:
    """Return the words by which a line is found: its own, and groups of digits that stand together also as one."""
    words = words_of(text)
    joined = "".join(f"{word} " if word.isdigit() else f"|{word}|" for word in words)
    groups = (run.split() for run in joined.split("|") if run.strip().replace(" ", "").isdigit())
    return words + ["".join(group) for group in groups if len(group) > 1]


def grams_of(words: Iterable[str]) -> list[str]:
    """Return the runs of three characters of each word, with its ends marked, each once, in alphabetical order."""
    found: set[str] = set()
    for word in words:
        marked = f"^{word}$" if len(word) > 1 else word
        found.update(marked[at : at + 3] for at in range(max(1, len(marked) - 2)))
    return sorted(found)


def least_shared(number: int, share: float) -> int:
    """Return the fewest of so many runs that are this share of them."""
    return next(some for some in range(1, number + 1) if some / number >= share)
