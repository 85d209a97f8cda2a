"""The stored form of local features: a fixed number of bytes each, the most telling first."""

import math
import struct
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.colours import UNKNOWN
from fanal.engine.fingerprint.local.features import Features
from fanal.engine.fingerprint.local.words import WORDS, mirrored_signatures, mirrored_words, nearest_words, signatures

TECHNIQUE = "local/1"
Box = tuple[int, int, int, int]
"""x, y, width and height in pixels of the stored picture."""
STORED_FEATURES = 1600
"""Of a picture: 40 kB at most. Small things in the background have few features, and need them all."""
CORE_FEATURES = 350
"""The first so many are what whole pictures are found by; the others are for boxed things."""
LOW_TEXTURE = 30
"""A picture with fewer features shows too little for this technique: it is stored, and said to be of low texture."""
_HEAD = struct.Struct("<6I")
_ROW = np.dtype([("signature", "<u8", 2), ("word", "<u2"), ("place", "u1", 3), ("scale", "u1"), ("direction", "u1")])
_COLOURED = 1 << 31
"""Added to the width: a colour of two bytes for each feature follows. Earlier prints have none."""
_COLOUR_BYTES = 2
_STEPS_AN_OCTAVE = 16
_FIRST_STEP = -64
"""Scales from a sixteenth of a pixel (a small picture that was enlarged) to 3,900 pixels."""
_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class LocalPrint:
    """Features of a stored picture, to find and to be found by those of another."""

    width: int
    height: int
    box: Box
    """What was looked at: the whole picture, or the part that an officer has marked."""
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
    colours: NDArray[np.int8] | None = None
    """[n, 2], see `colours.colours_at`; None where they are not known."""

    def __len__(self) -> int:
        return len(self.words)

    @property
    def is_part(self) -> bool:
        """Whether only a part of the picture was looked at."""
        return self.box != (0, 0, self.width, self.height)

    @property
    def low_texture(self) -> bool:
        """Whether the picture shows too little for this technique to speak of it."""
        return len(self) < LOW_TEXTURE

    @property
    def geometry(self) -> NDArray[np.float32]:
        """[n, 4]: x, y, scale, direction of each feature."""
        columns = [self.places, self.scales[:, None], self.directions[:, None]]
        return np.concatenate(columns, axis=1).astype(np.float32)

    @property
    def tints(self) -> NDArray[np.int8]:
        """[n, 2]: the colours, and what stands for one that is not known."""
        return np.full((len(self), 2), UNKNOWN, np.int8) if self.colours is None else self.colours

    @property
    def mirrored(self) -> "LocalPrint":
        """The print of the mirrored picture."""
        x, y, width, height = self.box
        across = np.array([self.width - 1, 0], np.float32) + self.places * np.array([-1, 1], np.float32)
        return replace(
            self,
            box=(self.width - x - width, y, width, height),
            places=across,
            directions=np.float32(math.pi) - self.directions,
            words=mirrored_words(self.words),
            signatures=mirrored_signatures(self.signatures),
        )


def pack(
    features: Features,
    most: int = STORED_FEATURES,
    box: Box | None = None,
    colours: NDArray[np.int8] | None = None,
) -> bytes:
    """Return the stored form: width, height and box, then 23 bytes for each of the first `most` features.

    `box` is what was looked at, in pixels of the stored picture; None for the whole. The colours follow, if known.
    """
    count = min(most, len(features))
    rows = np.zeros(count, _ROW)
    if count:
        x, y = (_fraction(features.places[:count, i], size) for i, size in ((0, features.width), (1, features.height)))
        rows["signature"] = signatures(features.looks[:count])
        rows["word"] = nearest_words(features.looks[:count], 1)[:, 0]
        rows["place"] = np.stack([x & 255, x >> 8 | (y & 15) << 4, y >> 4], axis=1)
        rows["scale"] = np.clip(np.round(np.log2(features.scales[:count]) * _STEPS_AN_OCTAVE) - _FIRST_STEP, 0, 255)
        rows["direction"] = np.round(features.directions[:count] * (256 / _TURN)).astype(np.int64) & 255
    looked = box or (0, 0, features.width, features.height)
    tinted = b"" if colours is None else colours[:count].tobytes()
    return _HEAD.pack(features.width | (_COLOURED if tinted else 0), features.height, *looked) + rows.tobytes() + tinted


def unpack(data: bytes) -> LocalPrint:
    """Return the features of a stored form. Raises ValueError where it is none."""
    if len(data) < _HEAD.size:
        raise ValueError("not the stored form of local features")
    width, height, *box = _HEAD.unpack_from(data)
    coloured, width = bool(width & _COLOURED), width & ~_COLOURED
    count, left = divmod(len(data) - _HEAD.size, _ROW.itemsize + _COLOUR_BYTES * coloured)
    if left:
        raise ValueError("not the stored form of local features")
    if not width or not height:
        raise ValueError("a picture without pixels")
    rows = np.frombuffer(data, _ROW, count, _HEAD.size)
    if (rows["word"] >= WORDS).any():
        raise ValueError("a word that is in no vocabulary")
    low, middle, high = (rows["place"][:, i].astype(np.int64) for i in range(3))
    x, y = low | (middle & 15) << 8, middle >> 4 | high << 4
    places = np.stack([(x + 0.5) * (width / 4096), (y + 0.5) * (height / 4096)], axis=1)
    return LocalPrint(
        width,
        height,
        (box[0], box[1], box[2], box[3]),
        places.astype(np.float32),
        np.exp2((rows["scale"].astype(np.float32) + _FIRST_STEP) / _STEPS_AN_OCTAVE),
        rows["direction"].astype(np.float32) * np.float32(_TURN / 256),
        rows["word"].astype(np.int64),
        rows["signature"].astype(np.uint64).reshape(-1, 2),
        np.frombuffer(data, np.int8, -1, _HEAD.size + rows.nbytes).reshape(-1, 2) if coloured else None,
    )


def _fraction(values: NDArray[np.float32], size: int) -> NDArray[np.int64]:
    return np.clip(values.astype(np.float64) * (4096 / size), 0, 4095).astype(np.int64)
