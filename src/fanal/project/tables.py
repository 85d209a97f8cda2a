"""Bring the database's tables up to date; only one process does it at a time."""

from collections.abc import Sequence

import psycopg
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from fanal.kit import settings
from fanal.kit.errors import Unavailable
from fanal.project import database

CONNECT_SECONDS = 10
LOCK = 0x46414E414C  # "FANAL"


class NoDatabase(Unavailable):
    """The server does not answer or does not let us in."""

    code = "database.unreachable"
    next_step = "Check DATABASE_URL, and that the server runs and lets this role in."


def pending() -> Sequence[str]:
    """Return the names of the migrations not yet applied. Raises NoDatabase."""
    try:
        # Django's pool would try for long and then not say why.
        psycopg.connect(database.connection_string(settings.read()), connect_timeout=CONNECT_SECONDS).close()
        executor = MigrationExecutor(connection)
    except (OperationalError, psycopg.OperationalError) as error:
        raise NoDatabase(f"The database cannot be reached: {str(error).strip()}") from error
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def bring_up_to_date() -> Sequence[str]:
    """Apply what is pending and return its names. A second process waits, then finds nothing to do."""
    if not pending():
        return []
    # A connection of its own: the lock must outlive the many transactions of the migrations.
    with psycopg.connect(database.connection_string(settings.read()), autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        names = pending()
        if names:
            call_command("migrate", interactive=False, verbosity=0)
    return names
