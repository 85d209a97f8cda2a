"""Instructions for many values at a time, where the compiler does not find them by itself.

Whole numbers, or fractions added in the order written, so that every machine gives the same. They are written for no
processor: LLVM makes of them what each has. Whoever reads and writes at places answers for the bounds.
"""

import sys
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils as untyped_cgutils
from numba.core import types

from fanal.engine.compiled import intrinsic

cgutils: Any = untyped_cgutils

LANES = 32
"""Values that are worked on at a time."""
_NARROW, _WIDE, _PLACE = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_VECTOR, _WIDE_VECTOR = ir.VectorType(_NARROW, LANES), ir.VectorType(_WIDE, LANES)
_HALFWAY = ir.Constant(_WIDE_VECTOR, [16] * LANES)
PRODUCT_LANES = 64
_COLUMNS = ir.VectorType(ir.FloatType(), PRODUCT_LANES)
_EIGHT, _BINS = ir.VectorType(ir.FloatType(), 8), ir.VectorType(_WIDE, 8)
_NUMBERS, _BEFORE = ir.Constant(_BINS, list(range(8))), ir.Constant(_BINS, [7, 0, 1, 2, 3, 4, 5, 6])


def _all(builder: Any, value: Any, kind: Any) -> Any:
    unset = ir.Constant(kind, ir.Undefined)
    first = ir.Constant(ir.VectorType(_WIDE, kind.count), [0] * kind.count)
    return builder.shuffle_vector(builder.insert_element(unset, value, _WIDE(0)), unset, first)


def _at(builder: Any, data: Any, place: Any) -> Any:
    return builder.bitcast(builder.gep(data, [place]), _VECTOR.as_pointer())


def _part(builder: Any, values: Any, share: Any) -> Any:
    """Return values × share / 65536, rounded down."""
    product = builder.mul(builder.zext(values, _WIDE_VECTOR), builder.zext(_all(builder, share, _VECTOR), _WIDE_VECTOR))
    return builder.trunc(builder.lshr(product, _HALFWAY), _VECTOR)


@intrinsic
def weigh(typing: Any, source: Any, before: Any, after: Any, shares: Any, first: Any, x: Any, out: Any, at: Any) -> Any:
    """Write into `out[at:][:LANES]` the sum of `first` and what weighted pairs of `source` give.

    Pair k lies at `before[k] + x` and `after[k] + x` and has the share shares[k] of 65536; pair 0 is one value alone.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = [context.make_array(signature.args[i])(context, builder, arguments[i]) for i in (0, 1, 2, 3, 6)]
        pixels, earlier, later, parts, result = (array.data for array in arrays)
        pairs, x = builder.extract_value(arrays[3].shape, 0), arguments[5]

        def values(places: Any, k: Any) -> Any:
            place = builder.add(builder.load(builder.gep(places, [k])), x)
            return builder.load(_at(builder, pixels, place), align=2)

        def share(k: Any) -> Any:
            return builder.load(builder.gep(parts, [k]))

        total = cgutils.alloca_once(builder, _VECTOR)
        middle = _part(builder, values(earlier, _PLACE(0)), share(_PLACE(0)))
        builder.store(builder.add(_all(builder, arguments[4], _VECTOR), middle), total)
        with cgutils.for_range_slice(builder, _PLACE(1), pairs, _PLACE(1), inc=True) as (k, _):
            both = builder.add(values(earlier, k), values(later, k))
            builder.store(builder.add(builder.load(total), _part(builder, both, share(k))), total)
        builder.store(builder.load(total), _at(builder, result, arguments[7]), align=2)
        return context.get_dummy_value()

    return types.void(source, before, after, shares, types.uint16, types.int64, out, types.int64), generate


@intrinsic
def neighbours(typing: Any, pixels: Any, place: Any) -> Any:
    """Return the 16-bit values at a place and behind it as one of 32 bits, the first in the lower half."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        where = builder.gep(data, [builder.zext(arguments[1], _PLACE)])
        both = builder.load(builder.bitcast(where, _WIDE.as_pointer()), align=2)
        if sys.byteorder == "big":
            return builder.or_(builder.lshr(both, _WIDE(16)), builder.shl(both, _WIDE(16)))
        return both

    return types.uint32(pixels, types.uint32), generate


def _eight(builder: Any, array: Any, place: Any) -> Any:
    return builder.bitcast(builder.gep(array.data, [place]), _EIGHT.as_pointer())


def _add(builder: Any, array: Any, place: Any, values: Any, share: Any) -> None:
    where = _eight(builder, array, place)
    added = builder.fmul(values, _all(builder, share, _EIGHT))
    builder.store(builder.fadd(builder.load(where, align=4), added), where, align=4)


