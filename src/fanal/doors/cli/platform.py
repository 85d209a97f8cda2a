"""What a command may ask of the house it runs in. The composition root gives it; doors do not import the project."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Protocol, cast

import typer


class Platform(Protocol):
    """The house: its database and its Django, prepared when a command needs them."""

    def prepare(self) -> None:
        """Start the embedded database if that is the one, set up Django, and see that the tables are up to date.

        The embedded database's tables are brought up to date; another server's are the operator's to migrate.
        Twice is once. Raises FanalError, with the next step.
        """

    def migrate(self) -> Sequence[str]:
        """Bring the tables up to date and return the names of the migrations applied."""

    def thin_wall(self) -> str:
        """Say why the database's own wall between agencies is thinner than it can be; nothing where it is whole."""

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start another `fanal` beside this one, on the same data."""

    def serve(self, *, host: str, port: int, processes: int) -> None:
        """Answer HTTP until told to stop."""


def platform_of(context: typer.Context) -> Platform:
    """Return the platform of the running command."""
    return cast("Platform", context.find_root().obj)


def tell_thin_wall(platform: Platform) -> None:
    """Warn the operator, once prepared, where the database's own wall is thinner than it can be."""
    why = platform.thin_wall()
    if why:
        sys.stderr.write(
            f"The second wall between agencies is thinner: {why}\n  See FANAL_MIGRATE_URL in the handbook.\n"
        )
