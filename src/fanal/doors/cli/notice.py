"""`fanal notice`: what is told to countries that are not connected. All but `recipient` speaks to a server."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli.logged_in import AsJson, Server, listed, logged_in
from fanal.doors.cli.platform import platform_of
from fanal.kit.errors import Conflict, NotFound

if TYPE_CHECKING:
    from fanal.doors.cli.remote import Remote

Reference = Annotated[str, typer.Argument(help="The notice's reference, such as NZ-N-2026-0001.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    notice = typer.Typer(no_args_is_help=True, help="Tell countries that are not connected, and take down answers.")
    notice.command("list")(listing)
    for command in (show, seal, sent, received, answer, recipient):
        notice.command(command.__name__)(command)
    app.add_typer(notice, name="notice")


def listing(
    state: Annotated[str, typer.Option(help="Only those in this state, such as draft or sent.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List the notices that your agency may see, newest first."""
    with logged_in(server) as remote:
        for notice in listed(remote, f"/notices?state={state}" if state else "/notices", limit):
            _say(notice, as_json)


def show(reference: Reference, server: Server = "", as_json: AsJson = False) -> None:
    """Tell of one notice and its steps."""
    with logged_in(server) as remote:
        notice = remote.get(f"/notices/{_id(remote, reference)}")
    _say(notice, as_json)
    if not as_json:
        if notice["rejected"]:
            sys.stderr.write(
                "Officers rejected this country since. Withdraw the notice, or have the country confirmed.\n"
            )
        for step in notice["steps"]:
            words = "  ".join(one for one in (step["outcome"], step["note"]) if one)
            sys.stdout.write(f"  {step['at'][:16]}  {step['verb']:<13} {words}".rstrip() + "\n")


def seal(
    reference: Reference,
    into: Annotated[Path, typer.Option(help="The file that the sealed notice is written to.")],
    server: Server = "",
) -> None:
    """Seal a notice for its country's key, and write the sealed file. Send it on your own way: Fanal sends nothing."""
    if into.exists():
        raise Conflict(f"{into} is there already.", next_step="Name another file.")
    with logged_in(server) as remote:
        notice = _id(remote, reference)
        remote.post(f"/notices/{notice}/seal")
        data = remote.fetch(f"/notices/{notice}/sealed")
    with into.open("xb") as file:
        file.write(data)
    sys.stderr.write(f"{reference} is sealed in {into}. Send it, then say how: fanal notice sent {reference} --how …\n")


def sent(
    reference: Reference,
    how: Annotated[str, typer.Option(help="How it was sent, and by whom.")],
    server: Server = "",
) -> None:
    """Say that a sealed notice was sent."""
    _deed(reference, "sent", {"how": how}, server)


def received(
    reference: Reference,
    note: Annotated[str, typer.Option(help="A remark.")] = "",
    server: Server = "",
) -> None:
    """Say that the country has received a notice."""
    _deed(reference, "acknowledged", {"note": note}, server)


def answer(
    reference: Reference,
    outcome: Annotated[str, typer.Argument(help="identified, working, not_ours or need_more.")],
    text: Annotated[str, typer.Option(help="What the country answered, in its words.")] = "",
    server: Server = "",
) -> None:
    """Take down what a country answered; the agencies concerned are told."""
    _deed(reference, "answer", {"outcome": outcome, "text": text}, server)


def recipient(
    context: typer.Context,
    agency: Annotated[str, typer.Argument(help="Code of the agency that is not connected, such as MA.")],
    key: Annotated[
        Path, typer.Option(help="A file with its age recipient or OpenPGP certificate.", exists=True, dir_okay=False)
    ],
    contact: Annotated[str, typer.Option(help="Whom the notices go to: a desk, post, telephone.")],
    language: Annotated[str, typer.Option(help="The language they read: en, fr, es or ar.")] = "en",
) -> None:
    """Enter to whom notices to a country go, on the server itself. An officer then compares the fingerprint."""
    platform_of(context).prepare()
    from fanal.casework.notices.actions import bring_in_recipient
    from fanal.core.access.queries import agency_by_code

    made = bring_in_recipient(agency_by_code(agency), contact, key.read_text(errors="replace"), language)
    sys.stdout.write(f"{made.fingerprint}\n")
    sys.stderr.write("An officer reads this to its owner by telephone, and says at the desk that it is the same.\n")


def _id(remote: "Remote", reference: str) -> str:
    found = remote.get(f"/notices?reference={reference.upper()}")["items"]
    if not found:
        raise NotFound("There is no such notice.", next_step="List them: fanal notice list")
    return str(found[0]["id"])


def _deed(reference: str, verb: str, body: dict[str, str], server: str) -> None:
    with logged_in(server) as remote:
        done = remote.post(f"/notices/{_id(remote, reference)}/{verb}", body)
    sys.stdout.write(f"{done['reference']}  {done['state']}\n")


def _say(notice: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(notice, ensure_ascii=False) + "\n")
        return
    told = (notice["reference"], notice["country"], notice["state"], notice["outcome"], notice["changed_at"][:16])
    sys.stdout.write("  ".join(one for one in told if one) + "\n")
