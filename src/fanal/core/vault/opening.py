"""From a row back to plain bytes, checked on the way."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from fanal.core.vault import keyring, place, plain
from fanal.core.vault.envelope import DataKey, NotGenuine
from fanal.core.vault.errors import BlobDamaged, ObjectMissing, StorageFull
from fanal.core.vault.keyring import Keyring
from fanal.core.vault.models import Blob
from fanal.core.vault.store import MediaStore


def data_key(row: Blob, ring: Keyring | None = None) -> DataKey:
    """Return the key of this content; `ring` None: the vault's keys as they are now. Raises KeysLost, KeyRefused."""
    ring = ring or keyring.load(place.key_file())
    return DataKey(ring.unwrap(bytes(row.wrapped_key or b""), bytes(row.sha256)))


def pieces(row: Blob, key: DataKey, store: MediaStore) -> Iterator[bytes]:
    """Yield the plain bytes of a content, each piece after its tag held. Raises BlobDamaged."""
    shown = bytes(row.sha256).hex()
    size = 0
    try:
        with closing(store.read(row.name or "")) as sealed:
            for piece in key.opening(sealed):
                size += len(piece)
                yield piece
    except ObjectMissing as fault:
        raise BlobDamaged(f"The bytes of {shown} are gone from the media store.") from fault
    except NotGenuine as fault:
        raise BlobDamaged(f"The bytes of {shown} are not those that were stored.") from fault
    if size != row.size:
        raise BlobDamaged(f"The bytes of {shown} are {size}, not {row.size} as they were when stored.")


def open_row(row: Blob, key: DataKey, store: MediaStore, folder: Path) -> BinaryIO:
    """Decrypt a content into a file without a name, in a folder if it is large. Raises as `pieces`, and StorageFull."""
    try:
        return plain.hold(pieces(row, key, store), row.size, folder)
    except OSError as fault:
        raise StorageFull(f"There is no room to open {bytes(row.sha256).hex()}: {fault.strerror}.") from fault
