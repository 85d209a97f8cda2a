"""`fanal agency`: admit agencies and list them."""

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from fanal.doors.cli.logged_in import AsJson, Server, logged_in
from fanal.doors.cli.platform import platform_of


class Factor(StrEnum):
    """Whether everybody needs a second factor."""

    REQUIRED = "required"
    OPTIONAL = "optional"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    agency = typer.Typer(no_args_is_help=True, help="Admit agencies, list them, and say what they let others learn.")
    agency.command("add")(add)
    agency.command("disclose")(disclose)
    agency.command("list")(show)
    agency.command("factor")(factor)
    app.add_typer(agency, name="agency")


def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Short code in capitals, such as NZ.")],
    name: Annotated[str, typer.Option(help="The agency's name.")],
    country: Annotated[str, typer.Option(help="ISO 3166 code of its country, such as NZ.")],
    connected: Annotated[bool, typer.Option(help="Whether it may see what is visible to all connected.")] = True,
) -> None:
    """Admit an agency. One that is there already stays as it is."""
    platform_of(context).prepare()
    from fanal.core.access.actions import admit_agency
    from fanal.core.access.queries import operator_of

    agency = admit_agency(code=code, name=name, country=country, actor=operator_of(None), connected=connected)
    sys.stdout.write(f"{agency.code}  {agency.name} ({agency.country})\n")


def disclose(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the agency, such as NZ.")],
    contact: Annotated[str, typer.Option(help="Whom others are to ask: a desk, mail or telephone.")] = "",
    nothing: Annotated[bool, typer.Option("--nothing", help="Answer nothing from now on.")] = False,
) -> None:
    """Let others learn that an agency holds what they ask about but may not see: a hit and a contact, or nothing."""
    platform_of(context).prepare()
    from fanal.casework.sharing import actions
    from fanal.core.access.queries import agency_by_code, operator_of

    agency = agency_by_code(code)
    made = actions.disclose(agency, answers=not nothing, contact=contact, actor=operator_of(agency))
    said = f"a hit, and {made.contact}" if made.answers else "nothing"
    sys.stdout.write(f"{agency.code} answers {said}\n")


def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """List the agencies."""
    platform_of(context).prepare()
    from fanal.core.access.queries import agencies

    for agency in agencies():
        known = {"code": agency.code, "name": agency.name, "country": agency.country, "connected": agency.connected}
        line = json.dumps(known) if as_json else f"{agency.code}  {agency.name} ({agency.country})"
        sys.stdout.write(line + "\n")


def factor(
    choice: Annotated[Factor | None, typer.Argument(help="Without it: what is chosen now.")] = None,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """Say whether everybody of your agency needs a second factor, on the server logged in to, as its administrator."""
    with logged_in(server) as remote:
        if choice is None:
            told = remote.get("/people/factor")
        else:
            told = remote.post("/people/factor", {"required": choice == Factor.REQUIRED})
    word = Factor.REQUIRED if told["required"] else Factor.OPTIONAL
    sys.stdout.write((json.dumps(told) if as_json else f"A second factor is {word}.") + "\n")
