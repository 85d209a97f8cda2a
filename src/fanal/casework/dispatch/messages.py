"""What is sent outside of an alert: its kind, references and a link. No material, no names, no words of officers."""

import json
from datetime import datetime
from uuid import UUID

from fanal.casework.alerts.models import Alert
from fanal.kit import settings


def message_of(alert: Alert) -> str:
    """Return an alert as it is sent to a webhook, in JSON."""
    data = {
        "alert": str(alert.pk),
        "number": alert.number,
        "kind": alert.kind,
        "agency": alert.agency.code,
        "other": alert.other.code,
        "count": alert.count,
        "subjects": alert.subjects,
        "link": link(),
    }
    return _written(f"alert.{alert.kind}", alert.grown_at, data)


def trial(webhook: UUID, at: datetime) -> str:
    """Return what is sent to see whether a webhook works."""
    return _written("trial", at, {"webhook": str(webhook), "link": link()})


def link() -> str:
    """Return where alerts are read."""
    return f"{settings.read().origin or ''}/alerts/"


def _written(kind: str, at: datetime, data: dict[str, object]) -> str:
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"))
