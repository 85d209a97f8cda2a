"""`fanal approvals`: what needs a second officer. Who agrees is known by their login, not their machine."""

import json
import sys
from typing import Annotated, Any
from uuid import UUID

import typer

from fanal.doors.cli.logged_in import AsJson, Server, listed, logged_in
from fanal.doors.cli.platform import platform_of

Proposal = Annotated[UUID, typer.Argument(help="The proposal's id, as listed.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    approvals = typer.Typer(no_args_is_help=True, help="Agree, as the second officer, to what a colleague proposed.")
    approvals.command("list")(list_proposals)
    approvals.command("agree")(agree)
    approvals.command("refuse")(refuse)
    approvals.command("withdraw")(withdraw)
    app.add_typer(approvals, name="approvals")


def list_proposals(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="On the server itself: all of the agency with this code.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what does not wait for you.")] = False,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List what waits for you. With --agency the operator lists what was proposed in an agency; it is logged."""
    found = _of_agency(context, agency, everything) if agency else _of_person(server, everything)
    for one in found:
        sys.stdout.write((json.dumps(one, ensure_ascii=False) if as_json else _line(one)) + "\n")


def agree(proposal: Proposal, server: Server = "") -> None:
    """Agree to what a colleague proposed. It is done with that."""
    _settle(server, proposal, "agreement", {})


def refuse(
    proposal: Proposal, why: Annotated[str, typer.Option(help="Why not, for the proposer.")] = "", server: Server = ""
) -> None:
    """Say no to what a colleague proposed."""
    _settle(server, proposal, "refusal", {"answer": why})


def withdraw(proposal: Proposal, server: Server = "") -> None:
    """Take back what you proposed."""
    _settle(server, proposal, "withdrawal", {})


def _settle(server: str, proposal: UUID, how: str, body: dict[str, str]) -> None:
    with logged_in(server) as remote:
        settled = remote.post(f"/proposals/{proposal}/{how}", body)
    sys.stdout.write(f"{settled['id']}  {settled['state']}\n")


def _of_person(server: str, everything: bool) -> list[dict[str, Any]]:
    with logged_in(server) as remote:
        return list(listed(remote, "/proposals" if everything else "/proposals?waiting=true"))


def _of_agency(context: typer.Context, code: str, everything: bool) -> list[dict[str, Any]]:
    platform_of(context).prepare()
    from django.db import transaction

    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.approvals.models import State
    from fanal.core.approvals.queries import in_words, proposals_of
    from fanal.core.audit.actions import record

    asking = agency_by_code(code)
    found = proposals_of(asking)
    shown = list(found if everything else found.filter(state=State.OPEN))
    with transaction.atomic():
        record("approvals.seen", actor=operator_of(asking), detail={"proposals": [str(one.pk) for one in shown]})
    return [
        {
            "id": str(one.pk),
            "kind": one.kind,
            "subject": one.subject,
            "sentence": in_words(one),
            "reason": one.reason,
            "state": str(one.state),
            "proposed_by": one.proposed_by.display_name,
            "proposed_at": one.proposed_at.isoformat(),
            "lapses_at": one.lapses_at.isoformat(),
        }
        for one in shown
    ]


def _line(one: dict[str, Any]) -> str:
    who = f"{one['proposed_by']}, {one['proposed_at'][:16]}, lapses {one['lapses_at'][:16]}"
    return f"{one['id']}  {one['state']}  {one['sentence']}  ({one['reason']})  {who}"
