"""Which PostgreSQL: the operator's by DATABASE_URL, else the embedded one. Reading this starts nothing."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fanal.kit.errors import Invalid
from fanal.kit.settings import Settings
from fanal.project.postgres import hold, place

# What Django has its own names for; all else (sslmode, passfile, ...) goes to libpq as it is.
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# A process that is stopped in the middle of a transaction must not hold its locks forever.
GUARDS = "-c idle_in_transaction_session_timeout=300s"
POOL = {"min_size": 0, "max_size": 20, "timeout": 20, "max_idle": 60}


class BadDatabaseUrl(Invalid):
    """DATABASE_URL cannot be read."""

    code = "database.url"
    next_step = "Write it as postgresql://user:password@host:5432/name?sslmode=verify-full"


def django_database(settings: Settings) -> dict[str, Any]:
    """Return Django's description of the database. Raises BadDatabaseUrl."""
    return described(connection_parameters(settings), pool=POOL)


def described(parameters: dict[str, str], pool: dict[str, int] | None = None) -> dict[str, Any]:
    """Return Django's description of a connection."""
    django: dict[str, Any] = {NAMES[key]: value for key, value in parameters.items() if key in NAMES}
    options = {key: value for key, value in parameters.items() if key not in NAMES}
    options["options"] = f"{options.get('options', '')} {GUARDS}".strip()
    return {
        "ENGINE": "fanal.core.access.database",
        **django,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "pool": pool or False},
    }


def connection_parameters(settings: Settings) -> dict[str, str]:
    """Return what libpq needs to connect."""
    if settings.database_url is None:
        return hold.connection(place.find(settings.data))
    return _read("DATABASE_URL", settings.database_url)


def owner_parameters(settings: Settings) -> dict[str, str] | None:
    """Return what libpq needs to connect as the owner of the tables; None where one role does all."""
    if settings.database_url is None:
        return hold.owner_connection(place.find(settings.data))
    return _read("FANAL_MIGRATE_URL", settings.migrate_url) if settings.migrate_url else None


def _read(name: str, url: str) -> dict[str, str]:
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # What libpq says of it quotes the address, and with it the password.
        raise BadDatabaseUrl(f"{name} cannot be read.") from None
    return {key: str(value) for key, value in found.items() if value is not None}


def connection_string(settings: Settings) -> str:
    """Return the same as libpq's connection string."""
    return make_conninfo("", **connection_parameters(settings))
