"""`fanal retention`: how long material is kept, legal holds, and deletion by rule or by order.

Who proposes and who agrees is known by their login. What is proposed here waits in `fanal approvals`.
"""

import json
import sys
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import typer

from fanal.doors.cli.logged_in import AsJson, Server, listed, logged_in

Subject = Annotated[str, typer.Argument(help="submission:ID, exhibit:N, content:N, or a SHA-256.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    retention = typer.Typer(no_args_is_help=True, help="Say how long material is kept; hold it; have it deleted.")
    retention.command("due")(due)
    retention.command("rules")(rules)
    retention.command("rule")(rule)
    retention.command("end-rule")(end_rule)
    retention.command("holds")(holds)
    retention.command("hold")(hold)
    retention.command("lift")(lift)
    retention.command("order")(order)
    retention.command("deletions")(deletions)
    app.add_typer(retention, name="retention")


def due(
    until: Annotated[str, typer.Option(help="A day such as 2027-01-31: what will have fallen due by then.")] = "",
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List the submissions whose time is over. A dry run: nothing is deleted by it."""
    asked = f"?until={until}T00:00:00Z" if until else ""

    def line(one: dict[str, Any]) -> str:
        held = f"  held: {one['hold']}" if one["hold"] else ""
        return f"{one['at'][:10]}  submission:{one['submission']}  {one['files']} files  {one['name']}{held}"

    _list(server, f"/retention/due{asked}", as_json, line)


def rules(server: Server = "", as_json: AsJson = False) -> None:
    """List how long your agency keeps what."""

    def line(one: dict[str, Any]) -> str:
        return f"{one['id']}  {one['months']} months  {one['source'] or 'any source'}  {one['legal_basis']}".rstrip()

    _list(server, "/retention/rules", as_json, line)


def rule(
    months: Annotated[int, typer.Argument(min=1, help="So many months from the submission.")],
    source: Annotated[str, typer.Option(help="Only material from this source, such as online.")] = "",
    legal_basis: Annotated[str, typer.Option(help="Only material with this legal basis.")] = "",
    server: Server = "",
) -> None:
    """Say how long your agency keeps material. It deletes nothing: what falls due is proposed, and agreed to."""
    body = {"months": months, "source": source or None, "legal_basis": legal_basis}
    _do(server, "/retention/rules", body)


def end_rule(rule: Annotated[UUID, typer.Argument(help="The rule's id, as listed.")], server: Server = "") -> None:
    """End a rule."""
    _do(server, f"/retention/rules/{rule}/end", {})


def holds(server: Server = "", as_json: AsJson = False) -> None:
    """List the legal holds of your agency."""
    _list(server, "/retention/holds", as_json, lambda one: f"{one['id']}  {one['subject']}  {one['reference']}")


def hold(
    subject: Subject,
    reference: Annotated[str, typer.Option(help="The file number of who wants it.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    server: Server = "",
) -> None:
    """Lay a legal hold: it stops deletion, whatever rule or order says so."""
    _do(server, "/retention/holds", {"subject": subject, "reference": reference, "reason": reason})


def lift(hold: Annotated[UUID, typer.Argument(help="The hold's id, as listed.")], server: Server = "") -> None:
    """Lift a legal hold."""
    _do(server, f"/retention/holds/{hold}/lift", {})


def order(
    subject: Subject,
    ground: Annotated[str, typer.Option(help="court, supervisor or rule.")],
    reason: Annotated[str, typer.Option(help="Why, for the second officer.")],
    reference: Annotated[str, typer.Option(help="The file number of the order.")] = "",
    server: Server = "",
) -> None:
    """Propose to delete something for good; print the proposal. It goes when a second officer agrees."""
    body = {"subject": subject, "ground": ground, "reference": reference, "reason": reason}
    _do(server, "/retention/orders", body)


def deletions(server: Server = "", as_json: AsJson = False) -> None:
    """List what your agency deleted."""

    def line(one: dict[str, Any]) -> str:
        ground = f"{one['ground']} {one['reference']}".rstrip()
        return f"{one['at'][:16]}  {one['subject']}  {one['exhibits']} files  {ground}"

    _list(server, "/retention/deletions?limit=200", as_json, line)


def _list(server: str, path: str, as_json: bool, line: Callable[[dict[str, Any]], str]) -> None:
    with logged_in(server) as remote:
        for one in listed(remote, path):
            sys.stdout.write((json.dumps(one, ensure_ascii=False) if as_json else line(one)) + "\n")


def _do(server: str, path: str, body: dict[str, Any]) -> None:
    with logged_in(server) as remote:
        sys.stdout.write(f"{remote.post(path, body)['id']}\n")
