"""Routes of cases: list, open, look at one, take part, hand the lead over, close; what is linked, and what happened."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.cases import actions, participation
from fanal.casework.cases.models import Case, Link
from fanal.casework.cases.queries import joined_case, links_of, seats_of, visible_case, visible_cases, waiting_offer
from fanal.casework.cases.timeline import Happening, timeline_of
from fanal.doors.api.caller import CASE, ApiRequest, Caller, log_view
from fanal.doors.api.digests import Sha256, as_hex, content_named
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut, cut_listed
from fanal.doors.api.problems import IfMatch, seen_version
from fanal.kit.errors import Changed, Invalid

router = Router(tags=["cases"])
State = Annotated[str, Query("", pattern="^(open|closed)?$", description="Only those that are open, or closed.")]
Title = Annotated[str, Field(min_length=1, max_length=actions.LONGEST_TITLE, description="Never a name.")]
Code = Annotated[str, Field(max_length=12, description="An agency's code.")]


class CaseTold(Schema):
    """A case. `joined` false: the caller's agency is invited, and sees no more than this and who takes part."""

    id: UUID
    reference: str
    title: str
    lead: str
    state: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    joined: bool


class SeatTold(Schema):
    """An agency in a case, and the names of its officers who work on it."""

    agency: str
    state: str
    officers: list[str]


class CaseInFull(CaseTold):
    """A case with who takes part; `offered_to` names whom the lead is offered to."""

    version: int
    """What the ETag says."""
    participants: list[SeatTold]
    offered_to: str | None


class LinkTold(Schema):
    """Something that is linked with a case, as far as the caller may see it anyway: a content by its SHA-256."""

    id: UUID
    kind: str
    thing: str | None
    agency: str
    at: datetime


class HappeningTold(Schema):
    """One thing that happened. `about` is what it happened to, where the caller may see that."""

    key: str
    at: datetime
    verb: str
    agency: str | None
    by: str | None
    kind: str
    about: str | None
    words: str


class Thing(Schema):
    """What is linked: a content by its SHA-256, or a lead, an entry or a clue by its id."""

    content: Sha256 | None = None
    lead: UUID | None = None
    entry: UUID | None = None
    clue: UUID | None = None


class Opening(Thing):
    """What a case is opened with; one thing may be linked at once."""

    title: Title


class Titled(Schema):
    """Another title."""

    title: Title


class Closing(Schema):
    """What came of it."""

    outcome: Annotated[str, Field(min_length=1, max_length=actions.LONGEST_OUTCOME)]


class Inviting(Schema):
    """An agency to invite, or whose invitation is withdrawn."""

    agency: Code
    withdraw: bool = False


class Answering(Schema):
    """Whether the caller's agency takes part."""

    joins: bool


class Staffing(Schema):
    """The names under which officers of the caller's agency sign in who work on it."""

    officers: Annotated[list[str], Field(max_length=participation.MOST_OFFICERS)]


class Offering(Schema):
    """To whom the lead is offered."""

    to: Code


class OfferAnswer(Schema):
    """`accept` or `refuse` an offer of the lead, or `withdraw` one's own."""

    answer: Annotated[str, Field(pattern="^(accept|refuse|withdraw)$")]


class Done(Schema):
    """The case in which it was done, and what was made, where something was."""

    case: UUID
    reference: str
    made: UUID | None = None


@router.get("/cases", response=Page[CaseTold], auth=CASE)
def index(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, state: State = "") -> Page[CaseTold]:
    """List the cases that the caller's agency takes part in or is invited to, newest first."""
    found = visible_cases(request.auth.agency)
    shown, following = cut(found.filter(state=state) if state else found, cursor, limit)
    log_view(request.auth, "cases.seen", cases=[str(case.pk) for case in shown])
    return Page[CaseTold](items=[CaseTold(**_told(request.auth, case)) for case in shown], next=following)


@router.post("/cases", response={201: Done}, auth=CASE)
@once(201)
def begin(request: ApiRequest, idempotency_key: Key, opening: Opening) -> Done:
    """Open a case that the caller's agency leads."""
    about = _thing(request.auth, opening)
    return _done(actions.open_case(opening.title, request.auth.user, dict([about]) if about else None))


