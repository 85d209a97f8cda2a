"""Rows of what was received: contents once by their digests, exhibits once by their path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from fanal.casework.evidence.models import Content, Exhibit
from fanal.casework.evidence.paths import as_text, key_of_file, key_of_member
from fanal.engine.fingerprint.digest import Digests
from fanal.kit import clock

# Inserts contents that are new, and gives their bytes to those of which only digests were known.
# Returns just these rows: those with bytes are the ones to examine.
# Sorted by digest so that two batches never wait crosswise.
UPSERT_CONTENTS = """
    INSERT INTO evidence_content AS known (sha256, sha1, md5, size, blob_id, state, media_type, family, facts)
    SELECT sha256, sha1, md5, size, blob, state, '', '', '{}'
    FROM unnest(%s::bytea[], %s::bytea[], %s::bytea[], %s::bigint[], %s::bytea[], %s::text[])
         AS given (sha256, sha1, md5, size, blob, state)
    ORDER BY sha256
    ON CONFLICT (sha256) DO UPDATE SET blob_id = EXCLUDED.blob_id, state = EXCLUDED.state
    WHERE known.state = 'hash_only' AND EXCLUDED.state = 'stored'
    RETURNING id, state
"""


@dataclass(frozen=True, slots=True)
class Received:
    """One file that arrived. `held`: its bytes are in the vault; otherwise only its digests were given."""

    path: str
    digests: Digests
    held: bool = True
    modified: datetime | None = None
    position: int = 0
    """Its place in the archive that it lay in."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch became. `new_exhibits` counts rows that were not there before."""

    contents: tuple[int, ...]
    fresh: tuple[int, ...]
    """Those whose bytes nobody had submitted before."""
    new_exhibits: int


def write(submission: UUID, received: Sequence[Received], parent: Exhibit | None) -> Written:
    """Write contents and exhibits of a batch in the caller's transaction; what is known already stays as it is."""
    by_digest = {item.digests.sha256: item for item in received}
    fresh = _write_contents(by_digest)
    ids = dict(Content.objects.filter(sha256__in=list(by_digest)).values_list("sha256", "id"))
    content_of = {bytes(sha256): content for sha256, content in ids.items() if sha256 is not None}
    new_exhibits = _write_exhibits(submission, received, content_of, parent)
    return Written(tuple(sorted(content_of.values())), fresh, new_exhibits)


def _write_contents(by_digest: Mapping[bytes, Received]) -> tuple[int, ...]:
    items = list(by_digest.values())
    columns = (
        [item.digests.sha256 for item in items],
        [item.digests.sha1 for item in items],
        [item.digests.md5 for item in items],
        [item.digests.size for item in items],
        [item.digests.sha256 if item.held else None for item in items],
        [Content.State.STORED.value if item.held else Content.State.HASH_ONLY.value for item in items],
    )
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_CONTENTS, columns)
        return tuple(sorted(content for content, state in cursor.fetchall() if state == Content.State.STORED))


def _write_exhibits(
    submission: UUID, received: Sequence[Received], content_of: Mapping[bytes, int], parent: Exhibit | None
) -> int:
    rows = [
        Exhibit(
            submission_id=submission,
            content_id=content_of[item.digests.sha256],
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            path=as_text(item.path),
            path_key=_key(item, parent),
            modified_at=item.modified,
            received_at=clock.now(),
        )
        for item in received
    ]
    there = Exhibit.objects.filter(submission_id=submission, path_key__in=[row.path_key for row in rows]).count()
    Exhibit.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - there


def _key(item: Received, parent: Exhibit | None) -> bytes:
    if parent is not None:
        return key_of_member(item.path, parent.pk, item.position)
    return key_of_file(item.path, item.digests.size, item.modified)
