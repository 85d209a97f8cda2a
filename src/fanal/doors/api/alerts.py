"""Routes of alerts: what is new to the caller's agency, in the order in which it was told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after
from fanal.doors.api.caller import READ, ApiRequest, log_view
from fanal.doors.api.paging import Limit

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


class Alerts(Schema):
    """Alerts, oldest first. The number of the last one is where to go on."""

    items: list[AlertTold]


@router.get("/alerts", response=Alerts, auth=READ)
def index(request: ApiRequest, after: After = 0, limit: Limit = 50) -> Alerts:
    """List what the caller's agency was told."""
    shown = list(alerts_after(request.auth.agency, after)[:limit])
    log_view(request.auth, "alerts.seen", alerts=[str(alert.pk) for alert in shown])
    return Alerts(items=[told(alert) for alert in shown])


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
