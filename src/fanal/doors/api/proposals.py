"""Routes of what needs a second officer: list it, agree, refuse, withdraw."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from fanal.core.approvals import actions
from fanal.core.approvals.models import Proposal
from fanal.core.approvals.queries import in_words, proposal_of, proposals_of, waiting_for
from fanal.doors.api.caller import APPROVE, READ, SUBMIT, ApiRequest, log_view
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut

router = Router(tags=["proposals"])
Waiting = Annotated[bool, Query(False, description="Only what the caller may agree to now.")]


class ProposalTold(Schema):
    """Something that is done when a second officer agrees. `sentence` says what."""

    id: UUID
    kind: str
    subject: str
    sentence: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: datetime
    lapses_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    answer: str


class Answering(Schema):
    """Why not."""

    answer: Annotated[str, Field(max_length=2000)] = ""


class Settled(Schema):
    """What became of a proposal."""

    id: UUID
    state: str


@router.get("/proposals", response=Page[ProposalTold], auth=READ)
def index(
    request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, waiting: Waiting = False
) -> Page[ProposalTold]:
    """List what officers of the caller's agency proposed, newest first."""
    found = waiting_for(request.auth.user) if waiting else proposals_of(request.auth.agency)
    shown, following = cut(found, cursor, limit)
    log_view(request.auth, "approvals.seen", proposals=[str(one.pk) for one in shown])
    return Page[ProposalTold](items=[_told(one) for one in shown], next=following)


@router.get("/proposals/{uuid:proposal}", response=ProposalTold, auth=READ)
def show(request: ApiRequest, proposal: UUID) -> ProposalTold:
    """Tell of one proposal."""
    shown = proposal_of(request.auth.agency, proposal)
    log_view(request.auth, "approvals.seen", f"proposal:{shown.pk}")
    return _told(shown)


@router.post("/proposals/{uuid:proposal}/agreement", response={200: Settled}, auth=APPROVE)
@once(200)
def agree(request: ApiRequest, proposal: UUID, idempotency_key: Key) -> Settled:
    """Agree to what a colleague proposed; it is done with that. For supervisors, never for the proposer."""
    return _settled(actions.agree(proposal, request.auth.user))


@router.post("/proposals/{uuid:proposal}/refusal", response={200: Settled}, auth=APPROVE)
@once(200)
def refuse(request: ApiRequest, proposal: UUID, idempotency_key: Key, said: Answering) -> Settled:
    """Say no to what a colleague proposed, and why."""
    return _settled(actions.refuse(proposal, request.auth.user, said.answer))


@router.post("/proposals/{uuid:proposal}/withdrawal", response={200: Settled}, auth=SUBMIT)
@once(200)
def withdraw(request: ApiRequest, proposal: UUID, idempotency_key: Key) -> Settled:
    """Take back what the caller proposed."""
    return _settled(actions.withdraw(proposal, request.auth.user))


def _settled(held: Proposal) -> Settled:
    return Settled(id=held.pk, state=held.state)


def _told(one: Proposal) -> ProposalTold:
    return ProposalTold(
        id=one.pk,
        kind=one.kind,
        subject=one.subject,
        sentence=in_words(one),
        reason=one.reason,
        state=one.state,
        proposed_by=one.proposed_by.display_name,
        proposed_at=one.proposed_at,
        lapses_at=one.lapses_at,
        settled_by=one.settled_by.display_name if one.settled_by else None,
        settled_at=one.settled_at,
        answer=one.answer,
    )
