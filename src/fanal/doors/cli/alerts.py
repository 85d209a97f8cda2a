"""`fanal alerts`: what is new to an agency, here or on a server somewhere else, and taking notice of it."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli.logged_in import AsJson, Server, logged_in
from fanal.doors.cli.platform import platform_of

if TYPE_CHECKING:
    from fanal.casework.alerts.models import Alert

A_PAGE = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    news = typer.Typer(invoke_without_command=True, help="What is new to an agency.")
    news.callback()(alerts)
    news.command()(acknowledge)
    news.command("hand-over")(hand_over)
    app.add_typer(news, name="alerts")


def alerts(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Code of the agency that asks on this machine, such as NZ.")] = "",
    after: Annotated[int, typer.Option(min=0, help="Only what was told after the alert with this number.")] = 0,
    everything: Annotated[bool, typer.Option("--all", help="Also what was acknowledged.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List what an agency was told, in that order, which is logged. Without an agency: on the server logged in to."""
    if context.invoked_subcommand is not None:
        return
    found = _here(context, agency, after, everything, limit) if agency else _there(server, after, everything, limit)
    for alert in found:
        sys.stdout.write((json.dumps(alert) if as_json else _line(alert)) + "\n")


def acknowledge(
    alert: Annotated[str, typer.Argument(help="The alert, as listed with --json.")],
    answer: Annotated[str, typer.Option(help="What your agency does about it.")] = "",
    server: Server = "",
) -> None:
    """Take notice of an alert for your agency, on the server logged in to."""
    _change(server, alert, "acknowledge", {"answer": answer})
    sys.stderr.write("Acknowledged.\n")


def hand_over(
    alert: Annotated[str, typer.Argument(help="The alert, as listed with --json.")],
    to: Annotated[str, typer.Option(help="The name under which a colleague signs in.")],
    server: Server = "",
) -> None:
    """Give an alert to a colleague, on the server logged in to."""
    _change(server, alert, "hand-over", {"to": to})
    sys.stderr.write("Handed over.\n")


def _change(server: str, alert: str, verb: str, body: object) -> None:
    with logged_in(server) as remote:
        path = f"/alerts/{alert}"
        remote.post(f"{path}/{verb}", body, remote.version(path))


def _there(server: str, after: int, everything: bool, limit: int) -> Iterator[dict[str, Any]]:
    """Yield what the server tells, page by page."""
    with logged_in(server) as remote:
        while limit:
            page = remote.get(f"/alerts?after={after}&limit={min(A_PAGE, limit)}")["items"]
            for alert in page:
                after = alert["number"]
                if limit and (everything or alert["acknowledged_at"] is None):
                    limit -= 1
                    yield {**alert, "alert": alert["id"]}
            if not page:
                return


def _here(context: typer.Context, agency: str, after: int, everything: bool, limit: int) -> Iterator[dict[str, Any]]:
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
    yield from map(_plain, shown)


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


def _line(alert: dict[str, Any]) -> str:
    when = str(alert["told_at"])[:16].replace("T", " ")
    together = f" ({alert['count']} together)" if alert["count"] > 1 else ""
    return f"{alert['number']}  {when}  {alert['kind']}: {alert['other']}{together}  {alert['alert']}"
