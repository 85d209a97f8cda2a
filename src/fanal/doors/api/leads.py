"""Routes of leads: list, look at one with its reasons and judgements, judge it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.leads import actions
from fanal.casework.leads.models import Judgement, Lead, State, Verdict
from fanal.casework.leads.queries import (
    history_of,
    leads_concerning,
    version_of,
    visible_lead,
    visible_leads,
)
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import as_hex
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut
from fanal.doors.api.problems import IfMatch, seen_version

router = Router(tags=["leads"])
AnyState = Annotated[State | None, Query(None, description="Only those in this state.")]
Ours = Annotated[bool, Query(False, description="Only those with the agency's own material on a side.")]


class FindingTold(Schema):
    """What one technique says."""

    technique: str
    confidence: float
    why: str


class LeadTold(Schema):
    """A proposed link of two contents. `why` is the reason of the surest technique."""

    id: UUID
    state: str
    left: str | None
    right: str | None
    technique: str
    confidence: float
    why: str
    findings: list[FindingTold]
    created_at: datetime


class JudgementTold(Schema):
    """What an officer said of a lead."""

    id: UUID
    verdict: str
    note: str
    agency: str
    at: datetime
    withdrawn_at: datetime | None


class LeadInFull(LeadTold):
    """A lead with all that was said of it, newest first."""

    judgements: list[JudgementTold]


class Said(Schema):
    """A judgement."""

    verdict: Verdict
    note: Annotated[str, Field(max_length=2000)] = ""


class Judged(Schema):
    """That a judgement was taken down."""

    judgement: UUID
    lead: UUID
    verdict: str


@router.get("/leads", response=Page[LeadTold], auth=READ)
def index(
    request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, state: AnyState = None, ours: Ours = False
) -> Page[LeadTold]:
    """List the leads that the caller may see, newest first."""
    agency = request.auth.agency
    leads = leads_concerning(agency) if ours else visible_leads(agency)
    if state is not None:
        leads = leads.filter(state=state)
    shown, following = cut(leads.select_related("left", "right"), cursor, limit)
    log_view(request.auth, "leads.seen", leads=[str(lead.pk) for lead in shown])
    return Page[LeadTold](items=[_told(lead) for lead in shown], next=following)


@router.get("/leads/{uuid:lead}", response=LeadInFull, auth=READ)
def show(request: ApiRequest, response: HttpResponse, lead: UUID) -> LeadInFull:
    """Tell of one lead: why it was proposed, what was judged. Its ETag is needed to judge it."""
    shown = visible_lead(request.auth.agency, lead)
    log_view(request.auth, "leads.seen", f"lead:{shown.pk}")
    response.headers["ETag"] = f'"{version_of(shown)}"'
    return LeadInFull(**dict(_told(shown)), judgements=[_judgement(said) for said in history_of(shown)])


@router.post("/leads/{uuid:lead}/judgements", response={201: Judged}, auth=JUDGE)
@once(201)
def judge(request: ApiRequest, lead: UUID, idempotency_key: Key, said: Said, if_match: IfMatch = None) -> Judged:
    """Judge a lead as it was looked at: `If-Match` holds its ETag."""
    visible_lead(request.auth.agency, lead)
    seen = seen_version(if_match)
    made = actions.judge(lead, said.verdict, request.auth.user, said.note, as_seen=seen)
    return Judged(judgement=made.pk, lead=made.lead_id, verdict=made.verdict)


def _told(lead: Lead) -> LeadTold:
    return LeadTold(
        id=lead.pk,
        state=lead.state,
        left=as_hex(lead.left.sha256),
        right=as_hex(lead.right.sha256),
        technique=lead.technique,
        confidence=lead.confidence,
        why=lead.why,
        findings=[FindingTold.model_validate(found) for found in lead.findings],
        created_at=lead.created_at,
    )


def _judgement(said: Judgement) -> JudgementTold:
    return JudgementTold(
        id=said.pk,
        verdict=said.verdict,
        note=said.note,
        agency=said.by.agency.code,
        at=said.at,
        withdrawn_at=said.withdrawn_at,
    )
