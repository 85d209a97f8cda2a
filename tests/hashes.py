"""Hashes of every kind for tests of exact search, and the plain comparison of all with all that it must equal."""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming import HammingIndex

Hashes = NDArray[np.uint8]
Pairs = list[tuple[int, int, int]]

SEED = 20_150_611


def brute(hashes: Hashes, ids: NDArray[np.int64], queries: Hashes, radius: int) -> Pairs:
    """Return (query, distance, id) of all pairs within the radius, in the promised order."""
    pairs = []
    for number, query in enumerate(queries):
        apart = np.bitwise_count(hashes.view(np.uint64) ^ query.view(np.uint64)).sum(axis=1)
        pairs += [(number, int(apart[row]), int(ids[row])) for row in np.flatnonzero(apart <= radius)]
    return sorted(pairs)


def answered(index: HammingIndex, queries: Hashes, radius: int, threads: int = 1) -> Pairs:
    """Return what the index finds, in the order in which it is told."""
    lims, ids, distances = index.search(queries, radius, threads)
    assert lims.dtype == np.int64
    assert ids.dtype == np.int64
    assert distances.dtype == np.int32
    assert lims.shape == (len(queries) + 1,)
    assert lims[0] == 0
    assert lims[-1] == len(ids) == len(distances)
    of = np.repeat(np.arange(len(queries)), np.diff(lims))
    return list(zip(of.tolist(), distances.tolist(), ids.tolist(), strict=True))


def changed(draw: np.random.Generator, hashes: Hashes, flips: NDArray[np.int64]) -> Hashes:
    """Return the hashes with so many bits of each turned over, at random places."""
    bits = np.unpackbits(hashes, axis=1)
    for row, count in enumerate(flips):
        bits[row, draw.permutation(256)[:count]] ^= 1
    return np.packbits(bits, axis=1)


def uniform(draw: np.random.Generator, count: int) -> Hashes:
    return draw.integers(0, 256, (count, 32), dtype=np.uint8)


def correlated(draw: np.random.Generator, count: int) -> Hashes:
    """Return hashes whose bits repeat their neighbour three times out of four, as those of flat pictures do."""
    bits = draw.integers(0, 2, (count, 256), dtype=np.uint8)
    copy = draw.random((count, 256)) < 0.75
    for bit in range(1, 256):
        bits[:, bit] = np.where(copy[:, bit], bits[:, bit - 1], bits[:, bit])
    return np.packbits(bits, axis=1)


def clustered(draw: np.random.Generator, count: int) -> Hashes:
    """Return hashes of which half lie around three centres."""
    hashes = uniform(draw, count)
    around = uniform(draw, 3)[draw.integers(0, 3, count // 2)]
    hashes[: count // 2] = changed(draw, around, draw.integers(0, 24, count // 2))
    return hashes


def repeated(draw: np.random.Generator, count: int) -> Hashes:
    return uniform(draw, 40)[draw.integers(0, 40, count)]