@intrinsic
def add_eight(typing: Any, sums: Any, at: Any, values: Any, place: Any, share: Any) -> Any:
    """Add share × values[place:][:8] to sums[at:][:8], float32."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        into, from_ = (context.make_array(signature.args[i])(context, builder, arguments[i]) for i in (0, 2))
        eight = builder.load(_eight(builder, from_, arguments[3]), align=4)
        _add(builder, into, arguments[1], eight, arguments[4])
        return context.get_dummy_value()

    return types.void(sums, types.int64, values, types.int64, types.float32), generate


@intrinsic
def add_between(
    typing: Any, sums: Any, at: Any, next_at: Any, bin_: Any, one: Any, other: Any, share: Any, next_share: Any
) -> Any:
    """Add `one` to a bin of eight and `other` to the next round: its share at sums[at:], the next at sums[next_at:]."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        into = context.make_array(signature.args[0])(context, builder, arguments[0])
        _, at, next_at, bin_, one, other, share, next_share = arguments
        here = _all(builder, bin_, _BINS)
        none = ir.Constant(_EIGHT, [0.0] * 8)
        first = builder.select(builder.icmp_signed("==", here, _NUMBERS), _all(builder, one, _EIGHT), none)
        value = builder.select(builder.icmp_signed("==", here, _BEFORE), _all(builder, other, _EIGHT), first)
        _add(builder, into, at, value, share)
        _add(builder, into, next_at, value, next_share)
        return context.get_dummy_value()

    fraction = types.float32
    return types.void(sums, types.int64, types.int64, types.int32, *[fraction] * 4), generate


@intrinsic
def differences(typing: Any, source: Any, place: Any, less: Any, out: Any, at: Any) -> Any:
    """Write source[place:] - source[less:] of LANES values, uint16, into int16 `out[at:]`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pixels, into = (context.make_array(signature.args[i])(context, builder, arguments[i]) for i in (0, 3))
        one, other = (builder.load(_at(builder, pixels.data, arguments[i]), align=2) for i in (1, 2))
        builder.store(builder.sub(one, other), _at(builder, into.data, arguments[4]), align=2)
        return context.get_dummy_value()

    return types.void(source, types.int64, types.int64, out, types.int64), generate


@intrinsic
def peaks(typing: Any, values: Any, at: Any, finer: Any, coarser: Any, up: Any, down: Any, least: Any) -> Any:
    """Return a bit for each of LANES int16 `values[at:]`: whether it is a height or a depth of `least` or more.

    That is, whether it is no less so than the values beside it, and those at four other places. Of equals only that
    counts which has its like before, not behind it.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        at = arguments[1]

        def values_at(place: Any) -> Any:
            return builder.load(_at(builder, data, place), align=2)

        here = values_at(at)
        before = [values_at(builder.sub(at, _PLACE(1))), values_at(arguments[4]), values_at(arguments[2])]
        behind = [values_at(builder.add(at, _PLACE(1))), values_at(arguments[5]), values_at(arguments[3])]
        bound = _all(builder, arguments[6], _VECTOR)
        top = builder.icmp_signed(">=", here, bound)
        pit = builder.icmp_signed("<=", here, builder.neg(bound))
        for other in before:
            top = builder.and_(top, builder.icmp_signed(">=", here, other))
            pit = builder.and_(pit, builder.icmp_signed("<=", here, other))
        for other in behind:
            top = builder.and_(top, builder.icmp_signed(">", here, other))
            pit = builder.and_(pit, builder.icmp_signed("<", here, other))
        return builder.bitcast(builder.or_(top, pit), _WIDE)

    place = types.int64
    return types.uint32(values, place, place, place, place, place, types.int16), generate


@intrinsic
def product(
    typing: Any, row: Any, at: Any, count: Any, matrix: Any, first: Any, columns: Any, out: Any, to: Any
) -> Any:
    """Write the product of row[at:][:count] and 64 columns of a matrix, from `first` on, into out[to:], float32.

    The matrix has its rows one after the other, `columns` long. For whole numbers whose sums are exact: a machine may
    round once or twice a step.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, numbers, result = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 3, 6)
        )
        _, at, count, _, first, columns, _, to = arguments
        total = cgutils.alloca_once_value(builder, ir.Constant(_COLUMNS, [0.0] * PRODUCT_LANES))
        with cgutils.for_range(builder, count) as loop:
            value = _all(builder, builder.load(builder.gep(values, [builder.add(at, loop.index)])), _COLUMNS)
            place = builder.add(builder.mul(loop.index, columns), first)
            line = builder.load(builder.bitcast(builder.gep(numbers, [place]), _COLUMNS.as_pointer()), align=4)
            added = builder.fmul(value, line, flags=("contract",))
            builder.store(builder.fadd(builder.load(total), added, flags=("contract",)), total)
        where = builder.bitcast(builder.gep(result, [to]), _COLUMNS.as_pointer())
        builder.store(builder.load(total), where, align=4)
        return context.get_dummy_value()

    place = types.int64
    return types.void(row, place, place, matrix, place, place, out, place), generate
