"""Sealing many sources at once: threads read, hash, seal and sync; the database is asked once a batch."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from django.db import Error as DatabaseFault

from fanal.core.vault import crash, keyring, place, rows
from fanal.core.vault.errors import KeysLost, SourceUnreadable, StoreUnavailable
from fanal.core.vault.keyring import Keyring
from fanal.core.vault.models import Blob
from fanal.core.vault.sealing import SMALL, Sealed, Sealer, Source, Whole
from fanal.core.vault.store import new_shard

THREADS = 4
BATCH_COUNT = 128
BATCH_BYTES = 64 << 20

Outcome = Sealed | SourceUnreadable


def seal_all(sources: Sequence[Source]) -> list[Outcome]:
    """Make the bytes of these sources durable in the store, outside any transaction; `store_rows` gives them rows.

    Returns one outcome for each, in order: a source that cannot be read is an outcome, not an error. Memory stays
    bounded whatever their number and sizes. Raises StorageFull, StoreUnavailable, KeysLost: then nothing is kept.
    """
    done: list[Outcome] = []
    sealers: list[Sealer] = []
    keys = current_keys()
    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="vault") as threads:
            for batch in _batches(sources):
                sealers.append(Sealer(place.store(), keys, new_shard()))
                done += _seal_batch(sealers[-1], batch, threads)
    except BaseException:
        # Here no thread writes any more, and nothing of this has a row yet.
        _delete([name for sealer in sealers for name in sealer.names])
        raise
    return done


def seal_one(source: Source) -> Sealed:
    """Make the bytes of one source durable in the store, in this thread. Raises as `seal_all`, and SourceUnreadable."""
    sealer = Sealer(place.store(), current_keys(), new_shard())
    found = sealer.read_or_seal(source)
    if isinstance(found, Whole):
        if rows.known([found.digests.sha256]):
            return Sealed(found.digests)
        found = sealer.seal(found)
    _settle(sealer)
    return found


def discard(outcomes: Sequence[Outcome]) -> None:
    """Delete sealed bytes that were not given rows: their transaction was rolled back. What has a row stays.

    Raises nothing, so that it may be called where something else went wrong: the sweep finds what is left.
    """
    names = [item.name for item in outcomes if isinstance(item, Sealed) and item.name is not None]
    with suppress(DatabaseFault):
        used = set(Blob.objects.filter(name__in=names).values_list("name", flat=True))
        _delete([name for name in names if name not in used])


def _delete(names: Sequence[str]) -> None:
    for name in names:
        # A store that fails here has failed already, and the caller says so.
        with suppress(StoreUnavailable):
            place.store().delete(name)


def current_keys() -> Keyring:
    """Return the vault's keys; the first ones are made at first use. Raises KeysLost when they existed and are gone."""
    path = place.key_file()
    try:
        return keyring.load(path)
    except KeysLost:
        # Keys are there before anything is sealed with them: where something is and they are not, they are lost.
        if Blob.objects.filter(wrapped_key__isnull=False).exists() and not path.exists():
            raise
    return keyring.load(path) if path.exists() else keyring.make(path)


def _seal_batch(sealer: Sealer, batch: Sequence[Source], threads: ThreadPoolExecutor) -> list[Outcome]:
    found = list(threads.map(lambda source: _read(sealer, source), batch))
    wholes = {item.digests.sha256: item for item in found if isinstance(item, Whole)}
    known = rows.known(list(wholes))
    new = [item for sha256, item in wholes.items() if sha256 not in known]
    sealed = {item.digests.sha256: item for item in threads.map(sealer.seal, new)}
    _settle(sealer)
    # Equal bytes twice in a batch are sealed once; the second says that they are known.
    return [
        sealed.pop(item.digests.sha256, Sealed(item.digests)) if isinstance(item, Whole) else item for item in found
    ]


def _read(sealer: Sealer, source: Source) -> Whole | Outcome:
    try:
        return sealer.read_or_seal(source)
    except SourceUnreadable as fault:
        return fault


def _settle(sealer: Sealer) -> None:
    if sealer.names:
        sealer.store.settle(sealer.names)
    crash.here("seal.done")


def _batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Cut the sources so that what a batch holds in memory is bounded."""
    batch: list[Source] = []
    held = 0
    for source in sources:
        weight = _weight(source)
        if batch and (len(batch) == BATCH_COUNT or held + weight > BATCH_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(source)
        held += weight
    if batch:
        yield batch


def _weight(source: Source) -> int:
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, Path):
        with suppress(OSError):
            return min(source.stat().st_size, SMALL)
    return SMALL
