"""Bring the database's tables up to date; only one process does it at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from fanal.kit import settings
from fanal.kit.errors import Unavailable
from fanal.project import database
from fanal.project.postgres import hold

CONNECT_SECONDS = 10
LOCK = 0x46414E414C  # "FANAL"


OWNED = """
SELECT EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND pg_has_role(current_user, relowner, 'MEMBER')
)
"""


class NotTheOwner(Unavailable):
    """The role that is to own the tables may not take them from the one that owns them."""

    code = "database.owner"
    of_the_server = True
    next_step = "See docs/handbook/settings.md, FANAL_MIGRATE_URL."


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
    """Apply what is pending and return its names. A second process waits, then finds nothing to do.

    Where the tables have an owner of their own, it does it; what the application owned is given to it first.
    Raises NotTheOwner, NoDatabase.
    """
    chosen = settings.read()
    owner = database.owner_parameters(chosen)
    if not pending() and (owner is None or not _owns_tables()):
        return []
    # A connection of its own: the lock must outlive the many transactions of the migrations.
    with _connected(owner or database.connection_parameters(chosen)) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        application = database.connection_parameters(chosen).get("user", "")
        if owner:
            _take_over(lock, application)
        names = pending()
        if names:
            with _connecting_as(owner):
                call_command("migrate", interactive=False, verbosity=0)
        if owner:
            _give_rights(lock, application)
    return names


def thin_wall() -> str:
    """Say why the database's own wall between agencies is thinner than it can be; nothing where it is whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (unbound,) = cursor.fetchone() or (True,)
    if unbound:
        return "The database's row policies do not bind the role of DATABASE_URL: it is superuser or has BYPASSRLS."
    if _owns_tables():
        return "The role of DATABASE_URL owns the tables, so it could switch their row policies off."
    return ""


def _owns_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        (owned,) = cursor.fetchone() or (False,)
    return bool(owned)


def _connected(parameters: dict[str, str]) -> "psycopg.Connection[tuple[object, ...]]":
    try:
        return psycopg.connect(make_conninfo("", **parameters), autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise NoDatabase(f"The database cannot be reached: {str(error).strip()}") from error


def _take_over(owner: "psycopg.Connection[tuple[object, ...]]", application: str) -> None:
    """Have the owner own what the application owned, which may go on reading and writing it."""
    if application == owner.info.user or not _owns_tables():
        return
    try:
        owner.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(application)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotTheOwner(
            f"The tables belong to {application}, and {owner.info.user} may not take them.",
            next_step=f'As a superuser, in this database: REASSIGN OWNED BY "{application}" TO "{owner.info.user}"',
        ) from error
    _give_rights(owner, application)


def _give_rights(owner: "psycopg.Connection[tuple[object, ...]]", application: str) -> None:
    if application != owner.info.user:
        for right in hold.rights_of(application):
            owner.execute(right)


@contextmanager
def _connecting_as(owner: dict[str, str] | None) -> Iterator[None]:
    """Have Django's one connection be the owner's, where there is one: migrations know of no other."""
    if owner is None:
        yield
        return
    before = connection.settings_dict.copy()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    connection.settings_dict.update(database.described(owner))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
