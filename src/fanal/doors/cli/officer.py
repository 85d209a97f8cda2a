"""`fanal officer`: give people accounts, change their roles and passwords, keep them out."""

import getpass
import json
import sys
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of
from fanal.kit import settings

ROLES = "officer, supervisor, administrator, auditor, central or service."
Username = Annotated[str, typer.Argument(help="The name the person signs in with.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    officer = typer.Typer(no_args_is_help=True, help="Give people accounts.")
    officer.command("add")(add)
    officer.command("list")(list_people)
    officer.command("password")(password)
    officer.command("invite")(invite)
    officer.command("reset")(reset)
    officer.command("role")(role)
    officer.command("suspend")(suspend)
    officer.command("restore")(restore)
    officer.command("sign-out")(sign_out)
    app.add_typer(officer, name="officer")


def add(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    agency: Annotated[str, typer.Option(help="Code of the person's agency.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    role: Annotated[str, typer.Option(help=ROLES)] = "officer",
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
            out = "" if user.is_active else "  (suspended)"
            sys.stdout.write(f"{user.agency.code}  {user.username}  {user.display_name}  {user.role}{out}\n")


def password(context: typer.Context, username: Username) -> None:
    """Give a person another password, asked for or read from standard input. All their sessions end."""
    platform_of(context).prepare()
    from fanal.core.access.actions import change_password
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    change_password(user, _password(), operator_of(user.agency))
    sys.stderr.write(f"{user.username} has another password.\n")


def invite(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    agency: Annotated[str, typer.Option(help="Code of the person's agency.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    role: Annotated[str, typer.Option(help=ROLES)] = "officer",
) -> None:
    """Open an account and print a link with which its person chooses a password: once, within three days."""
    platform_of(context).prepare()
    from fanal.core.access import people
    from fanal.core.access.queries import agency_by_code, operator_of

    employer, actor = agency_by_code(agency), operator_of(agency_by_code(agency))
    _, secret = people.invite(agency=employer, username=username, display_name=name, role=role, actor=actor)
    _say_link(secret)


def reset(context: typer.Context, username: Username) -> None:
    """Make a person's password useless at once, and print a link with which they choose another."""
    platform_of(context).prepare()
    from fanal.core.access import people
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    _say_link(people.reset(user, operator_of(user.agency)))


def role(context: typer.Context, username: Username, role: Annotated[str, typer.Argument(help=ROLES)]) -> None:
    """Give a person another role, from their next request on."""
    platform_of(context).prepare()
    from fanal.core.access import people
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    people.change_role(user, role, operator_of(user.agency))
    sys.stderr.write(f"{user.username} is {user.role} now.\n")


def suspend(context: typer.Context, username: Username) -> None:
    """Keep a person out, and out of every session at once. What they did stays."""
    platform_of(context).prepare()
    from fanal.core.access import people
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    people.suspend(user, operator_of(user.agency))
    sys.stderr.write(f"{user.username} is kept out.\n")


def restore(context: typer.Context, username: Username) -> None:
    """Let a person sign in again."""
    platform_of(context).prepare()
    from fanal.core.access import people
    from fanal.core.access.queries import operator_of, user_by_name

    user = user_by_name(username)
    people.restore(user, operator_of(user.agency))
    sys.stderr.write(f"{user.username} can sign in again.\n")


def sign_out(context: typer.Context, username: Username) -> None:
    """End all sessions of a person; they may sign in again."""
    platform_of(context).prepare()
    from fanal.core.access.queries import operator_of, user_by_name
    from fanal.core.access.sessions import end_sessions

    user = user_by_name(username)
    ended = end_sessions(user, operator_of(user.agency))
    sys.stderr.write(f"{ended} sessions of {user.username} ended.\n")


def _say_link(secret: str) -> None:
    if not secret:
        sys.stderr.write("A service account needs no link. Give it a token: fanal token make\n")
        return
    origin = (settings.read().origin or "http://127.0.0.1:8000").rstrip("/")
    sys.stderr.write("This link works once, within three days. Hand it over yourself:\n")
    sys.stdout.write(f"{origin}/welcome/{secret}/\n")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
