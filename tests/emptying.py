"""Empties every table between tests, and takes the guards off those that nothing empties in the product.

TRUNCATE makes the file of every table and index anew, hundreds of them, whatever they hold; DELETE costs what is there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

GUARDED = ("audit_leaf", "audit_node", "audit_checkpoint", "audit_witness", "audit_cosignature")
QUEUE = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
"""Not Django's to flush; a job left there would keep the workers of the next test from ever being idle."""
FIRST = (*QUEUE, "prints_print")
"""Whose references are looked at in each statement, not at its commit; and whose removal is noted in another table."""
KEPT = ("django_content_type", "auth_permission")
"""What Django itself fills, the same for every test."""


def unguarded(statements: Sequence[str], tables: Sequence[str] = GUARDED, trigger: str = "USER") -> list[str]:
    """Return the statements with the guards of the tables off while they run."""
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table in tables]
    on = [
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}"
        for table in tables
        for guard in ("audit_keep_rows", "audit_keep_table")
    ]
    return [*off, *statements, *on]


def emptying(tables: Sequence[str]) -> list[str]:
    """Return the statements that empty these tables and the queue, once whoever still writes there has ended."""
    rest = sorted({*tables} - {*FIRST, *KEPT})
    every = [f'"{table}"' for table in (*FIRST, *rest)]
    rows = "; ".join(f"DELETE FROM {table}" for table in every)
    # References are looked at before the guards are put back: a table that waits to be looked at cannot be altered.
    return [f"LOCK TABLE {', '.join(every)} IN EXCLUSIVE MODE", *unguarded([rows, "SET CONSTRAINTS ALL IMMEDIATE"])]


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_by_what_they_hold() -> Iterator[None]:
    """Have Django's flush, which runs after each test that commits, delete the rows, those behind guards too."""
    truncating = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        return emptying(tables) if "audit_leaf" in tables else truncating(self, style, tables, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)  # it fills what is kept
        yield


@pytest.fixture(scope="session", autouse=True)
def databases_are_dropped_whoever_looks_at_them() -> Iterator[None]:
    """Have a test database dropped although a process that a test killed still counts as its user for a moment."""

    def drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # Django's own, not in its stubs
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_destroy_test_db", drop)
        yield
