"""Empties between tests what Django leaves: the audit tables, which nothing empties in the product, and the queue."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

GUARDED = ("audit_leaf", "audit_node", "audit_checkpoint", "audit_witness", "audit_cosignature")
QUEUE = "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events, procrastinate_periodic_defers"
"""Not Django's to flush; a job left there would keep the workers of the next test from ever being idle."""


def unguarded(statements: Sequence[str], tables: Sequence[str] = GUARDED, trigger: str = "USER") -> list[str]:
    """Return the statements with the guards of the tables off while they run."""
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table in tables]
    on = [
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}"
        for table in tables
        for guard in ("audit_keep_rows", "audit_keep_table")
    ]
    return [*off, *statements, *on]


@pytest.fixture(scope="session", autouse=True)
def audit_tables_can_be_emptied() -> Any:
    """Have Django's flush, which runs after each test that commits, take the guards off and put them back."""
    flush = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        statements = flush(self, *args, **kwargs)
        return [*unguarded(statements), QUEUE] if any("audit_leaf" in one for one in statements) else statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def databases_are_dropped_whoever_looks_at_them() -> Any:
    """Have a test database dropped although a process that a test killed still counts as its user for a moment."""

    def drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # Django's own, not in its stubs
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_destroy_test_db", drop)
        yield
