"""`fanal jobs`: what waits, and the shelf of work that failed for good."""

import json
import sys
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of

shelf = typer.Typer(help="See and retry the work that failed for good.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(shelf, name="jobs")


@shelf.command("list")
def list_shelf(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the work that failed for good, each with its subject and the reason."""
    platform_of(context).prepare()
    from fanal.core.jobs.queries import shelf as shelved

    for entry in shelved():
        said = entry.as_json() if as_json else None
        sys.stdout.write(
            (json.dumps(said) if said else f"{entry.job}  {entry.task}  {entry.subject}  {entry.reason}") + "\n"
        )


@shelf.command()
def retry(
    context: typer.Context,
    job: Annotated[list[int] | None, typer.Argument(help="Numbers of jobs on the shelf; none: all of them.")] = None,
) -> None:
    """Put work from the shelf back into the queue."""
    platform_of(context).prepare()
    from fanal.core.jobs.actions import unshelve

    sys.stdout.write(f"{unshelve(job)}\n")
