"""`fanal officer`: give people accounts."""

import getpass
import sys
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    officer = typer.Typer(no_args_is_help=True, help="Give people accounts.")
    officer.command("add")(add)
    app.add_typer(officer, name="officer")


def add(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    agency: Annotated[str, typer.Option(help="Code of the person's agency.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    role: Annotated[str, typer.Option(help="officer, supervisor, administrator or auditor.")] = "officer",
) -> None:
    """Give a person of an agency an account. The password is asked for, or read from standard input."""
    platform_of(context).prepare()
    from fanal.core.access.actions import enrol_user
    from fanal.core.access.queries import agency_by_code, operator_of

    employer = agency_by_code(agency)
    user = enrol_user(
        username=username,
        display_name=name,
        agency=employer,
        password=_password(),
        actor=operator_of(employer),
        role=role,
    )
    sys.stdout.write(f"{user.username}  {user.display_name} ({user.agency.code})\n")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
