"""Verbs on notices from the seal on: seal, hand out, sent, received there, answered; and reminders meanwhile."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fanal.casework.entries.actions import Subject, judge_country
from fanal.casework.entries.models import CountryVerdict
from fanal.casework.notices import dossier
from fanal.casework.notices.crops import being_cut
from fanal.casework.notices.drafting import change, held_notice, logged, step
from fanal.casework.notices.keys import SUFFIXES, read_key, seal_for
from fanal.casework.notices.models import Notice, Outcome, Recipient, State, Verb
from fanal.casework.notices.queries import matter_of, own_notice, recipient_for, rejected
from fanal.core.access.models import User
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import ONE_OF, Conflict, Invalid

PATIENCE = timedelta(days=7)
"""After each so many days in which nothing came back the agency is reminded."""
MOST_REMINDERS = 8
_SAYS = {
    Outcome.IDENTIFIED: CountryVerdict.Verdict.CONFIRMED,
    Outcome.WORKING: CountryVerdict.Verdict.CONFIRMED,
    Outcome.NOT_OURS: CountryVerdict.Verdict.REJECTED,
}
"""What an answer says of the likely country; that they need more says nothing."""


class KeyNotCompared(Conflict):
    """Nobody has read the fingerprint of the recipient's key to its owner."""

    code = "notices.key_not_compared"
    next_step = "Call them on a number that you know, read it to each other, and say so on the page of recipients."


class NotReleased(Conflict):
    """Whole pictures are chosen that two persons have not released."""

    code = "notices.not_released"
    next_step = "Ask for their release, or leave them out."


class BeingCut(Conflict):
    """The chosen crops are still being cut behind the wall."""

    code = "notices.being_cut"
    next_step = "Try again in a moment."


@needs(Right.JUDGE)
@transaction.atomic
def seal(notice: UUID, by: User) -> Notice:
    """Set the dossier and encrypt it for the country's key; the plain document exists in memory alone.

    Raises NotFound; Conflict where it has left, says nothing, goes to a country that was rejected, or nobody is known
    to send it to; KeyNotCompared, NotReleased, BeingCut; Invalid for a key that can be used no longer; and what the
    vault raises.
    """
    held = held_notice(notice, by, (State.DRAFT, State.RELEASED, State.SEALED))
    recipient = _ready(held)
    sealed = seal_for(read_key(recipient.key), dossier.pdf(held, clock.now().date()))
    held.recipient, held.sealed, held.digest = recipient, sealed, hashlib.sha256(sealed).digest()
    change(held, Verb.SEALED, State.SEALED, by)
    logged(held, "notices.sealed", by, sha256=held.digest.hex(), fingerprint=recipient.fingerprint)
    return held


def _ready(held: Notice) -> Recipient:
    if rejected(held):
        raise Conflict(
            "Officers rejected the country of this notice.", next_step="Withdraw it, or have the country confirmed."
        )
    if not held.known or not held.asked or not held.contact:
        raise Conflict(
            "The notice does not say what is known, what is asked and whom to contact.", next_step="Write that first."
        )
    recipient = recipient_for(held.country)
    if recipient is None:
        raise Conflict(
            "Nobody is known to whom this country wants notices sent.", next_step="A supervisor enters the recipient."
        )
    if recipient.compared_at is None:
        raise KeyNotCompared("The key of this country was not compared yet.")
    if held.pictures and held.state != State.RELEASED:
        raise NotReleased("Whole pictures leave only when two persons have released them.")
    if being_cut(held):
        raise BeingCut("The crops are still being cut.")
    return recipient


@needs(Right.JUDGE)
@transaction.atomic
def hand_out(notice: UUID, by: User) -> tuple[str, bytes]:
    """Return the name and the bytes of the sealed file, for the officer to send on their way; it is logged.

    Raises NotFound, also where it is not sealed.
    """
    held = own_notice(by.agency, notice)
    if held.sealed is None or held.recipient is None:
        raise Conflict("The notice is not sealed.", next_step="Seal it first.")
    logged(held, "notices.handed_out", by, sha256=bytes(held.digest or b"").hex())
    return held.reference + SUFFIXES[held.recipient.kind], bytes(held.sealed)


@needs(Right.JUDGE)
@transaction.atomic
def sent(notice: UUID, how: str, by: User) -> Notice:
    """Say that the sealed file was sent, and how: by diplomatic bag, by a liaison officer, by a secured line.

    Raises NotFound, Conflict where it is not sealed or was sent, Invalid where it is not said how.
    """
    held = held_notice(notice, by, (State.SEALED,))
    if not how.strip():
        raise Invalid("Say how it was sent.", next_step="Such as: through the liaison officer in Rabat.")
    held.sent_at = clock.now()
    change(held, Verb.SENT, State.SENT, by, how)
    logged(held, "notices.sent", by)
    return held


@needs(Right.JUDGE)
@transaction.atomic
def acknowledged(notice: UUID, by: User, note: str = "") -> Notice:
    """Say that the country has received it. Raises NotFound, Conflict where it is not on its way."""
    held = held_notice(notice, by, (State.SENT,))
    change(held, Verb.ACKNOWLEDGED, State.ACKNOWLEDGED, by, note)
    logged(held, "notices.acknowledged", by)
    return held


@needs(Right.JUDGE)
@transaction.atomic
def answered(notice: UUID, outcome: str, text: str, by: User) -> Notice:
    """Take down what the country answered; it may answer again. The others concerned are told.

    Where it says whether it is that country, the likely country is confirmed or rejected. Raises NotFound, Conflict
    where it was not sent, Invalid for another word.
    """
    held = held_notice(notice, by, (State.SENT, State.ACKNOWLEDGED, State.ANSWERED))
    if outcome not in Outcome.values:
        raise Invalid("%(given)s is no answer.", next_step=ONE_OF, given=outcome, known=", ".join(Outcome.values))
    held.outcome = outcome
    made = change(held, Verb.ANSWERED, State.ANSWERED, by, text, outcome)
    if Outcome(outcome) in _SAYS:
        _judge(held, _SAYS[Outcome(outcome)], by)
    defer("notices.tell_answer", notice=str(held.pk), step=made.pk)
    logged(held, "notices.answered", by, outcome=outcome)
    return held


def _judge(held: Notice, verdict: str, by: User) -> None:
    matter = matter_of(held)
    subjects = [Subject(entry=matter.entry.pk)] if matter.entry else []
    subjects += [Subject(content=content) for content in matter.files(by.agency)] if matter.entry is None else []
    for subject in subjects:
        judge_country(subject, held.country, verdict, by)


def quiet() -> list[Notice]:
    """Return what has not come back for another `PATIENCE`, each reminded of, in the caller's transaction."""
    now, found = clock.now(), []
    for notice in Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.SENT):
        due = int((now - (notice.sent_at or now)) / PATIENCE)
        if notice.reminded < min(due, MOST_REMINDERS):
            notice.reminded = due
            notice.save(update_fields=["reminded"])
            step(notice, Verb.REMINDED, None)
            found.append(notice)
    if found:
        record("notices.reminded", actor=SYSTEM, detail={"notices": [str(one.pk) for one in found]})
    return found