@router.get("/cases/{uuid:case}", response=CaseInFull, auth=CASE)
def show(request: ApiRequest, response: HttpResponse, case: UUID) -> CaseInFull:
    """Tell of one case. Its ETag is needed to change it."""
    agency = request.auth.agency
    held = visible_case(agency, case)
    log_view(request.auth, "cases.seen", f"case:{held.pk}")
    response.headers["ETag"] = f'"{held.version}"'
    offer = waiting_offer(agency, held)
    seats = [
        SeatTold(
            agency=one.participant.agency.code,
            state=one.participant.state,
            officers=[person.username for person in one.officers],
        )
        for one in seats_of(agency, held)
    ]
    told = _told(request.auth, held)
    return CaseInFull(**told, version=held.version, participants=seats, offered_to=offer.to.code if offer else None)


@router.patch("/cases/{uuid:case}", response={200: Done}, auth=CASE)
@once(200)
def rename(request: ApiRequest, case: UUID, idempotency_key: Key, titled: Titled, if_match: IfMatch = None) -> Done:
    """Give a case another title; `If-Match` holds its ETag. For the agency that leads."""
    return _done(actions.rename(case, titled.title, request.auth.user, as_seen=_seen(request, case, if_match)))


@router.post("/cases/{uuid:case}/close", response={200: Done}, auth=CASE)
@once(200)
def close(request: ApiRequest, case: UUID, idempotency_key: Key, closing: Closing, if_match: IfMatch = None) -> Done:
    """Close a case with what came of it; `If-Match` holds its ETag. For the agency that leads."""
    return _done(actions.close_case(case, closing.outcome, request.auth.user, as_seen=_seen(request, case, if_match)))


@router.post("/cases/{uuid:case}/reopen", response={200: Done}, auth=CASE)
@once(200)
def reopen(request: ApiRequest, case: UUID, idempotency_key: Key, if_match: IfMatch = None) -> Done:
    """Open a closed case again; `If-Match` holds its ETag. For the agency that leads."""
    return _done(actions.reopen_case(case, request.auth.user, as_seen=_seen(request, case, if_match)))


@router.post("/cases/{uuid:case}/invitations", response={200: Done}, auth=CASE)
@once(200)
def invite(request: ApiRequest, case: UUID, idempotency_key: Key, inviting: Inviting) -> Done:
    """Invite an agency, or withdraw an invitation that nobody answered. For the agency that leads."""
    verb = participation.uninvite if inviting.withdraw else participation.invite
    return _done(verb(case, inviting.agency, request.auth.user).case)


@router.post("/cases/{uuid:case}/answer", response={200: Done}, auth=CASE)
@once(200)
def answer(request: ApiRequest, case: UUID, idempotency_key: Key, answering: Answering) -> Done:
    """Take part in a case that the caller's agency is invited to, or decline."""
    return _done(participation.answer_invitation(case, request.auth.user, joins=answering.joins).case)


@router.post("/cases/{uuid:case}/leave", response={200: Done}, auth=CASE)
@once(200)
def leave(request: ApiRequest, case: UUID, idempotency_key: Key) -> Done:
    """Take part no longer. What the agency put in stays."""
    return _done(participation.leave(case, request.auth.user).case)


@router.post("/cases/{uuid:case}/officers", response={200: Done}, auth=CASE)
@once(200)
def staff(request: ApiRequest, case: UUID, idempotency_key: Key, staffing: Staffing) -> Done:
    """Say which officers of the caller's agency work on it."""
    return _done(participation.say_officers(case, staffing.officers, request.auth.user).case)


@router.post("/cases/{uuid:case}/offers", response={201: Done}, auth=CASE)
@once(201)
def offer(request: ApiRequest, case: UUID, idempotency_key: Key, offering: Offering, if_match: IfMatch = None) -> Done:
    """Offer the lead to another participant; `If-Match` holds the ETag of the case."""
    seen = _seen(request, case, if_match)
    made = participation.offer_lead(case, offering.to, request.auth.user, as_seen=seen)
    return _done(made.case, made.pk)


