"""Contents with all that it takes to open them: of many of them, with one question to the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fanal.core.vault import keyring, opening, place, rows
from fanal.core.vault.envelope import DataKey
from fanal.core.vault.errors import BlobDamaged
from fanal.core.vault.keyring import Keyring
from fanal.core.vault.models import Blob
from fanal.core.vault.store import MediaStore


@dataclass(slots=True)
class Holding:
    """One content as its row was when it was asked for. For one thread at a time, and for a short while."""

    _row: Blob
    _ring: Keyring
    _store: MediaStore
    _folder: Path
    _key: DataKey | None = None

    def open(self) -> BinaryIO:
        """Return the plain bytes, as `actions.open_plain` does; asks the database only where they are not there.

        Raises BlobErased where they were erased since their row was read, BlobDamaged, KeyRefused, StoreUnavailable,
        StorageFull.
        """
        try:
            return opening.open_row(self._row, self._data_key(), self._store, self._folder)
        except BlobDamaged:
            rows.held(bytes(self._row.sha256))
            raise

    def seal(self, derived: bytes) -> bytes:
        """Seal something made from the content under its own key. Raises KeyRefused."""
        return self._data_key().seal(derived)

    def _data_key(self) -> DataKey:
        if self._key is None:
            self._key = opening.data_key(self._row, self._ring)
        return self._key


def holdings(sha256s: Iterable[bytes]) -> dict[bytes, Holding]:
    """Return those of these contents whose bytes can be opened, by SHA-256. Raises KeysLost, StoreUnavailable."""
    found = list(Blob.objects.filter(sha256__in=list(sha256s), wrapped_key__isnull=False))
    if not found:
        return {}
    ring, store, folder = keyring.load(place.key_file()), place.store(), place.plain_folder()
    return {bytes(row.sha256): Holding(row, ring, store, folder) for row in found}
