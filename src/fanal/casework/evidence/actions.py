"""Verbs on evidence: open a submission, receive files, close it, and write down what examining a content found."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from fanal.casework.evidence import intake
from fanal.casework.evidence.events import ContentsReceived
from fanal.casework.evidence.intake import Received, Written
from fanal.casework.evidence.models import Content, Exhibit, Handling, Source, Submission, Visibility
from fanal.casework.evidence.paths import as_text
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.core.vault.actions import Sealed, store_rows
from fanal.engine.media.findings import Findings
from fanal.engine.media.refusals import Refusal
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM, Actor
from fanal.kit.errors import Conflict, Invalid
from fanal.kit.events import tell

__all__ = [
    "Delivery",
    "Received",
    "Written",
    "close_submission",
    "conclude_delivery",
    "finish_unpacking",
    "note_examined",
    "note_shelved",
    "open_submission",
    "receive",
    "take_turn",
]


NOTE_EXAMINED = """
UPDATE evidence_content AS content
   SET state = 'examined', refusal = NULL, media_type = given.media_type, family = given.family,
       width = given.width, height = given.height, duration = given.duration, facts = given.facts
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::integer[], %s::integer[], %s::float8[], %s::jsonb[])
       AS given (id, media_type, family, width, height, duration, facts)
 WHERE content.id = given.id
"""

_LONGEST = {"case_reference": 200, "legal_basis": 500}
"""Characters that the columns of a submission keep."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an agency says of the files it submits."""

    agency: Agency
    label: str
    """What is delivered, in words: usually the folder's name."""
    origin: str
    """Where the files are read from; the same origin resumes a delivery that was cut off."""
    case_reference: str = ""
    source: Source = Source.SEIZED_DEVICE
    legal_basis: str = ""
    visibility: Visibility = Visibility.OWN
    named: tuple[Agency, ...] = ()
    """Whom it is shown to, where its visibility is `named`."""
    handling: Handling = Handling.FREE
    hash_only: bool = False

    @property
    def resume_key(self) -> bytes:
        """Equal for deliveries that are one and the same, cut off and begun again (32 bytes)."""
        parts = [self.origin, self.case_reference, self.source, self.legal_basis, self.visibility, self.hash_only]
        if self.named or self.handling != Handling.FREE:
            parts += [self.handling, *sorted(agency.code for agency in self.named)]
        return hashlib.sha256(repr(tuple(str(part) for part in parts)).encode()).digest()


@transaction.atomic
def open_submission(delivery: Delivery, actor: Actor) -> Submission:
    """Open a submission, or return the one that this delivery was cut off from, open again.

    A delivery is cut off until `conclude_delivery`: also when all its files had arrived, but not the answer.
    Raises Invalid for what is too long to be kept and where it is not clear whom the submission is shown to,
    AuditUnavailable when it cannot be logged.
    """
    named = _named(delivery)
    case_reference, legal_basis = _kept(delivery, "case_reference"), _kept(delivery, "legal_basis")
    submission, fresh = Submission.objects.select_for_update().get_or_create(
        agency=delivery.agency,
        resume_key=delivery.resume_key,
        defaults={
            "case_reference": case_reference,
            "source": delivery.source,
            "legal_basis": legal_basis,
            "visibility": delivery.visibility,
            "named": [agency.pk for agency in named],
            "handling": delivery.handling,
            "hash_only": delivery.hash_only,
            "label": as_text(delivery.label)[:300],
            "created_at": clock.now(),
        },
    )
    if submission.state == Submission.State.RECEIVED:
        submission.state, submission.received_at = Submission.State.RECEIVING, None
        submission.save(update_fields=["state", "received_at"])
    crash.here("open.written")
    verb = "evidence.submission_opened" if fresh else "evidence.submission_resumed"
    detail = {
        "agency": delivery.agency.code,
        "case_reference": case_reference,
        "source": str(delivery.source),
        "legal_basis": legal_basis,
        "visibility": str(delivery.visibility),
        "named": [agency.code for agency in named],
        "handling": str(delivery.handling),
        "hash_only": delivery.hash_only,
    }
    record(verb, actor=actor, subject=f"submission:{submission.id}", detail=detail)
    return submission


def _named(delivery: Delivery) -> list[Agency]:
    """Return the other agencies that the delivery is shown to, by code. Raises Invalid where there should be some."""
    others = {agency.pk: agency for agency in delivery.named if agency.pk != delivery.agency.pk}
    if (delivery.visibility == Visibility.NAMED) != bool(others):
        raise Invalid(
            "A submission names other agencies if, and only if, it is visible to named agencies.",
            next_step="Name at least one other agency, or choose another visibility.",
        )
    return sorted(others.values(), key=lambda agency: agency.code)


def _kept(delivery: Delivery, name: str) -> str:
    """Return what the delivery says, as its column can keep it. Raises Invalid when it is too long."""
    text, most = as_text(str(getattr(delivery, name))), _LONGEST[name]
    if len(text) > most:
        raise Invalid(
            "A case reference has up to %(reference)s characters, a legal basis up to %(basis)s.",
            next_step="Shorten it.",
            reference=_LONGEST["case_reference"],
            basis=_LONGEST["legal_basis"],
        )
    return text


