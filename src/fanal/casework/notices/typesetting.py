"""From facts to pages: Typst sets the dossier, in memory, with no fonts but those beside this file and its own.

The same facts give the same bytes. The PDF is PDF/A-2a and PDF/UA-1: its fonts are inside, its text can be read aloud
and searched, and of metadata it has a title, a day and the name of the program that set it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst

_HERE = Path(__file__).parent
_STANDARDS = ("a-2a", "ua-1")
PAGE_DPI = 96.0


def pdf_of(facts: Mapping[str, Any], images: Mapping[str, bytes]) -> bytes:
    """Return the dossier as PDF. `images`: JPEG files by the names that the facts give them."""
    return bytes(_compiler(_files(facts, images), format="pdf", pdf_standards=list(_STANDARDS)))


def pages_of(facts: Mapping[str, Any], images: Mapping[str, bytes]) -> Sequence[bytes]:
    """Return the same pages as pictures (PNG), to be looked at before they are sealed."""
    made = _compiler(_files(facts, images), format="png", ppi=PAGE_DPI)
    return [bytes(made)] if isinstance(made, bytes) else [bytes(page) for page in made]


def _compiler(files: Mapping[str, bytes], **how: Any) -> Any:
    return typst.compile(dict(files), ignore_system_fonts=True, font_paths=[str(_HERE / "fonts")], **how)


def _files(facts: Mapping[str, Any], images: Mapping[str, bytes]) -> dict[str, bytes]:
    # Typst takes files that are text alone: a picture is given as the list of its bytes.
    pictures = {name: json.dumps(list(image)).encode() for name, image in images.items()}
    words = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    return {
        "main.typ": _template("dossier.typ"),
        "lantern.svg": _template("lantern.svg"),
        "dossier.json": words,
    } | pictures


@cache
def _template(name: str) -> bytes:
    return (_HERE / name).read_bytes()
