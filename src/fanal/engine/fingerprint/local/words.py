"""Words and signatures: what makes local features comparable without comparing each with each.

A word is the nearest of 128 centres for each half of a descriptor, 16,384 words in all (the inverted multi-index of
Babenko and Lempitsky, CVPR 2012). A signature is 128 signs of the descriptor in a mixed basis. The centres were learned
from drawings of our own, see `benchmarks/local_words.py`; they ship beside this file.

Both are made so that the mirror image is exact: the second half's centres are the mirrored ones of the first half, so a
mirrored word is the word with its halves exchanged; and each sign is of a sum over mirror images, which stays, or of a
difference, which turns round. So a stored print can be searched for mirrored as well, without its picture.
"""

import math
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

HALF_WORDS = 128
WORDS = HALF_WORDS * HALF_WORDS
SIGNATURE_BITS = 128
WORDS_FILE = Path(__file__).with_name("words.npz")
_SEED = 20_150_612
_HALF = SIGNATURE_BITS // 2
_UNIT = 512
"""Descriptors are whole numbers of this part of 1."""
_BASIS_UNIT = _HALF * math.sqrt(2)
_PIECE = 240_000
"""Multiplications that are done by one thread."""


class Words(NamedTuple):
    """What was learned."""

    halves: NDArray[np.float32]
    """[2, 128, 64]: the centres for both halves of a descriptor."""
    thresholds: NDArray[np.float32]
    """[128]: above it a bit of the signature is set; 0 for the second half of the bits, the differences."""
    spreads: NDArray[np.float32]
    """[128]: how far descriptors lie from the centres of their words along each direction of the signature."""


@cache
def words() -> Words:
    """Return the words that the package ships."""
    with np.load(WORDS_FILE) as file:
        return made(file["centres"].astype(np.float32), file["thresholds"], file["spreads"])


def made(centres: NDArray[np.float32], thresholds: NDArray[Any], spreads: NDArray[Any]) -> Words:
    """Return the words of one set of centres, float32[128, 64], for the first half of a descriptor."""
    halves = np.stack([centres, mirrored_half(centres)])
    return Words(halves, thresholds.astype(np.float32), spreads.astype(np.float32))


@cache
def projection() -> NDArray[np.float32]:
    """Return float32[128, 128], orthogonal: sums over mirror images, then differences, signs mixed twice.

    Made of whole numbers only, so that it is the same on every machine.
    """
    hadamard = np.ones((1, 1), np.int64)
    while len(hadamard) < _HALF:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    random = np.random.Generator(np.random.PCG64(_SEED))
    signs = random.integers(0, 2, (2, 2, _HALF)) * 2 - 1
    mixed = [(first[:, None] * hadamard) @ (second[:, None] * hadamard) for first, second in signs]
    image = mirrored_half(np.arange(_HALF)[None])[0] + _HALF
    rows = np.zeros((SIGNATURE_BITS, SIGNATURE_BITS), np.int64)
    rows[:_HALF, :_HALF], rows[:_HALF, _HALF:] = mixed
    rows[image[:, None], np.arange(_HALF)], rows[image[:, None], np.arange(_HALF, SIGNATURE_BITS)] = mixed[0], -mixed[1]
    return np.asarray(rows / (_HALF * math.sqrt(2)), np.float32)


