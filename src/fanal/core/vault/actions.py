"""Verbs of the vault: store bytes, open them, seal what is derived from them, erase them."""

from collections.abc import Iterable
from functools import partial
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet

from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.vault import crash, keyring, opening, place, rows
from fanal.core.vault.batches import Outcome, discard, seal_all, seal_one
from fanal.core.vault.envelope import NotGenuine
from fanal.core.vault.errors import BlobDamaged, BlobErased, BlobMissing, SourceUnreadable
from fanal.core.vault.holding import Holding, holdings
from fanal.core.vault.keyring import Keyring
from fanal.core.vault.models import Blob
from fanal.core.vault.rewrapping import retire_keys, rewrap, rotate_keys
from fanal.core.vault.rows import Stored, store_rows
from fanal.core.vault.scrub import Fault, check
from fanal.core.vault.sealing import Sealed, Source
from fanal.core.vault.sweeping import SweepReport, sweep
from fanal.kit import clock

__all__ = [
    "BlobDamaged",
    "BlobErased",
    "BlobMissing",
    "Fault",
    "Holding",
    "Outcome",
    "Sealed",
    "Source",
    "SourceUnreadable",
    "Stored",
    "SweepReport",
    "check",
    "delete_objects",
    "discard",
    "erase",
    "erase_all",
    "hold_to_erase",
    "holdings",
    "open_plain",
    "put",
    "retire_keys",
    "rewrap",
    "rotate_keys",
    "seal",
    "seal_all",
    "seal_one",
    "store_rows",
    "sweep",
    "unseal",
    "unseal_all",
]


def put(source: Source) -> Stored:
    """Store bytes: durable in the media store when this returns, theirs for good once the caller's transaction commits.

    For many files `seal_all` outside the transaction and `store_rows` inside are faster and keep it short.
    Raises SourceUnreadable, StorageFull, StoreUnavailable, KeysLost; TransactionManagementError outside
    `transaction.atomic`.
    """
    rows.require_transaction("Bytes and what is said of them")
    return store_rows([seal_one(source)])[0]


def open_plain(sha256: bytes) -> BinaryIO:
    """Return the plain bytes, every one of them checked: seekable, read only, with a descriptor and without a name.

    Raises BlobMissing, BlobErased, BlobDamaged, KeysLost, KeyRefused, StoreUnavailable, StorageFull.
    """
    row = rows.held(sha256)
    return opening.open_row(row, opening.data_key(row), place.store(), place.plain_folder())


def seal(sha256: bytes, derived: bytes) -> bytes:
    """Seal something made from a content, such as a preview, under the content's own key: erased with it.

    Raises BlobMissing, BlobErased, KeysLost, KeyRefused.
    """
    return opening.data_key(rows.held(sha256)).seal(derived)


def unseal(sha256: bytes, sealed: bytes) -> bytes:
    """Open what `seal` sealed. Raises as `seal`, and BlobDamaged."""
    return _unseal(rows.held(sha256), sealed)


def unseal_all(sealed: Iterable[tuple[bytes, bytes]]) -> list[bytes | None]:
    """Open many derivatives with one question to the database: pairs of a content's SHA-256 and what `seal` gave.

    Returns them in order, None for a content that is unknown or erased. Raises BlobDamaged, KeysLost, KeyRefused.
    """
    pairs = list(sealed)
    found = {bytes(row.sha256): row for row in _openable(list({sha256 for sha256, _ in pairs}))} if pairs else {}
    ring = keyring.load(place.key_file()) if found else None
    return [_unseal(found[sha256], data, ring) if sha256 in found else None for sha256, data in pairs]


@made_once
def _openable(sha256s: list[bytes]) -> QuerySet[Blob]:
    return Blob.objects.filter(Among("sha256", sha256s), wrapped_key__isnull=False)


def erase(sha256: bytes) -> None:
    """Destroy the key of a content in the caller's transaction; its bytes are deleted once that commits.

    What was sealed from it cannot be opened any more either. Erasing twice changes nothing. Raises BlobMissing;
    TransactionManagementError outside `transaction.atomic`.
    """
    rows.require_transaction("Erasing and the reason for it")
    row = Blob.objects.select_for_update().filter(sha256=sha256).first()
    if row is None:
        raise BlobMissing(f"The vault never held {sha256.hex()}.")
    if row.name is None:
        return
    name = row.name
    Blob.objects.filter(sha256=sha256).update(name=None, wrapped_key=None, key_id=None, erased_at=clock.now())
    crash.here("erase.key_destroyed")
    transaction.on_commit(partial(_delete_erased, name), robust=True)


def hold_to_erase(sha256s: Iterable[bytes]) -> None:
    """Lock the rows of bytes that may be erased, in the caller's transaction and in the order in which deliveries do.

    Whoever stores the same bytes meanwhile comes first, or waits and is then told to store them again.
    """
    rows.require_transaction("Erasing and the reason for it")
    list(Blob.objects.filter(sha256__in=list(sha256s)).order_by("sha256").select_for_update().values_list("sha256"))


def erase_all(sha256s: Iterable[bytes]) -> list[str]:
    """Destroy the keys of many contents, as `erase` does of one; return the names of their objects.

    What the vault never held, and what was erased before, changes nothing.
    """
    rows.require_transaction("Erasing and the reason for it")
    held = Blob.objects.filter(sha256__in=list(sha256s), name__isnull=False)
    names = sorted(name for name in held.values_list("name", flat=True) if name)
    held.update(name=None, wrapped_key=None, key_id=None, erased_at=clock.now())
    crash.here("erase.key_destroyed")
    transaction.on_commit(partial(delete_objects, names), robust=True)
    return names


def delete_objects(names: Iterable[str]) -> None:
    """Delete objects that no row knows any more. Twice is once. Raises StoreUnavailable."""
    for name in names:
        _delete_erased(name)


def _delete_erased(name: str) -> None:
    crash.here("erase.before_delete")
    place.store().delete(name)
    crash.here("erase.deleted")


def _unseal(row: Blob, sealed: bytes, ring: Keyring | None = None) -> bytes:
    try:
        return opening.data_key(row, ring).unseal(sealed)
    except NotGenuine as fault:
        shown = bytes(row.sha256).hex()
        raise BlobDamaged(
            f"What was sealed from {shown} does not open.", next_step="Examine the content again: it is made anew."
        ) from fault
