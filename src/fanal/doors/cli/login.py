"""`fanal login`: keep to which server this computer speaks, and the token for it."""

import getpass
import sys
from typing import Annotated

import typer

from fanal.doors.cli import credentials


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(login)
    app.command()(logout)


def login(url: Annotated[str, typer.Argument(help="The server's address, such as https://fanal.example.")]) -> None:
    """Have commands speak to a server. The token is asked for, or read from standard input, and kept for you alone."""
    from fanal.doors.cli.remote import Remote

    made = credentials.Login(credentials.address(url), _token())
    with Remote(made) as remote:
        me = remote.get("/me")
    file = credentials.save(made)
    scopes = ", ".join(me["scopes"])
    sys.stderr.write(f"You are {me['username']} of {me['agency']['name']} at {made.server}; kept in {file}.\n")
    sys.stderr.write(f"The token is good until {me['expires_at'][:10]}, for: {scopes}.\n")


def logout() -> None:
    """Forget the server and the token. The token itself is good until its end: `fanal token revoke` ends it."""
    credentials.place().unlink(missing_ok=True)
    sys.stderr.write("This computer speaks to no server any more.\n")


def _token() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Token: ").strip()
    return sys.stdin.readline().strip()
