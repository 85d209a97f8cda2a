"""PDQ in its plainest form, to hold ours against: slow, and written apart from it.

Source: Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019. Where ours folds the
blur into weights and turns frequencies, this blurs the whole picture by running sums and turns the samples. The
published hashes of the conformance set say that both are right; `make bench` holds ours against `pdqhash` too.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.fingerprint.pdq import PdqResult

Rgb = NDArray[np.uint8]
Plane = NDArray[np.float64]


def reference(pixels: Rgb) -> PdqResult:
    """Return the PDQ of [height, width, 3] pixels in all eight orientations."""
    samples = _samples(pixels.astype(np.float64) @ (0.299, 0.587, 0.114))
    turned = [np.rot90(samples, quarters) for quarters in (1, 2, 3)]
    turned += [samples[::-1], samples[:, ::-1], samples.T, samples[::-1, ::-1].T]
    return PdqResult(_hash(samples), _quality(samples), b"".join(map(_hash, turned)))


def _samples(plane: Plane) -> Plane:
    """Blur the picture twice along rows and columns, and take 64 × 64 values at the centres of as many tiles."""
    for axis in (1, 0, 1, 0):
        plane = _blurred(plane, axis)
    rows, columns = (((np.arange(64) + 0.5) * side / 64).astype(int) for side in plane.shape)
    return np.asarray(plane[np.ix_(rows, columns)])


def _blurred(plane: Plane, axis: int) -> Plane:
    """Average over a window of one 128th of the side, rounded up, and cut off at the edges."""
    side = plane.shape[axis]
    window = -(-side // 128)
    stop = np.arange(side) + (window + 2) // 2
    start = np.maximum(stop - window, 0)
    stop = np.minimum(stop, side)
    sums = np.cumsum(np.insert(plane, 0, 0, axis), axis)
    counts = np.expand_dims(stop - start, 1 - axis)
    return np.asarray((np.take(sums, stop, axis) - np.take(sums, start, axis)) / counts)


def _hash(samples: Plane) -> bytes:
    """Compare the 16 × 16 lowest frequencies, the constant ones left out, with the lower of their two medians."""
    angle = np.pi / 128 * np.outer(np.arange(1, 17), 2 * np.arange(64) + 1)
    frequencies = (np.cos(angle) @ samples @ np.cos(angle).T).ravel()
    median = np.sort(frequencies)[127]
    return np.packbits(frequencies[::-1] > median).tobytes()


def _quality(samples: Plane) -> int:
    """Add up the steps between neighbours, each in whole percents of the range."""
    steps = [np.abs(np.diff(samples.astype(np.float32), axis=axis) * 100 / 255).astype(int).sum() for axis in (0, 1)]
    return min(int(sum(steps)) // 90, 100)


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
