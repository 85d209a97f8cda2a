"""The log's side of witnessing: who may cosign, what they are shown, and the cosignatures that they gave."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from fanal.core.audit import queries
from fanal.core.audit.actions import record, sign_checkpoint
from fanal.core.audit.models import Checkpoint, Cosignature, Witness
from fanal.engine.merkle.errors import UnverifiedNote
from fanal.engine.merkle.keys import COSIGNATURE, VerifierKey, cosigned_at
from fanal.engine.merkle.notes import Note, Signature, parse_note
from fanal.engine.merkle.replay import Fault
from fanal.engine.merkle.witness import Request
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid, NotFound

LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """The longest log that a witness cosigned."""

    witness: str
    agency: UUID
    size: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.witness} saw the first {self.size} leaves on {self.at:%Y-%m-%d %H:%M} UTC."


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint with all cosignatures that were given to it."""

    note: str
    size: int
    keys: tuple[str, ...]
    """Verifier keys of the witnesses, in the order of their lines."""


@transaction.atomic
def admit_witness(untrusted_key: str, agency: UUID, actor: Actor) -> Witness:
    """Let the holder of a key cosign for an agency, or return the witness that it is already.

    Raises MalformedNote, Invalid for a key that signs no cosignatures, Conflict for one that is another agency's.
    """
    key = VerifierKey.parse(untrusted_key)
    if key.algorithm != COSIGNATURE:
        raise Invalid("This key signs logs, not cosignatures.", next_step="Use the key that `fanal witness new` said.")
    made, fresh = Witness.objects.get_or_create(key=str(key), defaults={"agency": agency, "admitted_at": clock.now()})
    if made.agency != agency:
        raise Conflict("This key is another agency's.", next_step="Let each agency make a key of its own.")
    if fresh:
        record("audit.witness_admitted", actor=actor, subject=f"agency:{agency}", detail={"key": made.key})
    return made


def offer(witness: Witness, actor: Actor) -> str:
    """Return what a witness is asked: the newest checkpoint, and the proof that it continues what they cosigned last.

    That it was offered is logged before. Raises AuditUnavailable, LogAltered.
    """
    last = _last(witness)
    old = last.checkpoint.size if last else 0
    with transaction.atomic():
        record("audit.checkpoint_offered", actor=actor, subject=f"witness:{witness.pk}", detail={"seen": old})
    sign_checkpoint()
    point = Checkpoint.objects.latest("id")
    return str(Request(old, queries.consistency(old, point.size), point.note))


@transaction.atomic
def keep_cosignature(untrusted_note: str, actor: Actor) -> Seen:
    """Keep the cosignature on one of our checkpoints.

    Raises MalformedNote, NotFound for a checkpoint that this log never signed, UnverifiedNote where no admitted witness
    cosigned it.
    """
    note = parse_note(untrusted_note)
    point = Checkpoint.objects.filter(note__startswith=f"{note.text}\n").first()
    if point is None:
        raise NotFound("This log never signed that checkpoint.", next_step="Keep it: it may be evidence.")
    found = _cosigned(note)
    if found is None:
        raise UnverifiedNote("No witness that was admitted has cosigned this checkpoint.")
    witness, signature = found
    at = min(LATEST, datetime.fromtimestamp(min(cosigned_at(signature.content), int(LATEST.timestamp())), UTC))
    Cosignature.objects.get_or_create(checkpoint=point, witness=witness, defaults={"line": str(signature), "at": at})
    seen = Seen(signature.name, witness.agency, point.size, at)
    detail = {"size": point.size, "line": str(signature)}
    record("audit.witnessed", actor=actor, subject=f"witness:{witness.pk}", detail=detail)
    return seen


def witness_of(agency: UUID) -> Witness:
    """Return an agency's witness, the newest. Raises NotFound."""
    found = Witness.objects.filter(agency=agency).order_by("-id").first()
    if found is None:
        raise NotFound("The agency has no witness.", next_step="Admit its key: fanal witness admit KEY --agency CODE")
    return found


def seen_by_witnesses() -> tuple[list[Seen], list[Fault]]:
    """Return what each witness cosigned last, and a fault for each cosignature that does not hold any more."""
    seen, faults = [], []
    for witness in Witness.objects.all():
        last = _last(witness)
        if last is None:
            continue
        key = VerifierKey.parse(witness.key)
        if not _holds(last, key):
            faults.append(Fault(f"The cosignature that is kept of {key.name} does not hold."))
        seen.append(Seen(key.name, witness.agency, last.checkpoint.size, last.at))
    return seen, faults


def longest_witnessed() -> Witnessed | None:
    """Return the longest checkpoint that was cosigned, None if there is none."""
    point = Checkpoint.objects.filter(cosignatures__isnull=False).order_by("-size").first()
    if point is None:
        return None
    given = list(point.cosignatures.select_related("witness"))
    note = point.note + "".join(f"{one.line}\n" for one in given)
    return Witnessed(note, point.size, tuple(one.witness.key for one in given))


def _last(witness: Witness) -> Cosignature | None:
    return witness.cosignatures.select_related("checkpoint").order_by("-checkpoint__size", "-id").first()


def _cosigned(note: Note) -> tuple[Witness, Signature] | None:
    """Return the first admitted witness who cosigned a note. Raises UnverifiedNote for a line that is forged."""
    for witness in Witness.objects.all():
        key = VerifierKey.parse(witness.key)
        if note.signed_by(key):
            lines = (one for one in note.signatures if (one.name, one.key_id) == (key.name, key.id))
            return witness, next(lines)
    return None


def _holds(given: Cosignature, key: VerifierKey) -> bool:
    text = parse_note(given.checkpoint.note + given.line + "\n")
    try:
        return text.signed_by(key)
    except UnverifiedNote:
        return False
