"""Which language a text is in, where enough of it was read to tell. A guess of a statistical model, and told as one."""

import importlib.util
from functools import cache
from typing import Any

from fanal.engine.text.script import script_of

_LEAST_LETTERS, _LEAST_WORDS = 16, 3
_LEAST_SHARE = 0.9
"""Of the model's own probability, given all languages that it knows; three tries of ours are in decision 14."""
_NO_LANGUAGE = "zxx"
_OF_SCRIPT = {"Jpan": "ja", "Kore": "ko", "Thai": "th", "Grek": "el", "Hebr": "he", "Geor": "ka", "Armn": "hy"}
"""Scripts in which practically one language is written."""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str | None:
    """Return the language as its ISO 639-1 code, None where it cannot be told: too short, mixed, or not installed."""
    script = script_of(text)
    if script is None:
        return None
    if script in _OF_SCRIPT:
        return _OF_SCRIPT[script]
    letters = sum(map(str.isalpha, text))
    if script == "Hani":
        return None
    if letters < _LEAST_LETTERS or len(text.split()) < _LEAST_WORDS or not _installed():
        return None
    language, share = _identifier().classify(text)
    return str(language) if share >= _LEAST_SHARE and language != _NO_LANGUAGE else None


def _installed() -> bool:
    return importlib.util.find_spec("py3langid") is not None