def signatures(looks: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return uint64[n, 2] of descriptors float32[n, 128]."""
    # Of whole numbers so small that their sums are exact: the library may add them in any order.
    whole, basis = np.rint(looks * np.float32(_UNIT)), np.rint(projection() * np.float32(_BASIS_UNIT))
    above = _product(whole, basis) > words().thresholds * np.float32(_UNIT * _BASIS_UNIT)
    bits = np.packbits(above, axis=1)
    return np.ascontiguousarray(bits).view("<u8").astype(np.uint64, copy=False).reshape(-1, 2)


def nearest_words(looks: NDArray[np.float32], probes: int) -> NDArray[np.int64]:
    """Return int64[n, probes]: the words nearest to each descriptor, the nearest first. `probes` is at most 16."""
    if probes == 1:
        return _nearest_halves(looks)
    from fanal.engine.fingerprint.local import kernels  # late: loading the compiler takes half a second

    side = 4 if probes <= 4 else 8
    far = np.empty((2, len(looks), HALF_WORDS), np.float32)
    for half, centres in enumerate(words().halves):
        mine = looks[:, half * _HALF : half * _HALF + _HALF]
        np.subtract((centres * centres).sum(axis=1), 2 * _product(mine, centres.T), out=far[half])
    near = np.empty((len(looks), probes), np.int64)
    kernels.nearest_pairs(far[0], far[1], side, near)
    return near


def _nearest_halves(looks: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return int64[n, 1]: the one nearest word, from whole numbers alone, so that all machines agree on it."""
    from fanal.engine.fingerprint.local import kernels  # late: loading the compiler takes half a second

    whole, halves = np.rint(looks * np.float32(_UNIT)), np.rint(words().halves * np.float32(_UNIT))
    near = np.empty((2, len(looks)), np.int64)
    for half in (0, 1):
        mine, centres = whole[:, half * _HALF : half * _HALF + _HALF], halves[half]
        lengths = np.floor((centres * centres).sum(axis=1) / 2)
        kernels.nearest(np.ascontiguousarray(mine), np.ascontiguousarray(centres.T), lengths, near[half])
    return np.asarray((near[0] * HALF_WORDS + near[1])[:, None], np.int64)


def mirrored_words(found: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the words of the same features in the mirrored picture, any shape."""
    return found % HALF_WORDS * HALF_WORDS + found // HALF_WORDS


def mirrored_signatures(marks: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return uint64[n, 2]: the signatures of the same features in the mirrored picture."""
    return marks ^ np.array([0, ~np.uint64(0)], np.uint64)


def recalled(found: NDArray[np.int64], marks: NDArray[np.uint64]) -> NDArray[np.float32]:
    """Return float32[n, 128]: what descriptors with these words and signatures look like on average.

    Along each direction of the signature a descriptor lies around the centre of its word, on the side its bit tells.
    """
    learned, (first, second) = words(), _along()
    along = first[found // HALF_WORDS] + second[found % HALF_WORDS]
    bits = np.unpackbits(np.ascontiguousarray(marks.astype("<u8")).view(np.uint8), axis=1)
    side = bits.astype(np.float32) * 2 - 1
    inside = side * (along - learned.thresholds) / learned.spreads
    # The mean of a normal distribution that is cut off at the threshold: by the inverse of Mills' ratio, approximated,
    # with the share of the distribution below a value to about a hundredth.
    bounded = np.maximum(inside, -4)
    push = np.exp(-0.5 * bounded**2) * ((1 + np.exp(-1.702 * bounded)) / 2.5066)
    push = np.where(inside > -4, push, -inside)
    return _product(along + side * learned.spreads * push, np.ascontiguousarray(projection().T))


@cache
def _along() -> NDArray[np.float32]:
    """Return float32[2, 128, 128]: how far the centre of each half word lies along each direction of the signature."""
    mixed = projection()
    return np.stack(
        [centres @ mixed[part] for centres, part in zip(words().halves, (np.s_[:_HALF], np.s_[_HALF:]), strict=True)]
    )


def mirrored_half(halves: NDArray[Any]) -> NDArray[Any]:
    """Return what first halves of descriptors, [n, 64], are as second halves of the mirrored picture's, and back."""
    bins = halves.reshape(-1, 2, 4, 8)
    return np.ascontiguousarray(bins[:, ::-1, :, -np.arange(8) % 8]).reshape(-1, _HALF)


def _product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    # In pieces so small that the library for matrices starts no threads: waking them costs more than the product.
    rows = max(1, _PIECE // right.size)
    out = np.empty((len(left), right.shape[1]), np.float32)
    for start in range(0, len(left), rows):
        np.matmul(left[start : start + rows], right, out=out[start : start + rows])
    return out


def mirrored(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the descriptors that the same features have in the mirrored picture: an exact change of order."""
    bins = looks.reshape(-1, 4, 4, 8)
    return np.ascontiguousarray(bins[:, ::-1, :, -np.arange(8) % 8]).reshape(-1, 128)
