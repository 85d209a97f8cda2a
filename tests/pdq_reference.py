"""The reference implementation of PDQ, in the shape of ours."""

import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.fingerprint.pdq import PdqResult

Rgb = NDArray[np.uint8]


def reference(pixels: Rgb) -> PdqResult:
    """Return what pdqhash says of [height, width, 3] pixels."""
    vectors, quality = pdqhash.compute_dihedral(np.ascontiguousarray(pixels))
    eight = [np.packbits(vector).tobytes() for vector in vectors]
    return PdqResult(eight[0], quality, b"".join(eight[1:]))


def distance(left: bytes, right: bytes) -> int:
    """Return how many bits differ."""
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).bit_count()


def rgb(path: object) -> Rgb:
    """Decode a picture as the reference's users do."""
    with Image.open(str(path)) as picture:
        return np.asarray(picture.convert("RGB"))


def landscape(seed: int, height: int = 240, width: int = 320) -> Rgb:
    """Return an invented picture with as much structure as a photograph: smooth hills of noise at several scales."""
    random = np.random.default_rng(seed)
    layers = np.zeros((height, width, 3))
    for cells in (4, 8, 16, 32, 64):
        rough = Image.fromarray(random.uniform(0, 255, (cells, cells, 3)).astype(np.uint8))
        layers += np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC), float) * cells**-0.7
    layers -= layers.min()
    return np.asarray(layers * (255 / max(layers.max(), 1)), np.uint8)
