"""The `fanal` command: joins the terminal with the database and Django."""

import os
import subprocess
import sys
from collections.abc import Sequence

from fanal.doors.cli import app
from fanal.kit.errors import Unavailable


def main() -> None:
    """Run one command line and end the process with its exit code."""
    sys.exit(app.run(House()))


class NeedsMigration(Unavailable):
    """The tables of a server that is not ours are older than this program."""

    code = "database.migrate"
    next_step = "Make a backup, then run `fanal migrate`."


class House:
    """The platform that commands run on."""

    def __init__(self) -> None:
        self._prepared = False

    def prepare(self) -> None:
        """Start the embedded database if that is the one, set up Django, see that the tables are up to date."""
        if self._prepared:
            return
        embedded = self._open()
        from fanal.project import tables

        if embedded:
            tables.bring_up_to_date()
        elif tables.pending():
            raise NeedsMigration("The database's tables are older than this program.")
        self._prepared = True

    def migrate(self) -> Sequence[str]:
        """Bring the tables up to date and return the names of the migrations applied."""
        self._open()
        from fanal.project import tables

        return tables.bring_up_to_date()

    def thin_wall(self) -> str:
        """Say why the database's own wall between agencies is thinner than it can be; nothing where it is whole."""
        from fanal.project import tables

        return tables.thin_wall()

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start another `fanal` beside this one, on the same data; it lives on its own."""
        return subprocess.Popen([sys.executable, "-m", "fanal.project", *arguments])  # noqa: S603 - our own program

    def serve(self, *, host: str, port: int, processes: int) -> None:
        """Answer HTTP until told to stop."""
        from fanal.project import server

        server.serve(host=host, port=port, processes=processes)

    def _open(self) -> bool:
        """Make the database reachable and set up Django; tell whether the database is the embedded one."""
        from fanal.kit import settings

        chosen = settings.read()
        if chosen.database_url is None:
            from fanal.project.postgres import hold

            hold.hold(chosen.data, programs=chosen.postgres_programs)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.project.settings")
        import django

        django.setup()
        from fanal.core.access.asking import EVERYBODY, process_asks_for

        # The machine's operator and the jobs work for all. What answers others begins with nobody (`wsgi.py`).
        process_asks_for(EVERYBODY)
        return chosen.database_url is None
