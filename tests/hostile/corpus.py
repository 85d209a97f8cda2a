"""Files that no camera made: whole ones, broken in every way we could think of, the same ones for the same seed."""

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hostile.wellformed import whole_files


@dataclass(frozen=True, slots=True)
class Sample:
    """One file."""

    name: str
    """With an ending, which may lie."""
    data: bytes
    about: str
    """How it was made, for a report of what went wrong."""


Mutation = Callable[[random.Random, bytes, bytes], bytes]
"""Of a source of chance, a file, and another file to take pieces from."""


def _place(chance: random.Random, data: bytes, length: int = 1) -> int:
    """Return a place in the data, in half of all cases near its start, where formats keep their promises."""
    last = max(0, len(data) - length)
    return chance.randint(0, min(last, 200)) if chance.random() < 0.5 else chance.randint(0, last)


def _number(chance: random.Random, value: int, width: int) -> bytes:
    return struct.pack((">" if chance.random() < 0.5 else "<") + {2: "H", 4: "I", 8: "Q"}[width], value)


def truncate(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """End early."""
    return data[: chance.randint(1, len(data) - 1)]


def flip_bits(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Turn a few bits around."""
    broken = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 60))):
        broken[_place(chance, data)] ^= 1 << chance.randrange(8)
    return bytes(broken)


def noise(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Write chance bytes over a stretch."""
    length = chance.randint(1, 64)
    at = _place(chance, data, length)
    return data[:at] + chance.randbytes(length) + data[at + length :]


def swap_blocks(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Exchange two stretches."""
    size = chance.randint(4, max(5, len(data) // 4))
    first = chance.randint(0, max(0, len(data) - 2 * size))
    second = chance.randint(first + size, max(first + size, len(data) - size))
    between = data[first + size : second]
    return data[:first] + data[second : second + size] + between + data[first : first + size] + data[second + size :]


def zero_run(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Write zeros over a stretch, as a bad sector reads."""
    length = chance.choice((4, 16, 512))
    at = _place(chance, data, length)
    return data[:at] + bytes(length) + data[at + length :]


def ones_run(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Write ones over a stretch, as erased flash memory reads."""
    length = chance.choice((2, 4, 16, 512))
    at = _place(chance, data, length)
    return data[:at] + b"\xff" * length + data[at + length :]


def inflate_length(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Make a number that looks like a length far too large."""
    width = chance.choice((2, 4, 4, 8))
    at = _place(chance, data, width)
    value = chance.choice((2 ** (8 * width) - 1, 2 ** (8 * width - 1) - 1, 2 ** (8 * width - 1), 2 ** (4 * width) + 1))
    return data[:at] + _number(chance, value, width) + data[at + width :]


def deflate_length(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Make a number that looks like a length zero or one."""
    width = chance.choice((2, 4))
    at = _place(chance, data, width)
    return data[:at] + _number(chance, chance.randint(0, 1), width) + data[at + width :]


def splice_header(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Put the head of one file before the body of another."""
    head = chance.choice((8, 16, 64, 512))
    return data[:head] + other[head:]


def insert(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Push bytes in between."""
    at = _place(chance, data)
    return data[:at] + chance.randbytes(chance.choice((1, 2, 7, 300))) + data[at:]


def delete(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Take bytes out."""
    length = chance.choice((1, 2, 7, 300))
    at = _place(chance, data, length)
    return data[:at] + data[at + length :] or b"\0"


def repeat(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Say a stretch many times."""
    length = chance.choice((12, 40, 400))
    at = _place(chance, data, length)
    return data[:at] + data[at : at + length] * chance.choice((2, 20, 200)) + data[at + length :]


def wrong_name(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Leave the bytes whole: `malformed` gives them the name of another kind."""
    return data


def concatenate(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Put two files into one, the first perhaps cut."""
    return data[: chance.choice((len(data), len(data) // 2))] + other


def transplant(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Put a piece of another file into this one."""
    length = chance.choice((16, 256, 2048))
    at, source = _place(chance, data, length), _place(chance, other, length)
    return data[:at] + other[source : source + length] + data[at + length :]


MUTATIONS: tuple[Mutation, ...] = (
    truncate,
    flip_bits,
    noise,
    swap_blocks,
    zero_run,
    ones_run,
    inflate_length,
    deflate_length,
    splice_header,
    insert,
    delete,
    repeat,
    wrong_name,
    concatenate,
    transplant,
)


def malformed(seed: int, count: int) -> Iterator[Sample]:
    """Yield `count` broken files: every kind of file with every kind of damage in turn, each anew by chance."""
    chance = random.Random(seed)
    files = whole_files()
    names = sorted(files)
    for number in range(count):
        name = names[number % len(names)]
        mutation = MUTATIONS[number // len(names) % len(MUTATIONS)]
        other = chance.choice(names)
        data = mutation(chance, files[name], files[other])
        shown = other if mutation is wrong_name else name
        yield Sample(f"{number:05}-{shown}", data, f"{mutation.__name__} of {name} (with {other})")
