"""The stored form of local features: a fixed number of bytes each, at most 8 kB a picture."""

import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.features import Features
from fanal.engine.fingerprint.local.words import nearest_words, signatures

TECHNIQUE = "local/1"
STORED_FEATURES = 350
LOW_TEXTURE = 30
"""A picture with fewer features shows too little for this technique: it is stored, and said to be of low texture."""
_HEAD = struct.Struct("<II")
_ROW = np.dtype([("signature", "<u8", 2), ("word", "<u2"), ("place", "u1", 3), ("scale", "u1"), ("direction", "u1")])
_STEPS_AN_OCTAVE = 16
_FIRST_STEP = -64
"""Scales from a sixteenth of a pixel (a small picture that was enlarged) to 3,900 pixels."""
_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class LocalPrint:
    """Features of a stored picture, to be found by those of another."""

    width: int
    height: int
    places: NDArray[np.float32]
    """[n, 2]: x and y in pixels of the stored picture."""
    scales: NDArray[np.float32]
    """[n]: in pixels of the stored picture."""
    directions: NDArray[np.float32]
    """[n]: radians."""
    words: NDArray[np.int64]
    """[n]."""
    signatures: NDArray[np.uint64]
    """[n, 2]."""

    def __len__(self) -> int:
        return len(self.words)

    @property
    def low_texture(self) -> bool:
        """Whether the picture shows too little for this technique to speak of it."""
        return len(self) < LOW_TEXTURE


def pack(features: Features, most: int = STORED_FEATURES) -> bytes:
    """Return the stored form: width and height, then 23 bytes for each of the first `most` features."""
    count = min(most, len(features))
    rows = np.zeros(count, _ROW)
    if count:
        x, y = (_fraction(features.places[:count, i], size) for i, size in ((0, features.width), (1, features.height)))
        rows["signature"] = signatures(features.looks[:count])
        rows["word"] = nearest_words(features.looks[:count], 1)[:, 0]
        rows["place"] = np.stack([x & 255, x >> 8 | (y & 15) << 4, y >> 4], axis=1)
        rows["scale"] = np.clip(np.round(np.log2(features.scales[:count]) * _STEPS_AN_OCTAVE) - _FIRST_STEP, 0, 255)
        rows["direction"] = np.round(features.directions[:count] * (256 / _TURN)).astype(np.int64) & 255
    return _HEAD.pack(features.width, features.height) + rows.tobytes()


def unpack(data: bytes) -> LocalPrint:
    """Return the features of a stored form. Raises ValueError where it is none."""
    if len(data) < _HEAD.size or (len(data) - _HEAD.size) % _ROW.itemsize:
        raise ValueError("not the stored form of local features")
    width, height = _HEAD.unpack_from(data)
    rows = np.frombuffer(data, _ROW, offset=_HEAD.size)
    low, middle, high = (rows["place"][:, i].astype(np.int64) for i in range(3))
    x, y = low | (middle & 15) << 8, middle >> 4 | high << 4
    places = np.stack([(x + 0.5) * (width / 4096), (y + 0.5) * (height / 4096)], axis=1)
    return LocalPrint(
        width,
        height,
        places.astype(np.float32),
        np.exp2((rows["scale"].astype(np.float32) + _FIRST_STEP) / _STEPS_AN_OCTAVE),
        rows["direction"].astype(np.float32) * np.float32(_TURN / 256),
        rows["word"].astype(np.int64),
        rows["signature"].astype(np.uint64).reshape(-1, 2),
    )


def _fraction(values: NDArray[np.float32], size: int) -> NDArray[np.int64]:
    return np.clip(values.astype(np.float64) * (4096 / size), 0, 4095).astype(np.int64)
