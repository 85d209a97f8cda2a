"""`fanal officer`: give people accounts, change their passwords, keep them out."""

import getpass
import json
import sys
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of

Username = Annotated[str, typer.Argument(help="The name the person signs in with.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    officer = typer.Typer(no_args_is_help=True, help="Give people accounts.")
    officer.command("add")(add)
    officer.command("list")(list_people)
    officer.command("password")(password)
    officer.command("disable")(disable)
    officer.command("enable")(enable)
    app.add_typer(officer, name="officer")


def add(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    agency: Annotated[str, typer.Option(help="Code of the person's agency.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    role: Annotated[
        str, typer.Option(help="officer, supervisor, administrator, auditor, central, service.")
    ] = "officer",
) -> None:
    """Give a person an account, with a password that is asked for or read from standard input; a service has none."""
    platform_of(context).prepare()
    from fanal.core.access.actions import enrol_user
    from fanal.core.access.queries import agency_by_code, operator_of

    employer = agency_by_code(agency)
    user = enrol_user(
        username=username,
        display_name=name,
        agency=employer,
        password=None if role == "service" else _password(),
        actor=operator_of(employer),
        role=role,
    )
    sys.stdout.write(f"{user.username}  {user.display_name} ({user.agency.code})\n")


def list_people(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Only the people of the agency with this code.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List who has an account."""
    platform_of(context).prepare()
    from fanal.core.access.queries import agency_by_code, users

    for user in users(agency_by_code(agency) if agency else None):
        if as_json:
            told = {
                "username": user.username,
                "name": user.display_name,
                "agency": user.agency.code,
                "role": str(user.role),
                "active": user.is_active,
            }
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        else:
            out = "" if user.is_active else "  (disabled)"
            sys.stdout.write(f"{user.agency.code}  {user.username}  {user.display_name}  {user.role}{out}\n")


def password(context: typer.Context, username: Username) -> None:
    """Give a person another password, asked for or read from standard input. All their sessions end."""
    platform_of(context).prepare()
    from fanal.core.access.actions import change_password
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    change_password(user, _password(), operator_of(user.agency))
    sys.stderr.write(f"{user.username} has another password.\n")


def disable(context: typer.Context, username: Username) -> None:
    """Keep a person out, and out of every session at once. What they did stays."""
    _set_active(context, username, active=False)


def enable(context: typer.Context, username: Username) -> None:
    """Let a person sign in again."""
    _set_active(context, username, active=True)


def _set_active(context: typer.Context, username: str, *, active: bool) -> None:
    platform_of(context).prepare()
    from fanal.core.access.actions import set_active
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    set_active(user, operator_of(user.agency), active=active)
    sys.stderr.write(f"{user.username} {'can sign in again' if active else 'is kept out'}.\n")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