@asking_for_everybody()
def receive(
    submission: Submission,
    received: Sequence[Received],
    sealed: Sequence[Sealed],
    actor: Actor,
    parent: Exhibit | None = None,
) -> Written:
    """Write a batch of files whose bytes are already durable in the vault.

    The caller has seen to it that the submission is the actor's agency's own. When this returns, bytes and rows survive
    anything. Files that the submission holds already change nothing.
    Raises Conflict when the submission is closed, AuditUnavailable when it cannot be logged; then nothing was written.
    """
    with transaction.atomic():
        _refuse_if_closed(submission, parent)
        crash.here("receive.begun")
        store_rows(sealed)
        written = intake.write(submission.id, received, parent)
        crash.here("receive.written")
        _unpack_what_is_known_to_be_packed(submission, written)
        tell(ContentsReceived(submission=submission.id, contents=written.contents, fresh=written.fresh))
        crash.here("receive.told")
        record(
            "evidence.received", actor=actor, subject=f"submission:{submission.id}", detail=_detail(received, parent)
        )
        crash.here("receive.logged")
    crash.here("receive.kept")
    return written


def _refuse_if_closed(submission: Submission, parent: Exhibit | None) -> None:
    held = Submission.objects.select_for_update().get(pk=submission.pk)
    if parent is None and held.state != Submission.State.RECEIVING:
        raise Conflict("This submission is closed.", next_step="Open a new submission for more files.")


def _detail(received: Sequence[Received], parent: Exhibit | None) -> dict[str, object]:
    digests = [item.digests.sha256.hex() for item in received]
    return {"exhibits": len(received), "archive": parent.pk if parent else None, "sha256": digests}


def _unpack_what_is_known_to_be_packed(submission: Submission, written: Written) -> None:
    if submission.hash_only:
        return  # its submitter has digests alone, and learns nothing of what lies in the archive
    packed = Exhibit.objects.filter(
        submission=submission,
        content__in=written.contents,
        content__family="archive",
        # Shelved once it was examined: of that one, what can be read is unpacked here too.
        content__state__in=(Content.State.EXAMINED, Content.State.SHELVED),
        unpacked_at__isnull=True,
    )
    for exhibit in packed.values_list("pk", flat=True):
        defer("evidence.unpack", exhibit=exhibit)


@transaction.atomic
def close_submission(submission: Submission, actor: Actor) -> None:
    """Say that everything was delivered."""
    changed = Submission.objects.filter(pk=submission.pk, state=Submission.State.RECEIVING).update(
        state=Submission.State.RECEIVED, received_at=clock.now()
    )
    crash.here("close.written")
    if changed:
        detail = {"exhibits": submission.exhibits.count()}
        record("evidence.submission_closed", actor=actor, subject=f"submission:{submission.id}", detail=detail)
    submission.refresh_from_db()


def conclude_delivery(submission: Submission) -> None:
    """Note that the submitter knows how the delivery ended: the same files delivered again are another submission."""
    Submission.objects.filter(pk=submission.pk, state=Submission.State.RECEIVED).update(resume_key=None)


@asking_for_everybody()
def take_turn(contents: Iterable[int]) -> frozenset[int]:
    """Lock contents that are about to be written, in the caller's transaction, in the order in which deliveries do.

    A delivery locks every content that it holds, by digest: in another order, both could wait for each other. Returns
    those that have bytes: of one that was erased while it was looked at, nothing may be written.
    """
    waited_for = Content.objects.filter(pk__in=list(contents)).order_by("sha256").select_for_update(no_key=True)
    states = dict(waited_for.values_list("pk", "state"))
    return frozenset(content for content, state in states.items() if state != Content.State.HASH_ONLY)


def note_examined(found: Mapping[int, Findings]) -> None:
    """Write down what contents are, in the caller's transaction; archives are then unpacked."""
    each = list(found.values())
    columns = (
        list(found),
        [findings.media_type for findings in each],
        [findings.family for findings in each],
        [findings.width for findings in each],
        [findings.height for findings in each],
        [findings.duration for findings in each],
        [json.dumps(dict(findings.facts)) for findings in each],
    )
    with connection.cursor() as cursor:
        cursor.execute(NOTE_EXAMINED, columns)
    archives = [content for content, findings in found.items() if findings.family == "archive"]
    if archives:
        packed = Exhibit.objects.filter(content__in=archives, unpacked_at__isnull=True, submission__hash_only=False)
        for exhibit in packed.order_by("pk").values_list("pk", flat=True):
            defer("evidence.unpack", exhibit=exhibit)


def note_shelved(content: int, refusal: Refusal) -> None:
    """Write down that a content could not be read, and why, in the caller's transaction. Its bytes stay."""
    Content.objects.filter(pk=content).update(state=Content.State.SHELVED, refusal=int(refusal))


@transaction.atomic
def finish_unpacking(exhibit: Exhibit, refusal: Refusal | None) -> None:
    """Say that all members of an archive that could be read are exhibits now, or why the rest could not be read."""
    Exhibit.objects.filter(pk=exhibit.pk).update(unpacked_at=clock.now())
    if refusal is not None:
        note_shelved(exhibit.content_id, refusal)
    detail = {"members": exhibit.members.count(), "refusal": refusal.name.lower() if refusal else None}
    crash.here("unpack.written")
    record("evidence.unpacked", actor=SYSTEM, subject=f"exhibit:{exhibit.pk}", detail=detail)
