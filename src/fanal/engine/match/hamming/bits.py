"""256-bit hashes as four words, with their bits in one fixed random order.

Neighbouring bits of a PDQ hash are correlated; mixing them makes every band of a hash as telling as any other.
The distance of two hashes does not depend on the order, so everything inside the index lives in the mixed order.
"""

import hashlib
from collections.abc import Iterator
from functools import cache

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.compiled import READ_U8_ROWS, READ_U64, inlined, kernel
from fanal.engine.instructions import popcount, word

WORDS = 4
BITS = 256
_CHUNK = 1 << 18
_ORDER_SEED = 20_150_611


@inlined
def distance(a: int, i: int, b: int, j: int) -> int:
    """Return in how many bits two hashes differ: number `i` from address `a` on, and number `j` from `b` on."""
    x, y = i * 4, j * 4
    return np.int64(  # type: ignore[return-value]
        popcount(word(a, x) ^ word(b, y))
        + popcount(word(a, x + 1) ^ word(b, y + 1))
        + popcount(word(a, x + 2) ^ word(b, y + 2))
        + popcount(word(a, x + 3) ^ word(b, y + 3))
    )


@inlined
def window(hashes: int, row: int, start: int) -> np.uint64:
    """Return the 64 bits from bit `start` on of hash `row` from address `hashes` on; after the last comes the first."""
    at = (start >> 6) & 3
    shift = np.uint64(start & 63)
    low = word(hashes, row * 4 + at) >> shift
    high = (word(hashes, row * 4 + ((at + 1) & 3)) << np.uint64(1)) << (np.uint64(63) - shift)
    return np.uint64(low | high)


@cache
def _byte_table() -> NDArray[np.uint64]:
    """Return, for each place and value of a byte, the four words its bits become: 32 * 256 * 4, flat."""
    order = np.random.Generator(np.random.PCG64(_ORDER_SEED)).permutation(BITS)
    table = np.zeros((32, 256, WORDS), np.uint64)
    values = np.arange(256)
    for place in range(32):
        for bit in range(8):
            target = int(order[place * 8 + bit])
            ones = (values >> bit & 1).astype(np.uint64) << np.uint64(target % 64)
            table[place, :, target // 64] |= ones
    return table.reshape(-1)


@cache
def order_name() -> str:
    """Return a name of the order of bits, so that a snapshot made with another order is not misread."""
    return hashlib.sha256(_byte_table().tobytes()).hexdigest()[:16]


@kernel(types.void(READ_U8_ROWS, READ_U64, types.uint64[::1]))
def _mix(hashes: NDArray[np.uint8], table: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    for row in range(hashes.shape[0]):
        a = b = c = d = np.uint64(0)
        for place in range(32):
            at = (place * 256 + np.int64(hashes[row, place])) * 4
            a |= table[at]
            b |= table[at + 1]
            c |= table[at + 2]
            d |= table[at + 3]
        out[row * 4] = a
        out[row * 4 + 1] = b
        out[row * 4 + 2] = c
        out[row * 4 + 3] = d


def mix(hashes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return hashes (uint8[N, 32]) as words in mixed order, flat: uint64[N * 4]."""
    out = np.empty(len(hashes) * WORDS, np.uint64)
    _mix(np.ascontiguousarray(hashes), _byte_table(), out)
    return out


def mixed_chunks(
    hashes: NDArray[np.uint8], ids: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Yield mixed hashes and their ids, some at a time."""
    for start in range(0, len(ids), _CHUNK):
        yield mix(hashes[start : start + _CHUNK]), ids[start : start + _CHUNK]
