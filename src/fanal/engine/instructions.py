"""Instructions that Python has no words for: counting ones, asking for memory ahead, reading it by address.

A kernel that reads by address spends no instruction on counting references or on negative indices; in the innermost
loops of a search that is most of the work. Whoever reads by address answers for the bounds.
"""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from fanal.engine.compiled import intrinsic

_BYTE = ir.IntType(8)
_HALF = ir.IntType(32)
_WORD = ir.IntType(64)


def _declared(builder: Any, name: str, result: Any, *arguments: Any) -> Any:
    kind = ir.FunctionType(result, arguments)
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def _pointer(builder: Any, kind: Any, address: Any, index: Any) -> Any:
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [index])


def _ask(builder: Any, pointer: Any) -> None:
    """Ask for a cache line to read, into the second level: the first has no room for all that is on its way."""
    where = builder.bitcast(pointer, _BYTE.as_pointer())
    call = _declared(builder, "llvm.prefetch.p0", ir.VoidType(), where.type, _HALF, _HALF, _HALF)
    builder.call(call, [where, _HALF(0), _HALF(2), _HALF(1)])


@intrinsic
def popcount(typing: Any, word: Any) -> Any:
    """Return the number of ones in a 64-bit word, by the processor's own instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest(typing: Any, word: Any) -> Any:
    """Return the place of the lowest one in a word that is not zero."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.int64), generate


@intrinsic
def prefetch(typing: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of `array[index]` (one dimension, contiguous) without waiting for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        _ask(builder, builder.gep(data, [arguments[1]]))
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@intrinsic
def touch(typing: Any, address: Any) -> Any:
    """Ask for the cache line at an address without waiting for it; any address may be asked for."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _ask(builder, builder.inttoptr(arguments[0], _BYTE.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic
def word(typing: Any, address: Any, index: Any) -> Any:
    """Return the 64-bit word number `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, _WORD, *arguments))

    return types.uint64(types.int64, types.int64), generate


@intrinsic
def number(typing: Any, address: Any, index: Any) -> Any:
    """Return the signed 64-bit number at place `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, _WORD, *arguments))

    return types.int64(types.int64, types.int64), generate


