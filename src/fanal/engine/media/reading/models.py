"""The models that find and read lines, if the package that carries them is installed.

They are PP-OCRv6 and a classifier of direction, by the PaddleOCR authors (Apache-2.0), in the wheel of rapidocr.
Nothing of that package is imported: OpenCV runs its models, on one thread, which is all that a confined decoder has.
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2

from fanal.kit.errors import Unavailable

_FIND, _READ, _TURN = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
_ALPHABET = b"character"
"""Under this name the reading model carries the characters that it knows, one a line."""

cv2.setNumThreads(1)  # a confined decoder may start no threads


class TextUnread(Unavailable):
    """The extra that reads text is not installed."""

    code = "text.not_installed"
    next_step = "Install Fanal with its extra `ocr`: pip install 'fanal[ocr]'."


@dataclass(frozen=True, slots=True)
class Models:
    """What was loaded. Not for several threads."""

    find: Any
    read: Any
    turn: Any
    alphabet: tuple[str, ...]
    """Characters by the number that the reading model gives them; 0 is none, the last is a space."""


def folder() -> Path | None:
    """Return the folder of the models, None where the package is not installed or carries others."""
    try:
        package = importlib.util.find_spec("rapidocr")
    except (ImportError, ValueError):
        return None
    if package is None or not package.submodule_search_locations:
        return None
    held = Path(package.submodule_search_locations[0]) / "models"
    return held if all((held / name).is_file() for name in (_FIND, _READ, _TURN)) else None


@cache
def load() -> Models:
    """Return the models, loaded once a process. Raises TextUnread where there are none."""
    held = folder()
    if held is None:
        raise TextUnread("Text cannot be read here: the models are not installed.")
    reading = (held / _READ).read_bytes()
    find, read, turn = (_net(held / name) for name in (_FIND, _READ, _TURN))
    return Models(find, read, turn, ("", *_characters(reading), " "))


def _net(path: Path) -> Any:
    return cv2.dnn.readNetFromONNX(str(path), cv2.dnn.ENGINE_NEW)


def _characters(model: bytes) -> list[str]:
    """Return the characters from the metadata of an ONNX file: a protobuf field of key, then value."""
    at = model.rindex(b"\x0a" + bytes([len(_ALPHABET)]) + _ALPHABET + b"\x12") + len(_ALPHABET) + 3
    length, shift = 0, 0
    while True:
        byte = model[at]
        at, length, shift = at + 1, length | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            break
    return model[at : at + length].decode("utf-8").splitlines()
