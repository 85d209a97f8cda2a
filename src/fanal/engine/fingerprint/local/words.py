"""Words and signatures: what makes local features comparable without comparing each with each.

A word is the nearest of 128 centres for each half of a descriptor, 16,384 words in all (the inverted multi-index of
Babenko and Lempitsky, CVPR 2012). A signature is 128 signs of the descriptor in a mixed basis. The centres were learned
from drawings of our own, see `benchmarks/local_words.py`; they ship beside this file.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HALF_WORDS = 128
WORDS = HALF_WORDS * HALF_WORDS
SIGNATURE_BITS = 128
WORDS_FILE = Path(__file__).with_name("words.npz")
_SEED = 20_150_612
_HALF = SIGNATURE_BITS // 2
_PIECE = 240_000
"""Multiplications that are done by one thread."""


class Words(NamedTuple):
    """What was learned."""

    halves: NDArray[np.float32]
    """[2, 128, 64]: the centres for both halves of a descriptor."""
    thresholds: NDArray[np.float32]
    """[128]: above it a bit of the signature is set."""


@cache
def words() -> Words:
    """Return the words that the package ships."""
    with np.load(WORDS_FILE) as file:
        return Words(file["halves"].astype(np.float32), file["thresholds"].astype(np.float32))


@cache
def projection() -> NDArray[np.float32]:
    """Return float32[128, 128], orthogonal: signs drawn from a seed, mixed twice by a Hadamard matrix.

    Made of whole numbers only, so that it is the same on every machine.
    """
    hadamard = np.ones((1, 1), np.int64)
    while len(hadamard) < SIGNATURE_BITS:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    random = np.random.Generator(np.random.PCG64(_SEED))
    first, second = random.integers(0, 2, (2, SIGNATURE_BITS)) * 2 - 1
    mixed = (first[:, None] * hadamard) @ (second[:, None] * hadamard)
    return np.asarray(mixed / SIGNATURE_BITS, np.float32)


def signatures(looks: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return uint64[n, 2] of descriptors float32[n, 128]."""
    bits = np.packbits(_product(looks, projection()) > words().thresholds, axis=1)
    return np.ascontiguousarray(bits).view("<u8").astype(np.uint64, copy=False).reshape(-1, 2)


def nearest_words(looks: NDArray[np.float32], probes: int) -> NDArray[np.int64]:
    """Return int64[n, probes]: the words nearest to each descriptor, the nearest first. `probes` is at most 16."""
    side = min(4 if probes <= 4 else 8, HALF_WORDS)
    best, distance = [], []
    for half in (0, 1):
        centres = words().halves[half]
        mine = looks[:, half * _HALF : half * _HALF + _HALF]
        far = (centres * centres).sum(axis=1) - 2 * _product(mine, centres.T)
        near = np.argpartition(far, side, axis=1)[:, :side] if side < HALF_WORDS else np.argsort(far, axis=1)
        best.append(near)
        distance.append(np.take_along_axis(far, near, axis=1))
    total = (distance[0][:, :, None] + distance[1][:, None, :]).reshape(len(looks), side * side)
    pairs = (best[0][:, :, None] * HALF_WORDS + best[1][:, None, :]).reshape(len(looks), side * side)
    order = np.argsort(total, axis=1, kind="stable")[:, :probes]
    return np.asarray(np.take_along_axis(pairs, order, axis=1), np.int64)


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
