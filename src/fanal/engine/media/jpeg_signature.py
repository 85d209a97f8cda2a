"""What the writing camera or program left in how a JPEG is coded: tables, sampling, the order of its segments.

The Independent JPEG Group's library, and all that are built like it, scale two published tables (ITU-T T.81, annex K)
by one number, the quality. Tables that are one of its hundred are *standard* and say little; cameras and some programs
have tables of their own, which are *rare*: with the size and the model they tell one kind of device from most others.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_ZIGZAG = (
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
    21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
    61, 54, 47, 55, 62, 63,
)  # fmt: skip
_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
    51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121,
    120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99,
    99, 99, 99, 99, *[99] * 32,
)  # fmt: skip
_QUALITIES = np.arange(1, 101)
_SCALES = np.where(_QUALITIES < 50, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)[:, None]


def _scaled(table: Sequence[int]) -> NDArray[np.int64]:
    """Return a published table at the qualities 1 to 100, [100, 64] in the order of a file."""
    scaled = (np.array(table, np.int64)[list(_ZIGZAG)] * _SCALES + 50) // 100
    return np.clip(scaled, 1, 255).astype(np.int64)


_STANDARD_LUMA, _STANDARD_CHROMA = _scaled(_LUMA), _scaled(_CHROMA)
_DEFAULT_HUFFMAN = frozenset(("9fb04cb1", "f27ce9b7", "af48d4f6", "8cf60aa8"))
"""Beginnings of the digests of the four tables of T.81, each with the byte that says what it is for."""
_MOST_TABLES = 4


class Signature(NamedTuple):
    """How a JPEG is coded."""

    name: str
    """The same for all pictures coded alike: 16 hexadecimal digits."""
    quality: int
    """The quality of the Independent JPEG Group whose tables are nearest, 1 to 100."""
    standard: bool
    """Whether the tables are those of that quality."""
    subsampling: str
    """As it is usually written: `4:2:0`; else the factors of each component."""
    default_huffman: bool


def signature_of(quantisation: bytes, huffman: bytes, factors: Sequence[int], order: Sequence[int]) -> Signature | None:
    """Return how a JPEG is coded; None where it has no quantisation table for its first component.

    `quantisation` and `huffman` are the payloads of their segments, joined; `factors` one byte a component as the frame
    has them; `order` the markers of the segments that are needed to decode.
    """
    tables = _quantisation_tables(quantisation)
    if 0 not in tables:
        return None
    quality, standard = _quality(tables)
    structure = bytes(marker for marker in order if marker < 0xE0 and marker != 0xFE)[:64]
    coded = b"".join(bytes([number]) + table.astype(">u2").tobytes() for number, table in sorted(tables.items()))
    default = _is_default(huffman)
    whole = b"|".join((coded, bytes(factors[:4]), structure, b"default" if default else b"own"))
    name = hashlib.sha256(whole).hexdigest()[:16]
    return Signature(name, quality, standard, _subsampling(factors), default)


def _quantisation_tables(untrusted: bytes) -> dict[int, NDArray[np.int64]]:
    """Return the tables by their number, each int64[64] in the order of the file. What is cut off is left out."""
    tables: dict[int, NDArray[np.int64]] = {}
    at = 0
    while at < len(untrusted) and len(tables) < _MOST_TABLES:
        deep, number = untrusted[at] >> 4, untrusted[at] & 15
        length = 128 if deep else 64
        raw = untrusted[at + 1 : at + 1 + length]
        if len(raw) < length or deep > 1 or number >= _MOST_TABLES:
            break
        tables[number] = np.frombuffer(raw, ">u2" if deep else np.uint8).astype(np.int64)
        at += 1 + length
    return tables


def _is_default(untrusted_huffman: bytes) -> bool:
    """Tell whether all Huffman tables are those of T.81, in whatever order: none was made for this picture."""
    at, seen = 0, False
    while at + 17 <= len(untrusted_huffman):
        length = 17 + sum(untrusted_huffman[at + 1 : at + 17])
        if hashlib.sha256(untrusted_huffman[at : at + length]).hexdigest()[:8] not in _DEFAULT_HUFFMAN:
            return False
        at, seen = at + length, True
    return seen


def _quality(tables: Mapping[int, NDArray[np.int64]]) -> tuple[int, bool]:
    apart = np.abs(_STANDARD_LUMA - tables[0]).sum(axis=1)
    if 1 in tables:
        apart = apart + np.abs(_STANDARD_CHROMA - tables[1]).sum(axis=1)
    # Of qualities whose tables are equal, as the very low ones', the highest.
    best = len(apart) - 1 - int(np.argmin(apart[::-1]))
    return best + 1, bool(apart[best] == 0)


def _subsampling(factors: Sequence[int]) -> str:
    known: dict[tuple[int, ...], str] = {
        (0x22, 0x11, 0x11): "4:2:0",
        (0x21, 0x11, 0x11): "4:2:2",
        (0x11, 0x11, 0x11): "4:4:4",
    }
    known |= {(0x12, 0x11, 0x11): "4:4:0", (0x41, 0x11, 0x11): "4:1:1"}
    written = " ".join(f"{factor >> 4}×{factor & 15}" for factor in factors[:4])
    return "grey" if len(factors) == 1 else known.get(tuple(factors), written)
