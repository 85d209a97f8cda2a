"""`fanal serve`: the desk over HTTP."""

from typing import Annotated

import typer

from fanal.doors.cli.broken import tell_broken
from fanal.doors.cli.platform import platform_of, tell_thin_wall
from fanal.kit.machine import cores

A_CORE, MOST = 2, 8
"""Server processes. With one a core, two large pages that meet in one process share a core while the other is idle.
Each takes 0.15 GB, and up to eight connections of the hundred that PostgreSQL has for all.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Server processes; without it two a core, eight at most.")
    ] = None,
) -> None:
    """Serve the desk over HTTP, until interrupted."""
    platform = platform_of(context)
    platform.prepare()
    tell_broken()
    tell_thin_wall(platform)
    platform.serve(host=host, port=port, processes=processes or min(A_CORE * cores(), MOST))