@router.post("/cases/{uuid:case}/offer-answer", response={200: Done}, auth=CASE)
@once(200)
def answer_offer(request: ApiRequest, case: UUID, idempotency_key: Key, said: OfferAnswer) -> Done:
    """Accept or refuse the lead that is offered to the caller's agency, or withdraw one's own offer."""
    if said.answer == "withdraw":
        made = participation.withdraw_offer(case, request.auth.user)
    else:
        made = participation.answer_offer(case, request.auth.user, accepts=said.answer == "accept")
    return _done(made.case, made.pk)


@router.get("/cases/{uuid:case}/links", response=Page[LinkTold], auth=CASE)
def links(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[LinkTold]:
    """List what is linked with a case and the caller may see, newest first."""
    held = joined_case(request.auth.agency, case)
    shown, following = cut(links_of(request.auth.agency, held), cursor, limit)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", links=[str(one.pk) for one in shown])
    return Page[LinkTold](items=[_link(one) for one in shown], next=following)


@router.post("/cases/{uuid:case}/links", response={201: Done}, auth=CASE)
@once(201)
def link(request: ApiRequest, case: UUID, idempotency_key: Key, thing: Thing) -> Done:
    """Link something with a case. Nobody sees more of it for that."""
    held = joined_case(request.auth.agency, case)
    about = _thing(request.auth, thing)
    if about is None:
        raise Invalid("Nothing is named that could be linked.", next_step="Name a content, lead, entry or clue.")
    return _done(held, actions.link(case, *about, request.auth.user).pk)


@router.get("/cases/{uuid:case}/timeline", response=Page[HappeningTold], auth=CASE)
def timeline(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[HappeningTold]:
    """List what happened in a case and to what is linked with it, as far as the caller may see it, latest first."""
    held = joined_case(request.auth.agency, case)
    told = timeline_of(request.auth.agency, held)
    shown, following = cut_listed(told, cursor, limit, key=lambda one: one.key)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", happenings=[one.key for one in shown])
    return Page[HappeningTold](items=[_happening(one) for one in shown], next=following)


def _seen(request: ApiRequest, case: UUID, if_match: str | None) -> int:
    """Return the version that was looked at. Raises NotFound before anything else, and Changed for what is none."""
    joined_case(request.auth.agency, case)
    version = seen_version(if_match)
    if not version.isdecimal():
        raise Changed("This case is not as it was when you looked at it.")
    return int(version)


def _thing(caller: Caller, thing: Thing) -> tuple[str, Any] | None:
    if thing.content is not None:
        return "content", content_named(caller.agency, thing.content).pk
    named = {"lead": thing.lead, "entry": thing.entry, "clue": thing.clue}
    return next(((kind, one) for kind, one in named.items() if one is not None), None)


def _done(case: Case, made: UUID | None = None) -> Done:
    return Done(case=case.pk, reference=case.reference, made=made)


def _told(caller: Caller, case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "reference": case.reference,
        "title": case.title,
        "lead": case.lead.code,
        "state": case.state,
        "outcome": case.outcome,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "joined": caller.agency.pk in case.members,
    }


def _link(one: Link) -> LinkTold:
    content = one.content or (one.exhibit.content if one.exhibit else None)
    thing = as_hex(content.sha256) if content else str(one.lead_id or one.entry_id or one.clue_id)
    return LinkTold(id=one.pk, kind=one.kind, thing=thing, agency=one.agency.code, at=one.at)


def _happening(one: Happening) -> HappeningTold:
    about = one.event.about if one.event else getattr(one.thing, "pk", None)
    return HappeningTold(
        key=one.key,
        at=one.at,
        verb=one.verb,
        agency=one.agency.code if one.agency else None,
        by=one.by.username if one.by else None,
        kind=one.event.kind if one.event else one.key.partition(":")[0],
        about=str(about) if about else None,
        words=one.words,
    )
