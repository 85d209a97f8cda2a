"""Verbs on prints: write what examining contents found."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef

from fanal.casework.evidence.actions import note_examined, note_shelved, take_turn
from fanal.casework.prints.events import PrintsMade
from fanal.casework.prints.models import Computed, Print
from fanal.core.access.database.binary import ask_in_binary
from fanal.core.audit.actions import record
from fanal.core.vault.actions import Holding
from fanal.engine.fingerprint.prints import Print as FoundPrint
from fanal.engine.media.findings import Findings
from fanal.engine.media.findings import Preview as FoundPreview
from fanal.engine.media.refusals import Refusal
from fanal.engine.text.stored import TECHNIQUE as TEXT
from fanal.kit import crash
from fanal.kit.actor import SYSTEM
from fanal.kit.events import tell
from fanal.kit.portions import some_at_once

# Held until the commit, so that prints become visible in the order of their feed numbers.
FEED_LOCK = "SELECT pg_advisory_xact_lock(hashtext('fanal.prints.feed'))"

ADD_PRINTS = """
INSERT INTO prints_print (content_id, technique, data, turned, quality, time)
SELECT content, technique, data, turned, quality, time
  FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::smallint[], %s::float8[])
       WITH ORDINALITY AS given (content, technique, data, turned, quality, time, place)
 ORDER BY place
"""
ADD_PREVIEWS = """
INSERT INTO prints_preview (content_id, position, width, height, time, sealed)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::float8[], %s::bytea[])
ON CONFLICT DO NOTHING
"""
ROWS_A_STATEMENT = 500
"""The wall lets through previews of at most a MiB, and the database takes values of a GiB at once."""

SealedPreview = tuple[FoundPreview, bytes]
Made = TypeVar("Made")


def seal_previews(held: Holding, findings: Findings) -> list[SealedPreview]:
    """Encrypt the previews of one content under its own key."""
    return [(preview, held.seal(preview.image)) for preview in findings.previews]


def write(
    found: Mapping[int, Findings],
    refused: Mapping[int, Refusal],
    previews: Mapping[int, Sequence[SealedPreview]],
) -> None:
    """Write facts, fingerprints and previews of a batch of contents in the caller's transaction, and tell of it.

    Of contents that were erased meanwhile nothing is written.
    """
    there = take_turn([*found, *refused])
    found, refused, previews = _those(there, found), _those(there, refused), _those(there, previews)
    if not found and not refused:
        return
    note_examined(found)
    for content, refusal in refused.items():
        note_shelved(content, refusal)
    crash.here("prints.noted")
    _write_previews(previews)
    crash.here("prints.previews_written")
    _write_prints(found)
    crash.here("prints.written")
    outcome = {str(content): refusal.name.lower() for content, refusal in refused.items()}
    detail = {"examined": sorted(found), "shelved": outcome}
    if found:
        tell(PrintsMade(contents=tuple(sorted(found))))
    crash.here("prints.told")
    record("prints.examined", actor=SYSTEM, detail=detail)


def write_technique(content: int, technique: str, prints: Sequence[FoundPrint]) -> None:
    """Write what a content has of one technique, in place of what it had, in the caller's transaction; tell of it."""
    had, _ = Print.objects.filter(content=content, technique=technique).delete()
    with connection.cursor() as cursor:
        cursor.execute(FEED_LOCK)
    rows = [
        Print(content_id=content, technique=technique, data=one.data, quality=one.quality, time=one.time)
        for one in prints
    ]
    Print.objects.bulk_create(rows)
    if had or rows:
        tell(PrintsMade(contents=(content,), technique=technique))


def write_added(technique: str, found: Mapping[int, Sequence[FoundPrint]], refused: Mapping[int, Refusal]) -> None:
    """Write what an added technique made of a batch of contents, in the caller's transaction, and tell of it.

    Prints that it made before are replaced; those of other techniques are not touched. Of contents that were erased
    meanwhile nothing is written.
    """
    there = take_turn([*found, *refused])
    found, refused = _those(there, found), _those(there, refused)
    asked = sorted([*found, *refused])
    if not asked:
        return
    Print.objects.filter(content__in=asked, technique=technique).delete()
    _append(found)
    Computed.objects.filter(content__in=asked, technique=technique).delete()
    Computed.objects.bulk_create(
        Computed(content_id=content, technique=technique, refusal=refused.get(content)) for content in asked
    )
    crash.here("prints.added_written")
    made = tuple(content for content in sorted(found) if found[content])
    if made:
        tell(PrintsMade(contents=made, technique=technique))
    outcome = {str(content): refusal.name.lower() for content, refusal in refused.items()}
    record("prints.computed", actor=SYSTEM, detail={"technique": technique, "contents": asked, "refused": outcome})


def _those(there: Container[int], of_each: Mapping[int, Made]) -> dict[int, Made]:
    return {content: made for content, made in of_each.items() if content in there}


def _write_previews(previews: Mapping[int, Sequence[SealedPreview]]) -> None:
    rows = [
        (content, position, preview.width, preview.height, preview.time, sealed)
        for content, pictures in previews.items()
        for position, (preview, sealed) in enumerate(pictures)
    ]
    for some in _portions(rows):
        ask_in_binary(ADD_PREVIEWS, some)


def _write_prints(found: Mapping[int, Findings]) -> None:
    by_added = Computed.objects.filter(content=OuterRef("content"), technique=OuterRef("technique"))
    others = Print.objects.filter(~Exists(by_added), content__in=list(found))
    # Text is read apart, by `write_technique`.
    others.exclude(technique=TEXT).delete()
    _append({content: findings.prints for content, findings in found.items()})


def _append(prints: Mapping[int, Sequence[FoundPrint]]) -> None:
    rows = [
        (content, made.technique, made.data, made.turned, made.quality, made.time)
        for content, made_of_it in prints.items()
        for made in made_of_it
    ]
    with connection.cursor() as cursor:
        cursor.execute(FEED_LOCK)
    crash.here("prints.feed_locked")
    for some in _portions(rows):
        ask_in_binary(ADD_PRINTS, some)


def _portions(rows: Sequence[tuple[object, ...]]) -> Iterator[list[list[object]]]:
    """Yield the columns of so many rows as go into one statement."""
    for some in some_at_once(rows, ROWS_A_STATEMENT):
        yield [list(column) for column in zip(*some, strict=True)]
