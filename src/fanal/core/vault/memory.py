"""A media store in memory, for tests: it passes the same contract and is gone with its process."""

import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from fanal.core.vault import crash
from fanal.core.vault.errors import ObjectExists, ObjectMissing
from fanal.core.vault.store import Sink, StoredObject
from fanal.kit import clock


class MemoryStore:
    """Objects in a dictionary."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, datetime]] = {}

    @contextmanager
    def create(self, name: str) -> Iterator[Sink]:
        """Keep the bytes once the block ends."""
        crash.here("store.opened")
        draft = io.BytesIO()
        yield draft
        written = (draft.getvalue(), clock.now())
        if self._objects.setdefault(name, written) is not written:
            raise ObjectExists(f"There is an object {name} already.")

    def settle(self, names: Collection[str]) -> None:
        """Nothing here outlives the process."""

    def read(self, name: str) -> BinaryIO:
        """Return the bytes. Raises ObjectMissing."""
        if name not in self._objects:
            raise ObjectMissing(f"There is no object {name} in memory.")
        return io.BytesIO(self._objects[name][0])

    def delete(self, name: str) -> bool:
        """Forget the bytes."""
        return self._objects.pop(name, None) is not None

    def exists(self, name: str) -> bool:
        """Tell whether the bytes are there."""
        return name in self._objects

    def objects(self, shard: str) -> Iterator[StoredObject]:
        """List what is there now."""
        for name, (data, modified) in list(self._objects.items()):
            if name.startswith(shard):
                yield StoredObject(name, len(data), modified)

    def clear_leavings(self, before: datetime) -> int:
        """Nothing is ever left half-written."""
        return 0
