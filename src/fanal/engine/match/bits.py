"""256-bit hashes as four words, with their bits in one fixed random order.

Neighbouring bits of a PDQ hash are correlated; mixing them makes every band of a hash as telling as any other.
The distance of two hashes does not depend on the order, so everything inside the index lives in the mixed order.
"""

import hashlib
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numpy.typing import NDArray

from fanal.engine.match.compiled import READ_U8_ROWS, READ_U64, inlined, intrinsic, kernel

WORDS = 4
BITS = 256
_ORDER_SEED = 20_150_611


@intrinsic
def popcount(typing: Any, word: Any) -> Any:
    """Return the number of ones in a 64-bit word, by the processor's own instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def prefetch(typing: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of `array[index]` (one dimension, contiguous) without waiting for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        call = builder.module.globals.get("llvm.prefetch.p0") or ir.Function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [address, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@inlined
def distance(a: NDArray[np.uint64], i: int, b: NDArray[np.uint64], j: int) -> int:
    """Return the number of bits in which hash `i` of `a` and hash `j` of `b` (flat arrays of words) differ."""
    x, y = i * 4, j * 4
    return np.int64(
        popcount(a[x] ^ b[y])
        + popcount(a[x + 1] ^ b[y + 1])
        + popcount(a[x + 2] ^ b[y + 2])
        + popcount(a[x + 3] ^ b[y + 3])
    )


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
