"""Sealed pieces of what is not whole yet: a key of their own, so that no plain byte waits anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from fanal.core.vault import keyring, place
from fanal.core.vault.batches import current_keys
from fanal.core.vault.envelope import DataKey, NotGenuine
from fanal.core.vault.errors import BlobDamaged


@dataclass(frozen=True, slots=True)
class PartsKey:
    """The key of the pieces of one thing, wrapped by the vault's own. `binding` names the thing (any bytes)."""

    wrapped: bytes
    binding: bytes

    @classmethod
    def new(cls, binding: bytes) -> "PartsKey":
        """Make a key. Raises KeysLost."""
        return cls(current_keys().wrap(DataKey.new().handle, binding), binding)

    def seal(self, piece: bytes) -> bytes:
        """Seal one piece. Raises KeysLost, KeyRefused."""
        return self._open().seal(piece)

    def open_each(self, sealed: Iterator[bytes]) -> Iterator[bytes]:
        """Open pieces, one after another. Raises BlobDamaged, KeysLost, KeyRefused."""
        key = self._open()
        for piece in sealed:
            try:
                yield key.unseal(piece)
            except NotGenuine as fault:
                raise BlobDamaged("A piece of what came in is not what was sealed.") from fault

    def _open(self) -> DataKey:
        return DataKey(keyring.load(place.key_file()).unwrap(self.wrapped, self.binding))
