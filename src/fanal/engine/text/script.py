"""Which script a text is written in, by Unicode's names of its letters."""

import unicodedata
from collections import Counter
from functools import lru_cache

_SCRIPTS = {
    "LATIN": "Latn",
    "CJK": "Hani",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "KATAKANA-HIRAGANA": "Jpan",
    "GREEK": "Grek",
    "CYRILLIC": "Cyrl",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "HANGUL": "Kore",
    "THAI": "Thai",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "TAMIL": "Taml",
    "GEORGIAN": "Geor",
    "ARMENIAN": "Armn",
    "ETHIOPIC": "Ethi",
}

READ = ("Latn", "Hani", "Jpan", "Grek")
"""Scripts that the carried model knows; of Greek it knows letters without accents, and takes some for Latin ones."""


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str | None:
    words = unicodedata.name(letter, "").replace("FULLWIDTH ", "").replace("HALFWIDTH ", "").split()
    return _SCRIPTS.get(words[0]) if words else None


def script_of(text: str) -> str | None:
    """Return the script of most letters as its ISO 15924 code, None where there are no letters of a known one.

    Chinese characters among Japanese syllables are Japanese (`Jpan`); alone they are `Hani`, whichever language it is.
    """
    counted = Counter(found for letter in text if letter.isalpha() and (found := _script(letter)))
    if not counted:
        return None
    if counted["Jpan"]:
        counted["Jpan"] += counted.pop("Hani", 0)
    return min(counted, key=lambda name: (-counted[name], name))
