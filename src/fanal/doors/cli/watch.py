"""`fanal watch`: what is new to your agency, as it is told."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from fanal.doors.cli import credentials

PAUSE_SECONDS = 2.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


def watch(
    after: Annotated[int, typer.Option(min=0, help="Go on after the alert with this number.")] = 0,
    most: Annotated[int, typer.Option(min=0, help="End after so many; 0: never.")] = 0,
    server: Annotated[str, typer.Option(help="The server to watch; the one logged in to without it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """Print what your agency is told, as it happens. Cut off, it goes on where it was: nothing is missed."""
    login = credentials.login_for(server)
    for number, alert in enumerate(_news(login, after), start=1):
        sys.stdout.write((json.dumps(alert) if as_json else _line(alert)) + "\n")
        sys.stdout.flush()
        if number == most:
            return


def _news(login: credentials.Login, after: int) -> Iterator[dict[str, Any]]:
    """Yield alerts for ever; a stream that ends or breaks is begun again after the last one."""
    from fanal.doors.cli.remote import Remote, Unreached

    with Remote(login) as remote:
        while True:
            try:
                for alert in _events(remote.lines("/alerts/stream", {"Last-Event-ID": str(after)})):
                    yield alert
                    after = alert["number"]
            except Unreached as fault:
                sys.stderr.write(f"{fault.message} Trying again.\n")
            time.sleep(PAUSE_SECONDS)


def _events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield what the events of a stream hold (Server-Sent Events, WHATWG HTML 9.2): here each has one line of data."""
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


def _line(alert: dict[str, Any]) -> str:
    about = ", ".join(alert["subjects"])
    return f"{alert['number']}  {alert['told_at'][:16]}  {alert['kind']}  {alert['other']}  {alert['count']}  {about}"
