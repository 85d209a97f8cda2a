"""Removing what no row knows: objects of transactions that were rolled back, drafts of writers that died."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from fanal.core.vault import crash, keyring, place, rows
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS, MediaStore, StoredObject
from fanal.kit import clock
from fanal.kit.portions import some_at_once

GRACE = timedelta(seconds=2 * rows.FRESH_FOR)
"""Age below which an object may still get its row."""
_ASK = 1000


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found. `missing`: digests of contents whose object is gone, which `check` tells more of."""

    objects: int
    orphans: int
    orphan_bytes: int
    leavings: int
    missing: tuple[bytes, ...]


def sweep(grace: timedelta = GRACE) -> SweepReport:
    """Delete objects older than `grace` that no row knows, and drafts as old; name rows without objects.

    With a grace shorter than the default nobody may be storing meanwhile. Raises StoreUnavailable.
    """
    store = place.store()
    before = clock.now() - grace
    leavings = store.clear_leavings(before) + keyring.clear_drafts(place.key_file(), before)
    seen = orphans = freed = 0
    missing: list[bytes] = []
    for shard in SHARDS:
        listed = {item.name: item for item in store.objects(shard)}
        seen += len(listed)
        old = [item for item in listed.values() if item.modified <= before]
        for item in _unknown(old):
            crash.here("sweep.before_delete")
            store.delete(item.name)
            crash.here("sweep.deleted")
            orphans, freed = orphans + 1, freed + item.size
        missing += _missing(shard, listed.keys(), store)
    return SweepReport(seen, orphans, freed, leavings, tuple(missing))


def _unknown(items: list[StoredObject]) -> list[StoredObject]:
    unknown = []
    for part in some_at_once(items, _ASK):
        known = set(Blob.objects.filter(name__in=[item.name for item in part]).values_list("name", flat=True))
        unknown += [item for item in part if item.name not in known]
    return unknown


def _missing(shard: str, listed: Collection[str], store: MediaStore) -> list[bytes]:
    """Name the contents of a shard that are not listed. Those stored since the listing are asked for one by one."""
    held = Blob.objects.filter(name__gte=shard, name__lt=shard + "g").values_list("name", "sha256")
    return [bytes(sha256) for name, sha256 in held.iterator() if name and name not in listed and not store.exists(name)]
