"""`fanal token`: give programs tokens to act for a person, list them, take them back."""

import json
import sys
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from fanal.doors.cli.platform import platform_of

if TYPE_CHECKING:
    from fanal.core.access.models import Token

SCOPES = ("read", "submit", "judge", "check", "log", "approve", "case", "people", "reach")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    token = typer.Typer(no_args_is_help=True, help="Give programs tokens to act for a person.")
    token.command("make")(make)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke)
    app.add_typer(token, name="token")


def make(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person for whom the program acts.")],
    name: Annotated[str, typer.Option(help="What the token is for, such as the computer it is on.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What for: {', '.join(SCOPES)}; may be repeated. "
            "Without it: all the role may, but approve and people."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")] = 90,
) -> None:
    """Make a token and print its secret, once: only its digest is kept. The program may do what the person may."""
    platform_of(context).prepare()
    from datetime import timedelta

    from fanal.core.access.queries import operator_of, user_by_name
    from fanal.core.access.roles import offered_scopes
    from fanal.core.access.tokens import make_token

    user = user_by_name(username)
    lasts = timedelta(days=days)
    scopes = scope or [one for one, unasked in offered_scopes(user.role) if unasked]
    made, secret = make_token(user, name=name, scopes=scopes, lasts=lasts, actor=operator_of(user.agency))
    sys.stderr.write(f"Token {made.pk} of {user.username}, good until {made.expires_at:%Y-%m-%d}. Keep it secret:\n")
    sys.stdout.write(secret + "\n")


def list_tokens(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Only those of the agency with this code.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List the tokens, those that are of no use any more too."""
    platform_of(context).prepare()
    from fanal.core.access.queries import agency_by_code
    from fanal.core.access.tokens import tokens_of

    for token in tokens_of(agency_by_code(agency) if agency else None):
        told = _told(token)
        sys.stdout.write((json.dumps(told, ensure_ascii=False) if as_json else _line(told)) + "\n")


def revoke(context: typer.Context, token: Annotated[UUID, typer.Argument(help="The token's id, as listed.")]) -> None:
    """Make a token useless, from the next request on."""
    platform_of(context).prepare()
    from fanal.core.access.queries import operator_of
    from fanal.core.access.tokens import revoke_token

    held = revoke_token(token, operator_of(None))
    sys.stderr.write(f"The token {held.name!r} of {held.user.username} is of no use any more.\n")


def _told(token: "Token") -> dict[str, object]:
    return {
        "token": str(token.pk),
        "username": token.user.username,
        "agency": token.user.agency.code,
        "name": token.name,
        "scopes": token.scopes,
        "expires_at": token.expires_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }


def _line(told: dict[str, object]) -> str:
    end = f"revoked {told['revoked_at']}" if told["revoked_at"] else f"until {told['expires_at']}"
    used = f"last used {told['used_at']}" if told["used_at"] else "never used"
    return f"{told['token']}  {told['agency']}  {told['username']}  {told['name']}  {end}  {used}"
