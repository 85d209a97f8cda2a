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
    """Ask for a cache line to read, to be kept in the second level and further down."""
    where = builder.bitcast(pointer, _BYTE.as_pointer())
    call = _declared(builder, "llvm.prefetch.p0", ir.VoidType(), where.type, _HALF, _HALF, _HALF)
    builder.call(call, [where, _HALF(0), _HALF(3), _HALF(1)])


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


def _splat(builder: Any, lane: Any, lanes: int, value: Any) -> Any:
    vector = ir.VectorType(lane, lanes)
    single = builder.insert_element(ir.Constant(vector, ir.Undefined), value, _HALF(0))
    return builder.shuffle_vector(single, single, ir.Constant(ir.VectorType(_HALF, lanes), [0] * lanes))


def _line_near(size: int) -> Any:
    """Return the instruction that compares a cache line of windows of `size` bytes."""
    lane, lanes = ir.IntType(size * 8), 64 // size
    vector = ir.VectorType(lane, lanes)

    @intrinsic
    def near(typing: Any, address: Any, wanted: Any, allowed: Any) -> Any:
        """Return a mask of the windows, from an address on, that differ from `wanted` in at most `allowed` bits.

        One vector instruction a step where the processor has them.
        """

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            given = [builder.trunc(value, lane) if size < 8 else value for value in arguments[1:]]
            windows = builder.load(builder.inttoptr(arguments[0], vector.as_pointer()), align=1)
            count = _declared(builder, f"llvm.ctpop.v{lanes}i{size * 8}", vector, vector)
            apart = builder.call(count, [builder.xor(windows, _splat(builder, lane, lanes, given[0]))])
            close = builder.icmp_unsigned("<=", apart, _splat(builder, lane, lanes, given[1]))
            mask = builder.bitcast(close, ir.IntType(lanes))
            return mask if lanes == 64 else builder.zext(mask, _WORD)

        return types.int64(types.int64, types.uint64, types.int64), generate

    return near


near_1 = _line_near(1)
near_2 = _line_near(2)
near_4 = _line_near(4)
near_8 = _line_near(8)


@intrinsic
def near_16(typing: Any, address: Any, wanted: Any, more: Any, allowed: Any) -> Any:
    """Do what `near_8` does for four windows of two words each."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(_WORD, 8)
        windows = builder.load(builder.inttoptr(arguments[0], vector.as_pointer()), align=1)
        both = builder.insert_element(ir.Constant(vector, ir.Undefined), arguments[1], _HALF(0))
        both = builder.insert_element(both, arguments[2], _HALF(1))
        both = builder.shuffle_vector(both, both, ir.Constant(ir.VectorType(_HALF, 8), [0, 1] * 4))
        count = _declared(builder, "llvm.ctpop.v8i64", vector, vector)
        apart = builder.call(count, [builder.xor(windows, both)])
        even, odd = (
            builder.shuffle_vector(apart, apart, ir.Constant(ir.VectorType(_HALF, 4), places))
            for places in ([0, 2, 4, 6], [1, 3, 5, 7])
        )
        close = builder.icmp_unsigned("<=", builder.add(even, odd), _splat(builder, _WORD, 4, arguments[3]))
        return builder.zext(builder.bitcast(close, ir.IntType(4)), _WORD)

    return types.int64(types.int64, types.uint64, types.uint64, types.int64), generate


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
