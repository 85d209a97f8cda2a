"""Where sealed bytes are kept: the interface of media stores.

A store keeps opaque objects under names of ours: 32 hexadecimal digits, random. The first two digits are the shard, so
that the names of a batch can share a folder that is then synced once. An object is written once and never changed.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from fanal.kit.ids import random_bytes

SHARDS = tuple(f"{number:02x}" for number in range(256))


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as the store lists it: `size` in bytes, sealed; `modified` when it was written."""

    name: str
    size: int
    modified: datetime


class Sink(Protocol):
    """Takes the bytes of an object that is being written."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`; return its length. Raises StorageFull, StoreUnavailable."""
        ...


class MediaStore(Protocol):
    """A place for sealed bytes. All of it may be called from several threads and processes at once.

    Every method raises StoreUnavailable when the place does not answer.
    """

    def create(self, name: str) -> AbstractContextManager[Sink]:
        """Write a new object, whole or not at all: it is there once the block ends, unless the block raises.

        Its bytes are durable then; its name only after `settle`. Raises ObjectExists, StorageFull.
        """
        ...

    def settle(self, names: Collection[str]) -> None:
        """Make the names of these new objects durable."""
        ...

    def read(self, name: str) -> BinaryIO:
        """Return a stream of the object's bytes. Raises ObjectMissing."""
        ...

    def delete(self, name: str) -> bool:
        """Remove an object; False: it was not there."""
        ...

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of this name."""
        ...

    def objects(self, shard: str) -> Iterator[StoredObject]:
        """List the objects whose names begin with these two digits, in any order."""
        ...

    def clear_leavings(self, before: datetime) -> int:
        """Remove what writers that died left half-written before this time; return how many."""
        ...


def new_shard() -> str:
    """Draw the shard of a batch."""
    return random_bytes(1).hex()


def new_name(shard: str) -> str:
    """Draw the name of a new object: 120 random bits, so that no two are ever equal."""
    return shard + random_bytes(15).hex()
