"""Routes of retention: rules, legal holds, what falls due, and proposing to delete by rule or by order."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from fanal.casework.evidence.models import Source
from fanal.casework.retention import actions
from fanal.casework.retention.models import Deletion, Ground, Hold, Rule
from fanal.casework.retention.queries import deletions_of, due_by, holds_of, rules_of
from fanal.doors.api.caller import APPROVE, READ, SUBMIT, ApiRequest, log_view
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut
from fanal.kit import clock

router = Router(tags=["retention"])
Until = Annotated[AwareDatetime | None, Query(None, description="What will have fallen due by then; now without it.")]
Subject = Annotated[
    str,
    Field(min_length=1, max_length=100, description="`submission:ID`, `exhibit:N`, `content:N`, or a SHA-256."),
]
Reference = Annotated[str, Field(max_length=200)]
Reason = Annotated[str, Field(max_length=2000)]


class RuleTold(Schema):
    """How long material is kept from its submission. Empty: any."""

    id: UUID
    source: str
    legal_basis: str
    months: int
    made_at: datetime


class Rules(Schema):
    """The rules that hold."""

    items: list[RuleTold]


class Making(Schema):
    """A rule to be made."""

    months: Annotated[int, Field(ge=1, le=actions.MOST_MONTHS)]
    source: Source | None = None
    legal_basis: Annotated[str, Field(max_length=500)] = ""


class HoldTold(Schema):
    """What is not deleted until it is lifted."""

    id: UUID
    subject: str
    reference: str
    reason: str
    at: datetime


class Holds(Schema):
    """The holds that were not lifted."""

    items: list[HoldTold]


class Laying(Schema):
    """A hold to be laid."""

    subject: Subject
    reference: Reference
    reason: Reason = ""


class DueTold(Schema):
    """A submission whose time is over, and the hold that keeps it all the same."""

    submission: UUID
    name: str
    files: int
    at: datetime
    hold: str | None


class DueOnes(Schema):
    """What falls due; the longest over first. Nothing is deleted by asking."""

    items: list[DueTold]


class Ordering(Schema):
    """What is to be deleted, and on what ground. An order has a reference."""

    subject: Subject
    ground: Ground
    reference: Reference = ""
    reason: Reason


class Made(Schema):
    """What was made or changed."""

    id: UUID


class DeletionTold(Schema):
    """Something that was deleted."""

    id: UUID
    subject: str
    ground: str
    reference: str
    exhibits: int
    at: datetime


@router.get("/retention/rules", response=Rules, auth=READ)
def rules(request: ApiRequest) -> Rules:
    """List how long the caller's agency keeps what."""
    shown = list(rules_of(request.auth.agency))
    log_view(request.auth, "retention.seen", rules=[str(one.pk) for one in shown])
    return Rules(items=[_rule(one) for one in shown])


@router.post("/retention/rules", response={201: Made}, auth=APPROVE)
@once(201)
def make_rule(request: ApiRequest, idempotency_key: Key, making: Making) -> Made:
    """Say how long material of a kind is kept. It deletes nothing by itself."""
    source = str(making.source) if making.source else ""
    return Made(id=actions.make_rule(making.months, source, making.legal_basis, request.auth.user).pk)


@router.post("/retention/rules/{uuid:rule}/end", response={200: Made}, auth=APPROVE)
@once(200)
def end_rule(request: ApiRequest, rule: UUID, idempotency_key: Key) -> Made:
    """End a rule."""
    return Made(id=actions.end_rule(rule, request.auth.user).pk)


@router.get("/retention/holds", response=Holds, auth=READ)
def holds(request: ApiRequest) -> Holds:
    """List the legal holds of the caller's agency."""
    shown = list(holds_of(request.auth.agency))
    log_view(request.auth, "retention.seen", holds=[str(one.pk) for one in shown])
    return Holds(items=[_hold(one) for one in shown])


@router.post("/retention/holds", response={201: Made}, auth=SUBMIT)
@once(201)
def lay_hold(request: ApiRequest, idempotency_key: Key, laying: Laying) -> Made:
    """Keep something from being deleted."""
    return Made(id=actions.lay_hold(laying.subject, laying.reference, laying.reason, request.auth.user).pk)


@router.post("/retention/holds/{uuid:hold}/lift", response={200: Made}, auth=APPROVE)
@once(200)
def lift_hold(request: ApiRequest, hold: UUID, idempotency_key: Key) -> Made:
    """Lift a hold."""
    return Made(id=actions.lift_hold(hold, request.auth.user).pk)


@router.get("/retention/due", response=DueOnes, auth=READ)
def due(request: ApiRequest, until: Until = None) -> DueOnes:
    """List the submissions whose time is over: a dry run."""
    found = due_by(request.auth.agency, until or clock.now())
    log_view(request.auth, "retention.seen", submissions=[str(one.submission.pk) for one in found])
    told = [
        DueTold(
            submission=one.submission.pk,
            name=one.submission.name,
            files=one.submission.files,
            at=one.at,
            hold=one.hold.reference if one.hold else None,
        )
        for one in found
    ]
    return DueOnes(items=told)


@router.post("/retention/orders", response={201: Made}, auth=SUBMIT)
@once(201)
def order(request: ApiRequest, idempotency_key: Key, ordering: Ordering) -> Made:
    """Propose to delete something, by rule or by order; it goes when a second officer agrees to the proposal."""
    made = actions.propose_deletion(
        ordering.subject, ordering.ground, ordering.reference, ordering.reason, request.auth.user
    )
    return Made(id=made.pk)


@router.get("/retention/deletions", response=Page[DeletionTold], auth=READ)
def deletions(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[DeletionTold]:
    """List what the caller's agency deleted, newest first."""
    shown, following = cut(deletions_of(request.auth.agency), cursor, limit)
    log_view(request.auth, "retention.seen", deletions=[str(one.pk) for one in shown])
    return Page[DeletionTold](items=[_deletion(one) for one in shown], next=following)


def _rule(one: Rule) -> RuleTold:
    return RuleTold(id=one.pk, source=one.source, legal_basis=one.legal_basis, months=one.months, made_at=one.made_at)


def _hold(one: Hold) -> HoldTold:
    return HoldTold(id=one.pk, subject=one.subject, reference=one.reference, reason=one.reason, at=one.at)


def _deletion(one: Deletion) -> DeletionTold:
    return DeletionTold(
        id=one.pk,
        subject=one.subject,
        ground=one.ground,
        reference=one.reference,
        exhibits=one.exhibits,
        at=one.at,
    )
