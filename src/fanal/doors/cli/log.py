"""`fanal log`: what an auditor reads of the log of a server somewhere else, with its proofs."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from fanal.doors.cli.logged_in import A_PAGE, AsJson, Server, logged_in


def register(app: typer.Typer) -> None:
    """Add the commands."""
    log = typer.Typer(invoke_without_command=True, help="Read what the log holds of your agency, with its proofs.")
    log.callback()(read)
    log.command()(proof)
    log.command()(state)
    app.add_typer(log, name="log")


def read(
    context: typer.Context,
    others: Annotated[bool, typer.Option("--others", help="What others did with your agency's material.")] = False,
    person: Annotated[str, typer.Option(help="Only what the person did who signs in with this name.")] = "",
    action: Annotated[str, typer.Option(help="Only this deed, such as access.signed_in.")] = "",
    about: Annotated[str, typer.Option(help="Only what is about this, such as content:12.")] = "",
    since: Annotated[str, typer.Option(help="Only from then on, such as 2026-11-30T08:00:00Z.")] = "",
    until: Annotated[str, typer.Option(help="Only before then.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List entries of the log, newest first, on the server logged in to. That you read it is logged."""
    if context.invoked_subcommand is not None:
        return
    asked = {"person": person, "action": action, "about": about, "since": since, "until": until}
    whose = {"whose": "others" if others else "ours"}
    for entry in _entries(server, {**whose, **{name: word for name, word in asked.items() if word}}, limit):
        sys.stdout.write((json.dumps(entry, ensure_ascii=False) if as_json else _line(entry)) + "\n")


def proof(
    index: Annotated[int, typer.Argument(min=0, help="The number of the entry, as listed.")],
    server: Server = "",
) -> None:
    """Print, as JSON, the proof that an entry is in the log: its path to the root of a signed checkpoint."""
    with logged_in(server) as remote:
        sys.stdout.write(json.dumps(remote.get(f"/log/{index}/proof"), ensure_ascii=False) + "\n")


def state(server: Server = "", as_json: AsJson = False) -> None:
    """Tell how the log stands: how long it is, what is signed and who witnessed it."""
    with logged_in(server) as remote:
        told = remote.get("/log/state")
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    sinks = "agree" if told["second_sink_agrees"] else "DISAGREE"
    sys.stdout.write(f"{told['leaves']} entries, {told['signed']} of them signed; the two sinks {sinks}\n")
    for one in told["witnesses"]:
        sys.stdout.write(f"witness {one['witness']}: up to {one['size']}, {_when(one['at'])}\n")
    for fault in told["faults"]:
        sys.stdout.write(f"FAULT {fault}\n")


def _entries(server: str, asked: dict[str, str], limit: int) -> Iterator[dict[str, Any]]:
    with logged_in(server) as remote:
        while limit:
            page = remote.get(f"/log?{urlencode({**asked, 'limit': min(A_PAGE, limit)})}")["items"]
            yield from page
            limit -= len(page)
            if not page:
                return
            asked["before"] = str(page[-1]["index"])


def _line(entry: dict[str, Any]) -> str:
    who = entry["person"] or entry["agency"]
    return f"{entry['index']}  {_when(entry['at'])}  {entry['action']}  {entry['about']}  {who}".rstrip()


def _when(at: str) -> str:
    return at[:16].replace("T", " ")
