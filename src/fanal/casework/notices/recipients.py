"""Verbs on recipients: enter whom a country's notices go to and for which key, and compare that key."""

from uuid import UUID

from django.db import transaction

from fanal.casework.notices.keys import read_key
from fanal.casework.notices.models import Language, Recipient
from fanal.casework.notices.queries import is_connected
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of, operator_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.errors import ONE_OF, Conflict, Invalid, NotFound, Refused

LONGEST_CONTACT = 500


@needs(Right.RECIPIENTS)
@transaction.atomic
def enter_recipient(agency: Agency, contact: str, key: str, language: str, by: User) -> Recipient:
    """Enter whom an agency that is not connected wants its notices sent to; somebody else then compares the key.

    Raises Refused for an officer, Conflict for a country that is connected, Invalid for a key that is none, for no
    contact and for a language that notices are not written in.
    """
    return _enter(agency, contact, key, language, by)


@transaction.atomic
def bring_in_recipient(agency: Agency, contact: str, key: str, language: str) -> Recipient:
    """Enter a recipient as the machine's operator. Raises as `enter_recipient`."""
    return _enter(agency, contact, key, language, None)


def _enter(agency: Agency, contact: str, key: str, language: str, by: User | None) -> Recipient:
    if agency.connected or is_connected(agency.country):
        raise Conflict("This country is connected: it is told by an alert.")
    words = contact.replace("\0", "").strip()
    if not words or len(words) > LONGEST_CONTACT:
        raise Invalid(
            "Say whom the notices go to.",
            next_step="A desk, post, telephone: %(most)s characters.",
            most=LONGEST_CONTACT,
        )
    if language not in Language.values:
        raise Invalid("Notices are not written in this language.", next_step=ONE_OF, known=", ".join(Language.values))
    read = read_key(key)
    made = Recipient.objects.create(
        agency=agency,
        contact=words,
        language=language,
        kind=read.kind,
        key=read.text,
        fingerprint=read.fingerprint,
        by=by,
        of_id=by.agency_id if by else None,
        at=clock.now(),
    )
    detail = {"country": agency.country, "kind": str(read.kind), "fingerprint": read.fingerprint}
    actor = actor_of(by) if by else operator_of(None)
    record("notices.recipient_entered", actor=actor, subject=f"agency:{agency.pk}", detail=detail)
    return made


@needs(Right.JUDGE)
@asking_for_everybody()
@transaction.atomic
def compare_key(recipient: UUID, by: User) -> Recipient:
    """Say that one read the fingerprint to its owner, on another way than the key came, and that it is the same.

    Raises NotFound; Refused for whoever entered it; Conflict where that was said before, or another key is in force.
    """
    held = Recipient.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=recipient).first()
    if held is None:
        raise NotFound("There is no such recipient.")
    if held.by_id == by.pk:
        raise Refused("Who entered a key does not compare it.", next_step="Ask a colleague to call.")
    last = Recipient.objects.filter(agency=held.agency_id).first()
    if held.compared_at is not None or last is None or last.pk != held.pk:
        raise Conflict("This key was compared before, or another one is in force.")
    held.compared_by, held.compared_at = by, clock.now()
    held.save(update_fields=["compared_by", "compared_at"])
    detail = {"country": held.agency.country, "fingerprint": held.fingerprint}
    record("notices.key_compared", actor=actor_of(by), subject=f"agency:{held.agency_id}", detail=detail)
    return held
