"""Whether a print that a decoder gave has its technique's shape: what is laid into an index must have its width."""

import struct

from fanal.engine.fingerprint.camera import TECHNIQUE as CAMERA
from fanal.engine.fingerprint.camera import device_of
from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.stored import TECHNIQUE as TEXT
from fanal.engine.text.stored import page_of

LOCAL = "local/1"
_HEAD = struct.Struct("<6I")
_ROW, _MOST_ROWS = 23, 1_600
_COLOURED = 1 << 31
"""Added to the width of local features: two bytes of colour for each follow their rows."""
_COLOUR_BYTES = 2
MOST_WORDS = 16_384
_WORD_AT = 16
"""Where in a row its word stands, in two bytes, the lower first."""
# Of data: head, row, most rows; and the lengths of turned.
_LENGTHS = {"pdq/1": (32, 32, 0, (0, 7 * 32)), "audio/1": (2, 3, 5_460, (0,))}


def is_shaped(made: Print) -> bool:
    """Tell whether the bytes of a print are laid out as its technique lays them out; of one unknown here, any are."""
    if made.technique == TEXT:
        return _is_page(made)
    if made.technique == CAMERA:
        return _is_device(made)
    if made.technique == LOCAL:
        return _are_features(made)
    if made.technique not in _LENGTHS:
        return True
    head, row, rows, turns = _LENGTHS[made.technique]
    length = len(made.data)
    return head <= length <= head + rows * row and (length - head) % row == 0 and len(made.turned) in turns


def _are_features(made: Print) -> bool:
    """Tell whether local features have a picture, and words that the vocabulary has."""
    if len(made.data) < _HEAD.size or made.turned:
        return False
    width, height = _HEAD.unpack_from(made.data)[:2]
    coloured, width = bool(width & _COLOURED), width & ~_COLOURED
    rows, left = divmod(len(made.data) - _HEAD.size, _ROW + _COLOUR_BYTES * coloured)
    if left or rows > _MOST_ROWS or not (width and height):
        return False
    return max(made.data[_HEAD.size + _WORD_AT + 1 : _HEAD.size + rows * _ROW : _ROW], default=0) < MOST_WORDS >> 8


def _is_device(made: Print) -> bool:
    try:
        device_of(made.data)
    except ValueError:
        return False
    return not made.turned


def _is_page(made: Print) -> bool:
    try:
        page_of(made)
    except ValueError:
        return False
    return not made.turned