@intrinsic
def small(typing: Any, address: Any, index: Any) -> Any:
    """Return the unsigned 32-bit number at place `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.zext(builder.load(_pointer(builder, _HALF, *arguments)), _WORD)

    return types.int64(types.int64, types.int64), generate


@intrinsic
def byte(typing: Any, address: Any, index: Any) -> Any:
    """Return the byte at place `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.zext(builder.load(_pointer(builder, _BYTE, *arguments)), _WORD)

    return types.int64(types.int64, types.int64), generate


@intrinsic
def put(typing: Any, address: Any, index: Any, value: Any) -> Any:
    """Write a 64-bit number at place `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _pointer(builder, _WORD, *arguments[:2]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


@intrinsic
def put_byte(typing: Any, address: Any, index: Any, value: Any) -> Any:
    """Write the lowest byte of a number at place `index` from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(builder.trunc(arguments[2], _BYTE), _pointer(builder, _BYTE, *arguments[:2]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


PAIRS = 32
"""Pairs of words that are compared at a time."""
_PAIRED, _PAIRED_PLACES = ir.VectorType(_WORD, PAIRS), ir.VectorType(_HALF, PAIRS)


@intrinsic
def near_pairs(typing: Any, first: Any, second: Any, index: Any, wanted: Any, other: Any, allowed: Any) -> Any:
    """Return a mask of PAIRS pairs of words that differ from the wanted pair in at most `allowed` bits in all.

    From number `index` on, of words that begin at the address `first` and others that begin at `second`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        count = _declared(builder, f"llvm.ctpop.v{PAIRS}i64", _PAIRED, _PAIRED)

        def repeated(value: Any) -> Any:
            given = builder.insert_element(ir.Constant(_PAIRED, ir.Undefined), value, _HALF(0))
            return builder.shuffle_vector(given, given, ir.Constant(_PAIRED_PLACES, [0] * PAIRS))

        def apart(address: Any, value: Any) -> Any:
            pointer = builder.bitcast(_pointer(builder, _WORD, address, arguments[2]), _PAIRED.as_pointer())
            return builder.call(count, [builder.xor(builder.load(pointer, align=8), repeated(value))])

        bits = builder.add(apart(arguments[0], arguments[3]), apart(arguments[1], arguments[4]))
        near = builder.icmp_signed("<=", bits, repeated(arguments[5]))
        return builder.zext(builder.bitcast(near, ir.IntType(PAIRS)), _WORD)

    whole = types.int64
    return whole(whole, whole, whole, types.uint64, types.uint64, whole), generate


def near_of(size: int) -> Any:
    """Return the instruction that compares a cache line of windows of 1, 2, 4, 8 or 16 bytes."""
    bits, windows = min(size, 8) * 8, 64 // size
    lane, lanes = ir.IntType(bits), 512 // bits
    vector = ir.VectorType(lane, lanes)

    def shuffled(builder: Any, given: Any, places: list[int]) -> Any:
        return builder.shuffle_vector(given, given, ir.Constant(ir.VectorType(_HALF, len(places)), places))

    def repeated(builder: Any, values: Any) -> Any:
        """Return the values again and again, over the whole line."""
        given = ir.Constant(ir.VectorType(lane, len(values)), ir.Undefined)
        for place, value in enumerate(values):
            given = builder.insert_element(given, builder.trunc(value, lane) if bits < 64 else value, _HALF(place))
        return shuffled(builder, given, [at % len(values) for at in range(lanes)])

    @intrinsic
    def near(typing: Any, address: Any, wanted: Any, more: Any, allowed: Any) -> Any:
        """Return a mask of the windows, from an address on, that differ from the wanted one in at most `allowed` bits.

        `more` is the second word of a window of 16 bytes. One vector instruction a step where the processor has them.
        """

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            line = builder.load(builder.inttoptr(arguments[0], vector.as_pointer()), align=1)
            window = repeated(builder, arguments[1:3] if size == 16 else arguments[1:2])
            count = _declared(builder, f"llvm.ctpop.v{lanes}i{bits}", vector, vector)
            apart, most = builder.call(count, [builder.xor(line, window)]), repeated(builder, arguments[3:])
            if size == 16:
                even, odd = (shuffled(builder, apart, list(range(first, 8, 2))) for first in (0, 1))
                apart, most = builder.add(even, odd), shuffled(builder, most, list(range(4)))
            mask = builder.bitcast(builder.icmp_unsigned("<=", apart, most), ir.IntType(windows))
            return mask if windows == 64 else builder.zext(mask, _WORD)

        return types.int64(types.int64, types.uint64, types.uint64, types.int64), generate

    return near


@intrinsic
def packed(typing: Any, address: Any, index: Any, bits: Any) -> Any:
    """Return number `index` of unsigned numbers of so many bits (up to 57) each, packed from an address on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.mul(arguments[1], arguments[2])
        address = builder.add(arguments[0], builder.lshr(place, _WORD(3)))
        value = builder.load(builder.inttoptr(address, _WORD.as_pointer()), align=1)
        rest = builder.lshr(value, builder.and_(place, _WORD(7)))
        return builder.and_(rest, builder.sub(builder.shl(_WORD(1), arguments[2]), _WORD(1)))

    return types.int64(types.int64, types.int64, types.int64), generate


@intrinsic
def pack(typing: Any, address: Any, index: Any, bits: Any, value: Any) -> Any:
    """Write a number where `packed` reads it; what stood there must be 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.mul(arguments[1], arguments[2])
        address = builder.add(arguments[0], builder.lshr(place, _WORD(3)))
        pointer = builder.inttoptr(address, _WORD.as_pointer())
        moved = builder.shl(arguments[3], builder.and_(place, _WORD(7)))
        builder.store(builder.or_(builder.load(pointer, align=1), moved), pointer, align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64, types.int64), generate
