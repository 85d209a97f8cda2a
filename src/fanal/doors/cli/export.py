"""`fanal export`: what leaves the house for a court."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    export = typer.Typer(no_args_is_help=True, help="Write what leaves the house for a court.")
    export.callback()(_group)
    export.command()(custody)
    app.add_typer(export, name="export")


def _group() -> None:
    """Write what leaves the house for a court."""


def custody(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="EXHIBIT", help="exhibit:NUMBER, content:NUMBER, or the SHA-256 of a file.")
    ],
    agency: Annotated[str, typer.Option(help="Code of the agency that submitted it, such as NZ.")],
    to: Annotated[Path, typer.Option(help="A new folder.")],
    with_bytes: Annotated[bool, typer.Option("--bytes", help="Put the file itself into the dossier too.")] = False,
) -> None:
    """Write all that the log holds about an exhibit as a dossier that proves itself; the export is logged first."""
    platform_of(context).prepare()
    from fanal.casework.custody.actions import export_dossier
    from fanal.core.access.queries import agency_by_code, operator_of

    asking = agency_by_code(agency)
    written = export_dossier(asking, reference, to, operator_of(asking), with_bytes=with_bytes)
    sys.stdout.write(f"{written.entries} entries, {written.withheld} of them by their hash alone, in {to}\n")
    sys.stderr.write(f"Prove it anywhere: python3 {to / 'verify.py'} --key {written.key}\n")
