"""`fanal alerts`: what is new to an agency."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import platform_of

if TYPE_CHECKING:
    from fanal.casework.alerts.models import Alert


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(alerts)


def alerts(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Code of the agency that asks, such as NZ.")],
    after: Annotated[int, typer.Option(min=0, help="Only what was told after the alert with this number.")] = 0,
    everything: Annotated[bool, typer.Option("--all", help="Also what was acknowledged.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """List what an agency was told, in that order; the listing is logged."""
    platform_of(context).prepare()
    from django.db import transaction

    from fanal.casework.alerts.queries import alerts_after
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.actions import record

    asking = agency_by_code(agency)
    found = alerts_after(asking, after)
    shown = list((found if everything else found.filter(acknowledged_at=None))[:limit])
    with transaction.atomic():
        record("alerts.seen", actor=operator_of(asking), detail={"alerts": [str(alert.pk) for alert in shown]})
    for alert in shown:
        sys.stdout.write((json.dumps(_plain(alert)) if as_json else _line(alert)) + "\n")


def _plain(alert: "Alert") -> dict[str, object]:
    return {
        "number": alert.number,
        "alert": str(alert.pk),
        "kind": alert.kind,
        "other": alert.other.code,
        "count": alert.count,
        "subjects": alert.subjects,
        "told_at": alert.told_at.isoformat(),
        "acknowledged_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
    }


def _line(alert: "Alert") -> str:
    together = f" ({alert.count} together)" if alert.count > 1 else ""
    return f"{alert.number}  {alert.grown_at:%Y-%m-%d %H:%M}  {alert.get_kind_display()}: {alert.other.code}{together}"
