"""Rows of the vault: written in the caller's transaction, once a digest, whoever comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from fanal.core.vault import crash, place
from fanal.core.vault.errors import BlobErased, BlobMissing, SealExpired
from fanal.core.vault.models import Blob
from fanal.core.vault.sealing import Sealed
from fanal.kit import clock

# Gives a row to each digest that has none, or whose bytes were erased and are delivered anew. A digest that another
# transaction is just inserting is waited for. Sorted, so that two batches never wait for one another crosswise.
INSERT_NEW = """
    INSERT INTO vault_blob AS held (sha256, sha1, md5, size, name, wrapped_key, key_id, created_at)
    SELECT sha256, sha1, md5, size, name, wrapped_key, key_id, %s
    FROM unnest(%s::bytea[], %s::bytea[], %s::bytea[], %s::bigint[], %s::text[], %s::bytea[], %s::bigint[])
         AS given (sha256, sha1, md5, size, name, wrapped_key, key_id)
    ORDER BY sha256
    ON CONFLICT (sha256) DO UPDATE
        SET name = EXCLUDED.name, wrapped_key = EXCLUDED.wrapped_key, key_id = EXCLUDED.key_id, erased_at = NULL
        WHERE held.wrapped_key IS NULL
    RETURNING sha256
"""

# Holds the rows that a batch relies on until its transaction ends, so that none is erased meanwhile.
HOLD_KNOWN = """
    SELECT sha256 FROM vault_blob WHERE sha256 = ANY(%s::bytea[]) AND wrapped_key IS NOT NULL
    ORDER BY sha256 FOR SHARE
"""

FRESH_FOR = 12 * 3600.0
"""Seconds within which sealed bytes must get their row; the sweep takes nothing that is younger than twice this."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that the vault holds. `fresh`: it did not hold them before."""

    sha256: bytes
    sha1: bytes
    md5: bytes
    size: int
    fresh: bool


def store_rows(sealed: Sequence[Sealed]) -> list[Stored]:
    """Give sealed bytes their rows, in the caller's transaction; what is known already adds nothing.

    Returns one answer for each, in order. The bytes are safe once that transaction commits. Raises SealExpired;
    TransactionManagementError outside `transaction.atomic`.
    """
    require_transaction("Bytes and what is said of them")
    _refuse_stale(sealed)
    crash.here("rows.begun")
    first = {item.digests.sha256: item for item in reversed(sealed) if item.name is not None}
    inserted = _insert(list(first.values()))
    crash.here("rows.inserted")
    _hold({item.digests.sha256 for item in sealed} - inserted)
    crash.here("rows.checked")
    winners = {first[sha256].name for sha256 in inserted}
    losers = [item.name for item in sealed if item.name is not None and item.name not in winners]
    if losers:
        transaction.on_commit(partial(_delete, losers), robust=True)
    return [_answer(item, item.name in winners) for item in sealed]


def require_transaction(what: str) -> None:
    """Raise TransactionManagementError outside `transaction.atomic`."""
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{what} need one transaction: use transaction.atomic.")


def known(sha256s: Sequence[bytes]) -> set[bytes]:
    """Return those of these digests whose bytes the vault holds now."""
    held = Blob.objects.filter(sha256__in=sha256s, wrapped_key__isnull=False)
    return {bytes(sha256) for sha256 in held.values_list("sha256", flat=True)}


def held(sha256: bytes) -> Blob:
    """Return the row of bytes that can be opened. Raises BlobMissing, BlobErased."""
    row = Blob.objects.filter(sha256=sha256).first()
    if row is None:
        raise BlobMissing(f"The vault never held {sha256.hex()}.")
    if row.wrapped_key is None:
        raise BlobErased(f"The bytes of {sha256.hex()} were erased; nobody can bring them back.")
    return row


def _refuse_stale(sealed: Sequence[Sealed]) -> None:
    now = clock.monotonic()
    if any(now - item.sealed_at > FRESH_FOR for item in sealed):
        raise SealExpired("These bytes waited too long for their rows and may have been swept.")


def _insert(items: Sequence[Sealed]) -> set[bytes]:
    if not items:
        return set()
    columns = (
        clock.now(),
        [item.digests.sha256 for item in items],
        [item.digests.sha1 for item in items],
        [item.digests.md5 for item in items],
        [item.digests.size for item in items],
        [item.name for item in items],
        [item.wrapped_key for item in items],
        [item.key_id for item in items],
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_NEW, columns)
        return {bytes(row[0]) for row in cursor.fetchall()}


def _hold(sha256s: set[bytes]) -> None:
    if not sha256s:
        return
    with connection.cursor() as cursor:
        cursor.execute(HOLD_KNOWN, [list(sha256s)])
        there = {bytes(row[0]) for row in cursor.fetchall()}
    if there != sha256s:
        raise SealExpired(f"{len(sha256s - there)} contents were erased while they were submitted again.")


def _delete(names: Sequence[str]) -> None:
    store = place.store()
    for name in names:
        crash.here("loser.before_delete")
        store.delete(name)
        crash.here("loser.deleted")


def _answer(item: Sealed, fresh: bool) -> Stored:
    digests = item.digests
    return Stored(digests.sha256, digests.sha1, digests.md5, digests.size, fresh)
