"""`fanal worker`: do the jobs that are waiting, on as many machines as one likes."""

import sys
from typing import Annotated

import typer

from fanal.doors.cli.broken import tell_broken
from fanal.doors.cli.platform import platform_of, tell_thin_wall


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker(
    context: typer.Context,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Jobs at the same time.")] = 2,
    queue: Annotated[list[str] | None, typer.Option(help="Only this queue; may be repeated.")] = None,
    until_idle: Annotated[bool, typer.Option(help="End when no job is left, instead of waiting for more.")] = False,
) -> None:
    """Do the jobs that are waiting, until interrupted; jobs in hand are finished first."""
    platform_of(context).prepare()
    tell_thin_wall(platform_of(context))
    from fanal.core.jobs.worker import run_worker

    tell_broken()

    sys.stderr.write("Working. Stop with Ctrl-C: jobs in hand are finished first.\n")
    run_worker(concurrency=concurrency, queues=queue, until_idle=until_idle)
