"""Routes of alerts: what is new to the caller's agency, in the order in which it was told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.alerts import actions
from fanal.casework.alerts.actions import LONGEST_ANSWER
from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alert_of, alerts_after, version_of
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Limit
from fanal.doors.api.problems import IfMatch, seen_version

router = Router(tags=["alerts"])
After = Annotated[int, Query(0, ge=0, le=2**63 - 1, description="Only what was told after the alert with this number.")]


class AlertTold(Schema):
    """News for an agency. `subjects` are the first few things that it is about, such as `lead:0192…`."""

    number: int
    id: UUID
    kind: str
    other: str
    count: int
    subjects: list[str]
    told_at: datetime
    acknowledged_at: datetime | None


class AlertInFull(AlertTold):
    """An alert, and what the agency does about it. `handed_to` is the name under which a colleague signs in."""

    escalated_at: datetime | None
    handed_to: str | None
    acknowledged_by: str | None
    answer: str


class Answering(Schema):
    """What the agency does about it."""

    answer: Annotated[str, Field(max_length=LONGEST_ANSWER)] = ""


class Handing(Schema):
    """The name under which a colleague of the agency signs in."""

    to: Annotated[str, Field(min_length=1, max_length=100)]


class Noticed(Schema):
    """The alert that was acknowledged or handed over."""

    alert: UUID
    number: int


class Alerts(Schema):
    """Alerts, oldest first. The number of the last one is where to go on."""

    items: list[AlertTold]


@router.get("/alerts", response=Alerts, auth=READ)
def index(request: ApiRequest, after: After = 0, limit: Limit = 50) -> Alerts:
    """List what the caller's agency was told."""
    shown = list(alerts_after(request.auth.agency, after)[:limit])
    log_view(request.auth, "alerts.seen", alerts=[str(alert.pk) for alert in shown])
    return Alerts(items=[told(alert) for alert in shown])


@router.get("/alerts/{uuid:alert}", response=AlertInFull, auth=READ)
def show(request: ApiRequest, response: HttpResponse, alert: UUID) -> AlertInFull:
    """Tell of one alert of the caller's agency. Its ETag is needed to acknowledge it or to hand it over."""
    shown = alert_of(request.auth.agency, alert)
    log_view(request.auth, "alerts.seen", f"alert:{shown.pk}")
    response.headers["ETag"] = f'"{version_of(shown)}"'
    return AlertInFull(
        **dict(told(shown)),
        escalated_at=shown.escalated_at,
        handed_to=shown.handed_to.username if shown.handed_to else None,
        acknowledged_by=shown.acknowledged_by.username if shown.acknowledged_by else None,
        answer=shown.answer,
    )


@router.post("/alerts/{uuid:alert}/acknowledge", response={200: Noticed}, auth=JUDGE)
@once(200)
def acknowledge(
    request: ApiRequest, alert: UUID, idempotency_key: Key, answering: Answering, if_match: IfMatch = None
) -> Noticed:
    """Take notice of an alert for the caller's agency, and say what it does about it."""
    alert_of(request.auth.agency, alert)
    held = actions.acknowledge(alert, request.auth.user, answering.answer, as_seen=seen_version(if_match))
    return Noticed(alert=held.pk, number=held.number)


@router.post("/alerts/{uuid:alert}/hand-over", response={200: Noticed}, auth=JUDGE)
@once(200)
def hand_over(
    request: ApiRequest, alert: UUID, idempotency_key: Key, handing: Handing, if_match: IfMatch = None
) -> Noticed:
    """Give an alert to a colleague."""
    alert_of(request.auth.agency, alert)
    held = actions.hand_over(alert, handing.to, request.auth.user, as_seen=seen_version(if_match))
    return Noticed(alert=held.pk, number=held.number)


def told(alert: Alert) -> AlertTold:
    """Return an alert as programs read it."""
    return AlertTold(
        number=alert.number,
        id=alert.pk,
        kind=alert.kind,
        other=alert.other.code,
        count=alert.count,
        subjects=alert.subjects,
        told_at=alert.told_at,
        acknowledged_at=alert.acknowledged_at,
    )
