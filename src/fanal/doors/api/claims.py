"""Routes of claims: who works on what, and saying that one's agency does."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.sharing import actions
from fanal.casework.sharing.models import Claim
from fanal.casework.sharing.queries import visible_claims
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import Sha256, as_hex, content_named
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut

router = Router(tags=["claims"])
Ours = Annotated[bool, Query(False, description="Only those of the caller's agency.")]
Days = Annotated[int, Field(ge=1, le=actions.LONGEST_CLAIM.days, description="After so many days it lapses.")]


class ClaimTold(Schema):
    """That an agency works on a content."""

    id: UUID
    content: str | None
    agency: str
    note: str
    made_at: datetime
    lapses_at: datetime


class Claiming(Schema):
    """What an agency works on, and for how long."""

    content: Sha256
    note: Annotated[str, Field(max_length=actions.LONGEST_NOTE)] = ""
    days: Days = actions.CLAIMED_FOR.days


class Renewing(Schema):
    """For how long from now."""

    days: Days = actions.CLAIMED_FOR.days


class Claimed(Schema):
    """The claim that was made, renewed or released."""

    claim: UUID


@router.get("/claims", response=Page[ClaimTold], auth=READ)
def index(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, ours: Ours = False) -> Page[ClaimTold]:
    """List the claims that hold on what the caller may see, newest first."""
    agency = request.auth.agency
    claims = visible_claims(agency)
    shown, following = cut(claims.filter(agency=agency) if ours else claims, cursor, limit)
    log_view(request.auth, "sharing.claims_seen", claims=[str(one.pk) for one in shown])
    return Page[ClaimTold](items=[_told(one) for one in shown], next=following)


@router.post("/claims", response={201: Claimed}, auth=JUDGE)
@once(201)
def claim(request: ApiRequest, idempotency_key: Key, claiming: Claiming) -> Claimed:
    """Say that the caller's agency works on a content. Those whose work it meets are told, and it is."""
    content = content_named(request.auth.agency, claiming.content)
    made = actions.claim(content.pk, request.auth.user, claiming.note, timedelta(days=claiming.days))
    return Claimed(claim=made.pk)


@router.post("/claims/{uuid:claim}/renew", response={200: Claimed}, auth=JUDGE)
@once(200)
def renew(request: ApiRequest, claim: UUID, idempotency_key: Key, renewing: Renewing) -> Claimed:
    """Have a claim of the caller's agency lapse later."""
    return Claimed(claim=actions.renew(claim, request.auth.user, timedelta(days=renewing.days)).pk)


@router.post("/claims/{uuid:claim}/release", response={200: Claimed}, auth=JUDGE)
@once(200)
def release(request: ApiRequest, claim: UUID, idempotency_key: Key) -> Claimed:
    """Say that the caller's agency works on it no longer."""
    return Claimed(claim=actions.release(claim, request.auth.user).pk)


def _told(one: Claim) -> ClaimTold:
    return ClaimTold(
        id=one.pk,
        content=as_hex(one.content.sha256),
        agency=one.agency.code,
        note=one.note,
        made_at=one.made_at,
        lapses_at=one.lapses_at,
    )
