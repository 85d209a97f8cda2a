"""Changing the vault's own key: only the small wrapped keys are written anew, never a content."""

from django.db import transaction
from django.db.models import Q

from fanal.core.vault import crash, keyring, place
from fanal.core.vault.models import Blob

PAGE = 1000


def rotate_keys() -> int:
    """Add a new key to the vault, which wraps from now on; return its number. Raises KeysLost."""
    return keyring.rotate(place.key_file()).primary


def rewrap() -> int:
    """Wrap every content's key by the newest key of the vault; return how many. May be cut off and begun again.

    Raises KeysLost; KeyRefused at a row that does not open, after those before it were written.
    """
    ring = keyring.load(place.key_file())
    done, after = 0, b""
    while True:
        with transaction.atomic():
            page = list(
                Blob.objects.select_for_update()
                .filter(~Q(key_id=ring.primary), sha256__gt=after, wrapped_key__isnull=False)
                .order_by("sha256")[:PAGE]
            )
            for row in page:
                sha256 = bytes(row.sha256)
                row.wrapped_key = ring.wrap(ring.unwrap(bytes(row.wrapped_key or b""), sha256), sha256)
                row.key_id = ring.primary
            Blob.objects.bulk_update(page, ["wrapped_key", "key_id"])
        crash.here("rewrap.page_done")
        if not page:
            return done
        done, after = done + len(page), bytes(page[-1].sha256)


def retire_keys() -> int:
    """Destroy the keys that no content needs any more; return how many.

    Only then is a content that was erased gone from old backups of the database too.
    """
    path = place.key_file()
    before = keyring.load(path).numbers
    in_use = set(Blob.objects.filter(key_id__isnull=False).order_by().values_list("key_id", flat=True).distinct())
    kept = keyring.retire(path, {number for number in in_use if number is not None}).numbers
    return len(before) - len(kept)
