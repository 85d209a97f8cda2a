"""Verbs of taking part: invite, join or decline, leave, say who works on it, hand the lead over."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from fanal.casework.cases.deeds import changing, happened, hold, hold_any, lead_only
from fanal.casework.cases.models import Case, Event, Offer, Participant
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import agency_by_code, users
from fanal.core.access.roles import Right, needs
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, NotFound

MOST_OFFICERS = 50
_HERE = Participant.State


@needs(Right.CASE)
@transaction.atomic
def invite(case: UUID, code: str, by: User) -> Participant:
    """Invite an agency. It sees who invites it to what, and nothing of what is in the room until it joins.

    Raises as `deeds.hold`, Conflict for those who do not lead and for an agency that is invited or there already,
    NotFound for no agency, Invalid for one that is not connected.
    """
    held = hold(case, by)
    lead_only(held, by)
    agency = agency_by_code(code)
    if not agency.connected:
        raise Invalid("%(agency)s is not connected, so it cannot join.", next_step="Send it a notice.", agency=code)
    if agency.pk in [*held.members, *held.invited]:
        raise Conflict("%(agency)s is invited or takes part already.", agency=code)
    with changing(held):
        held.invited = [*held.invited, agency.pk]
        seat = _sits(held, agency, _HERE.INVITED)
    happened(Event.Verb.INVITED, held, by, other=agency)
    return seat


@needs(Right.CASE)
@transaction.atomic
def uninvite(case: UUID, code: str, by: User) -> Participant:
    """Withdraw an invitation that nobody answered. Raises as `invite`, Conflict where there is none."""
    held = hold(case, by)
    lead_only(held, by)
    agency = agency_by_code(code)
    if agency.pk not in held.invited:
        raise Conflict("No invitation of %(agency)s waits for an answer.", agency=code)
    with changing(held):
        held.invited = [one for one in held.invited if one != agency.pk]
        seat = _sits(held, agency, _HERE.WITHDRAWN)
    happened(Event.Verb.UNINVITED, held, by, other=agency)
    return seat


@needs(Right.CASE)
@transaction.atomic
def answer_invitation(case: UUID, by: User, *, joins: bool) -> Participant:
    """Join a case that one's agency is invited to, or decline. Raises NotFound, Conflict where nothing waits."""
    held = hold_any(case, by, invited=True)
    if by.agency_id not in held.invited:
        raise Conflict("Your agency takes part already.")
    with changing(held):
        held.invited = [one for one in held.invited if one != by.agency_id]
        held.members = [*held.members, by.agency_id] if joins else held.members
        seat = _sits(held, by.agency, _HERE.JOINED if joins else _HERE.DECLINED, by if joins else None)
    happened(Event.Verb.JOINED if joins else Event.Verb.DECLINED, held, by)
    return seat


@needs(Right.CASE)
@transaction.atomic
def leave(case: UUID, by: User) -> Participant:
    """Take part no longer. What one's agency put in stays. Raises NotFound, Conflict for the agency that leads."""
    held = hold_any(case, by)
    if held.lead_id == by.agency_id:
        raise Conflict("Your agency leads this case.", next_step="Hand the lead over first, or close the case.")
    with changing(held):
        held.members = [one for one in held.members if one != by.agency_id]
        _end_offers(held, by, to=by.agency)
        seat = _sits(held, by.agency, _HERE.LEFT)
    happened(Event.Verb.LEFT, held, by)
    return seat


def _sits(case: Case, agency: Agency, state: Participant.State, officer: User | None = None) -> Participant:
    seat = Participant.objects.filter(case=case, agency=agency).first() or Participant(case=case, agency=agency)
    seat.case = case  # who has just left is given none by the database
    seat.state, seat.at, seat.officers = state, clock.now(), [officer.pk] if officer else []
    seat.save()
    return seat


@needs(Right.CASE)
@transaction.atomic
def say_officers(case: UUID, names: Collection[str], by: User) -> Participant:
    """Say which officers of one's agency work on a case, by the names with which they sign in.

    Raises as `deeds.hold`, Invalid for a name that nobody of the agency has.
    """
    held = hold(case, by)
    known = {one.username: one for one in users(by.agency) if one.is_active}
    unknown = sorted(set(names) - known.keys())
    if unknown or len(set(names)) > MOST_OFFICERS:
        raise Invalid("Not all of these are officers of your agency.", next_step="Choose colleagues from the list.")
    with asking_for_everybody():
        seat = Participant.objects.get(case=held, agency=by.agency_id)
        seat.officers = sorted({known[name].pk for name in names})
        seat.save(update_fields=["officers"])
    happened(Event.Verb.STAFFED, held, by)
    return seat


@needs(Right.CASE)
@transaction.atomic
def offer_lead(case: UUID, code: str, by: User, *, as_seen: int | None = None) -> Offer:
    """Offer the lead to another participant. Raises as `deeds.hold`, Conflict where one waits, Invalid for others."""
    held = hold(case, by, as_seen=as_seen)
    lead_only(held, by)
    agency = agency_by_code(code)
    if agency.pk not in held.members or agency.pk == by.agency_id:
        raise Invalid(
            "%(agency)s does not take part, or leads already.", next_step="Choose another participant.", agency=code
        )
    with asking_for_everybody():
        if Offer.objects.filter(case=held, state=Offer.State.WAITING).exists():
            raise Conflict("The lead is offered already.", next_step="Withdraw that offer first.")
        made = Offer.objects.create(case=held, to=agency, by=by, at=clock.now())
    happened(Event.Verb.OFFERED, held, by, about=made.pk, other=agency)
    return made


@needs(Right.CASE)
@transaction.atomic
def answer_offer(case: UUID, by: User, *, accepts: bool) -> Offer:
    """Accept the lead that is offered to one's agency, or refuse it. Raises as `deeds.hold`, NotFound for no offer."""
    held = hold(case, by)
    with changing(held):
        offer = _waiting(held)
        if offer.to_id != by.agency_id:
            raise NotFound("There is no such offer.")
        _answer(offer, by, Offer.State.ACCEPTED if accepts else Offer.State.REFUSED)
        if accepts:
            held.lead = by.agency
    happened(Event.Verb.ACCEPTED if accepts else Event.Verb.REFUSED, held, by, about=offer.pk)
    return offer


@needs(Right.CASE)
@transaction.atomic
def withdraw_offer(case: UUID, by: User) -> Offer:
    """Take back an offer of the lead that nobody answered. Raises as `deeds.hold`, NotFound for no offer."""
    held = hold(case, by)
    lead_only(held, by)
    with asking_for_everybody():
        offer = _waiting(held)
        _answer(offer, by, Offer.State.WITHDRAWN)
    happened(Event.Verb.RETRACTED, held, by, about=offer.pk, other=offer.to)
    return offer


def _waiting(case: Case) -> Offer:
    offer = Offer.objects.filter(case=case, state=Offer.State.WAITING).select_related("to").first()
    if offer is None:
        raise NotFound("There is no such offer.")
    offer.case = case
    return offer


def _end_offers(case: Case, by: User, *, to: Agency) -> None:
    for offer in Offer.objects.filter(case=case, to=to, state=Offer.State.WAITING):
        _answer(offer, by, Offer.State.REFUSED)


def _answer(offer: Offer, by: User, state: Offer.State) -> None:
    offer.state, offer.answered_by, offer.answered_at = state, by, clock.now()
    offer.save()
