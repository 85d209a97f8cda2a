"""`fanal case`: work in cases on the server you are logged in to, as the person of your token."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli.logged_in import AsJson, Server, listed, logged_in
from fanal.kit.errors import NotFound

if TYPE_CHECKING:
    from fanal.doors.cli.remote import Remote

Named = Annotated[str, typer.Argument(metavar="CASE", help="Its reference, such as FR-2026-0007, or its id.")]
LINES_SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the commands."""
    case = typer.Typer(no_args_is_help=True, help="Work in cases: rooms for several agencies.")
    for name, verb in (
        ("open", begin),
        ("list", index),
        ("show", show),
        ("note", note),
        ("task", task),
        ("decide", decide),
        ("close", close),
    ):
        case.command(name)(verb)
    app.add_typer(case, name="case")


def begin(
    title: Annotated[str, typer.Argument(help="What it is about. Never a name.")],
    entry: Annotated[str, typer.Option(help="Id of a registry entry to begin with.")] = "",
    content: Annotated[str, typer.Option(help="SHA-256 of a content to begin with.")] = "",
    server: Server = "",
) -> None:
    """Open a case that your agency leads; print its reference."""
    about = {"entry": entry, "content": content}
    with logged_in(server) as remote:
        made = remote.post("/cases", {"title": title, **{name: one for name, one in about.items() if one}})
    sys.stdout.write(f"{made['reference']}\n")


def index(
    state: Annotated[str, typer.Option(help="open, closed or any.")] = "open",
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List the cases your agency takes part in or is invited to, newest first."""
    with logged_in(server) as remote:
        for one in listed(remote, "/cases" if state == "any" else f"/cases?state={state}"):
            state_told = one["state"] if one["joined"] else "invited"
            line = f"{one['reference']}  {state_told:8}  {one['lead']:4}  {one['title']}"
            sys.stdout.write((json.dumps(one, ensure_ascii=False) if as_json else line) + "\n")


def show(case: Named, server: Server = "", as_json: AsJson = False) -> None:
    """Show who takes part in a case, what is to be done, and what happened last."""
    with logged_in(server) as remote:
        told = remote.get(f"/cases/{_id_of(remote, case)}")
        if told["joined"]:
            at = f"/cases/{told['id']}"
            told["notes"] = list(listed(remote, f"{at}/notes"))
            told["tasks"] = list(listed(remote, f"{at}/tasks"))
            told["decisions"] = list(listed(remote, f"{at}/decisions"))
            told["timeline"] = remote.get(f"{at}/timeline?limit={LINES_SHOWN}")["items"]
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n" if as_json else _page(told))


def note(
    case: Named,
    text: Annotated[str, typer.Argument(help="The note; - reads it from standard input.")],
    server: Server = "",
) -> None:
    """Write a note for all who take part."""
    with logged_in(server) as remote:
        words = sys.stdin.read() if text == "-" else text
        remote.post(f"/cases/{_id_of(remote, case)}/notes", {"text": words})


def task(
    case: Named,
    title: Annotated[str, typer.Argument(help="What is to be done.")],
    to: Annotated[str, typer.Option(help="Code of the agency that is to do it; your own without it.")] = "",
    officer: Annotated[str, typer.Option(help="The name under which one of its officers signs in.")] = "",
    due: Annotated[str, typer.Option(help="A day, such as 2026-12-01.")] = "",
    server: Server = "",
) -> None:
    """Set a task."""
    with logged_in(server) as remote:
        asked = {"title": title, "to": to, "officer": officer, "due": due or None}
        remote.post(f"/cases/{_id_of(remote, case)}/tasks", asked)


def decide(
    case: Named,
    what: Annotated[str, typer.Argument(help="What is decided.")],
    why: Annotated[str, typer.Option(help="Why.")],
    server: Server = "",
) -> None:
    """Write a decision down, and why."""
    with logged_in(server) as remote:
        remote.post(f"/cases/{_id_of(remote, case)}/decisions", {"what": what, "why": why})


def close(
    case: Named,
    outcome: Annotated[str, typer.Option(help="What came of it.")],
    server: Server = "",
) -> None:
    """Close a case that your agency leads."""
    with logged_in(server) as remote:
        at = f"/cases/{_id_of(remote, case)}"
        remote.post(f"{at}/close", {"outcome": outcome}, remote.version(at))


def _id_of(remote: "Remote", named: str) -> str:
    """Return the id of a case. Raises NotFound."""
    for one in listed(remote, "/cases"):
        if named.upper() == one["reference"] or named.lower() == one["id"]:
            return str(one["id"])
    raise NotFound(f"There is no case {named}.", next_step="List them: fanal case list --state any")


def _page(told: dict[str, Any]) -> str:
    lines = [f"{told['reference']}  {told['title']}", f"{told['state']}, led by {told['lead']}"]
    if told["outcome"]:
        lines.append(told["outcome"])
    lines += [f"  {one['agency']:4} {one['state']} {', '.join(one['officers'])}" for one in told["participants"]]
    for one in told.get("tasks", []):
        mark = "x" if one["state"] == "done" else " "
        lines.append(f"[{mark}] {one['title']} ({one['to']}{', due ' + one['due'] if one['due'] else ''})")
    lines += [f"decided: {one['what']} — {one['why']}" for one in told.get("decisions", [])]
    lines += [f"{one['at'][:16]}  {one['by']}: {one['texts'][0]['text']}" for one in told.get("notes", [])]
    for one in told.get("timeline", []):
        lines.append(f"{one['at'][:16]}  {one['agency'] or '':4} {one['verb']} {one['kind']} {one['words']}".rstrip())
    return "\n".join(lines) + "\n"
