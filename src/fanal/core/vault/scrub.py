"""Reading everything that the vault holds and comparing it with what was received."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fanal.core.vault import opening, place
from fanal.core.vault.errors import BlobDamaged, KeyRefused, KeysLost, StoreUnavailable
from fanal.core.vault.models import Blob
from fanal.core.vault.store import MediaStore
from fanal.engine.fingerprint.digest import DigestPass

PAGE = 256
THREADS = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """A content whose bytes are not what they were. `code` as of `fanal.core.vault.errors`."""

    sha256: bytes
    code: str
    message: str


def check(progress: Callable[[int], None] | None = None) -> Iterator[Fault]:
    """Open every content, hash it again by all three digests, and yield each fault as it is found.

    `progress` is told how many contents were read so far. Raises StoreUnavailable, KeysLost: then nothing is known
    of the rest.
    """
    store, after, read = place.store(), b"", 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="scrub") as threads:
        while page := _page(after):
            yield from filter(None, threads.map(lambda row: _check_row(row, store), page))
            after, read = bytes(page[-1].sha256), read + len(page)
            if progress is not None:
                progress(read)


def _page(after: bytes) -> list[Blob]:
    return list(Blob.objects.filter(sha256__gt=after, wrapped_key__isnull=False).order_by("sha256")[:PAGE])


def _check_row(row: Blob, store: MediaStore) -> Fault | None:
    digests = DigestPass()
    try:
        for piece in opening.pieces(row, opening.data_key(row), store):
            digests.update(piece)
    except (KeysLost, StoreUnavailable):
        raise
    except (BlobDamaged, KeyRefused) as fault:
        return Fault(bytes(row.sha256), fault.code, fault.message)
    result = digests.result()
    if (result.sha256, result.sha1, result.md5) == (bytes(row.sha256), bytes(row.sha1), bytes(row.md5)):
        return None
    shown = bytes(row.sha256).hex()
    return Fault(bytes(row.sha256), BlobDamaged.code, f"The digests of {shown} are not those that were recorded.")
