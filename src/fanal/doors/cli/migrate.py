"""`fanal migrate`: bring the database's tables up to date."""

import sys

import typer

from fanal.doors.cli.platform import platform_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)


def migrate(context: typer.Context) -> None:
    """Bring the database's tables up to date."""
    applied = platform_of(context).migrate()
    for name in applied:
        sys.stdout.write(f"{name}\n")
    if not applied:
        sys.stderr.write("The tables are up to date.\n")
