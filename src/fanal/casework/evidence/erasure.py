"""Taking exhibits away for good: the bytes that nobody else submitted are erased by destroying their key.

Locks are taken in the order of a delivery: submissions, bytes, contents. So whoever delivers the same bytes at the same
moment either comes first, and keeps them, or is told to deliver them again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from fanal.casework.evidence.actions import take_turn
from fanal.casework.evidence.events import ContentsErased, ExhibitsRemoved
from fanal.casework.evidence.holding import held_by
from fanal.casework.evidence.models import Content, Exhibit, Submission, Upload
from fanal.casework.evidence.queries import own_exhibits, own_submission
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.core.jobs.actions import defer
from fanal.core.vault.actions import delete_objects, erase_all, hold_to_erase
from fanal.kit import crash
from fanal.kit.errors import Conflict, NotFound
from fanal.kit.events import tell
from fanal.kit.portions import some_at_once

# The files that lay in these archives, and the archives that these files lay in, however deep. Whoever keeps an archive
# keeps all that is in it, so one that held what is to go cannot stay.
INSIDE = """
WITH RECURSIVE inside AS (
    SELECT id FROM evidence_exhibit WHERE id = ANY(%s)
    UNION SELECT member.id FROM evidence_exhibit member JOIN inside ON member.parent_id = inside.id
) SELECT id FROM inside
"""
AROUND = """
WITH RECURSIVE around AS (
    SELECT id, parent_id FROM evidence_exhibit WHERE id = ANY(%s)
    UNION SELECT packed.id, packed.parent_id FROM evidence_exhibit packed JOIN around ON packed.id = around.parent_id
) SELECT id FROM around
"""
# Their constraints are looked at when the transaction ends, so that archives and members go in one statement.
REMOVE = "DELETE FROM evidence_exhibit WHERE id = ANY(%s)"

CONTENTS_AT_ONCE = 1_000
FINISHED_AFTER = (0.0, 60.0, 900.0)
"""Seconds after which it is finished again: work on the bytes may have been under way when their key was destroyed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken away: contents of which exhibits went, and those of them whose bytes went too."""

    contents: dict[int, bytes]
    """Their SHA-256, empty where only others digests were known."""
    gone: frozenset[int]


@asking_for_everybody()
def exhibits_in_scope(agency: Agency, subject: str) -> list[int]:
    """Return the agency's own exhibits that go with a subject: `submission:ID`, or what `held_by` reads.

    With a file go all that lay in it and the archives that it lay in; what else lay in these stays.
    Raises NotFound alike for what is not there and what is another's.
    """
    kind, _, reference = subject.partition(":")
    if kind == "submission":
        held = own_submission(agency, as_id(reference))
        return sorted(held.exhibits.values_list("pk", flat=True))
    named = [exhibit.pk for exhibit in held_by(agency, subject).exhibits]
    found = set(_ids(INSIDE, named)) | set(_ids(AROUND, named))
    return sorted(own_exhibits(agency).filter(pk__in=found).values_list("pk", flat=True))


@asking_for_everybody()
def take_away(agency: Agency, subject: str) -> Erased:
    """Remove an agency's own exhibits in the scope of a subject; erase the bytes that nobody else submitted.

    All in the caller's transaction: nouns above hear `ContentsErased` and let go of what they made of these bytes.
    Raises NotFound as `exhibits_in_scope`, Conflict while one of their submissions still receives files.
    """
    _lock_submissions(agency, exhibits_in_scope(agency, subject))
    # Asked again: an archive may have been unpacked before the lock was ours.
    own = own_exhibits(agency).filter(pk__in=exhibits_in_scope(agency, subject))
    rows = list(own.values_list("pk", "content", "submission", "path_key"))
    contents = {content for _, content, _, _ in rows}
    known = Content.objects.filter(pk__in=contents).values_list("pk", "sha256")
    digests = {pk: bytes(sha256 or b"") for pk, sha256 in known}
    hold_to_erase([sha256 for sha256 in digests.values() if sha256])
    take_turn(contents)
    _remove([pk for pk, _, _, _ in rows])
    for submission in {submission for _, _, submission, _ in rows}:
        keys = [key for _, _, of, key in rows if of == submission]
        Upload.objects.filter(submission=submission, path_key__in=keys).delete()
    crash.here("erase.exhibits_removed")
    gone = _without_bytes(contents)
    _forget(gone, [digests[content] for content in gone if digests[content]])
    return Erased(digests, frozenset(gone))


def _lock_submissions(agency: Agency, exhibits: Collection[int]) -> None:
    held = own_exhibits(agency).filter(pk__in=exhibits).values("submission")
    locked = list(Submission.objects.filter(pk__in=held).order_by("pk").select_for_update())
    if any(one.state == Submission.State.RECEIVING for one in locked):
        raise Conflict("This submission still receives files: close it first.")


def finish_erasing(contents: Iterable[int], objects: Sequence[str]) -> None:
    """Do again what may have been cut off, and let go of what work that was under way wrote after the erasure.

    In the caller's transaction; what was submitted anew meanwhile is left alone.
    """
    delete_objects(objects)
    gone = _without_bytes(contents)
    for some in some_at_once(gone, CONTENTS_AT_ONCE):
        tell(ContentsErased(tuple(some)))


def as_id(untrusted_text: str) -> UUID:
    """Return the id of a submission. Raises NotFound for what is none, as for one that is not there."""
    try:
        return UUID(untrusted_text)
    except ValueError:
        raise NotFound("There is no such submission of your agency.") from None


def _remove(exhibits: list[int]) -> None:
    """Remove exhibits. What lay in an archive that goes, and stays itself, stands by itself from now on."""
    Exhibit.objects.filter(parent__in=exhibits).exclude(pk__in=exhibits).update(parent=None, depth=0)
    tell(ExhibitsRemoved(tuple(exhibits)))
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [exhibits])


def _without_bytes(contents: Iterable[int]) -> list[int]:
    with_bytes = Exhibit.objects.filter(content=OuterRef("pk"), submission__hash_only=False)
    found = Content.objects.filter(~Exists(with_bytes), pk__in=list(contents))
    return sorted(found.values_list("pk", flat=True))


def _forget(gone: list[int], digests: list[bytes]) -> None:
    """Leave of these contents their digests alone, as if nothing else had ever been submitted of them."""
    Content.objects.filter(pk__in=gone).update(
        state=Content.State.HASH_ONLY,
        blob=None,
        refusal=None,
        media_type="",
        family="",
        width=None,
        height=None,
        duration=None,
        facts={},
    )
    objects = erase_all(digests)
    crash.here("erase.keys_destroyed")
    for some in some_at_once(gone, CONTENTS_AT_ONCE):
        tell(ContentsErased(tuple(some)))
    crash.here("erase.told")
    for wait in FINISHED_AFTER:
        defer("evidence.finish_erasing", wait=wait, contents=gone, objects=objects)


def _ids(sql: str, exhibits: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [exhibits])
        return [row[0] for row in cursor.fetchall()]
