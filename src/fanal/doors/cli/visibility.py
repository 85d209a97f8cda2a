"""`fanal visibility`: show a submission to fewer agencies, or propose to show it to more."""

import sys
from typing import Annotated
from uuid import UUID

import typer

from fanal.doors.cli.logged_in import Server, logged_in


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(visibility)


def visibility(
    submission: Annotated[UUID, typer.Argument(help="The submission's id.")],
    wanted: Annotated[str, typer.Argument(help="own, named or all_connected.", metavar="VISIBILITY")],
    named: Annotated[list[str], typer.Option(help="Code of an agency that may see it; may be repeated.")] = [],  # noqa: B006 - typer copies it
    reason: Annotated[str, typer.Option(help="Why, where more agencies are to see it.")] = "",
    server: Server = "",
) -> None:
    """Change who sees a submission of your agency: fewer at once; more, or others, when a second officer agrees."""
    body = {"visibility": wanted, "named": named, "reason": reason}
    with logged_in(server) as remote:
        shown = remote.patch(f"/submissions/{submission}", body)
    if shown["proposal"]:
        sys.stdout.write(f"{shown['proposal']}  proposed: waits for a second officer of your agency\n")
    else:
        sys.stdout.write(f"{shown['id']}  {shown['visibility']}\n")
