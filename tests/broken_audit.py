"""Six ways in which the audit log breaks, each a context in which it is broken and after which it is whole again.

Ask for the fixture `broken_audit` to have a test run once with each, or take one from BREAKAGES.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection, transaction

from fanal.core.audit import actions, place, table
from fanal.core.audit.actions import record, sign_checkpoint
from fanal.engine.merkle.keys import SigningKey
from fanal.kit.actor import SYSTEM

TURN = 0x66616E616C000001
"""The lock that a writer of the log takes (migration 0002)."""
Breakage = Callable[[], AbstractContextManager[None]]


def second_connection() -> psycopg.Connection[Any]:
    """Open a connection of its own to the tests' database."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@contextmanager
def no_right_to_insert() -> Iterator[None]:
    """The database role may do everything but write into the log. (Not even the owner may, once it is revoked.)"""
    tables = "audit_leaf, audit_node, audit_checkpoint"
    with second_connection() as other:
        other.execute(f"REVOKE INSERT ON {tables} FROM CURRENT_USER")
        try:
            yield
        finally:
            other.execute(f"GRANT INSERT ON {tables} TO CURRENT_USER")


@contextmanager
def disk_full() -> Iterator[None]:
    """The file of the second sink is on a device without room: the kernel itself says ENOSPC."""
    folder, aside = place.sink_folder(), place.sink_folder().with_name("audit-aside")
    if folder.exists():
        folder.rename(aside)
    folder.mkdir()
    (folder / "leaves-000000.jsonl").symlink_to("/dev/full")
    try:
        yield
    finally:
        (folder / "leaves-000000.jsonl").unlink()
        folder.rmdir()
        with suppress(FileNotFoundError):
            aside.rename(folder)


@contextmanager
def dead_connection() -> Iterator[None]:
    """The database ends our session at the moment when the log is asked for a turn."""
    take_turn = table.take_turn

    def die_first(patience: float) -> table.Turn:
        with second_connection() as other:
            backend = connection.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        return take_turn(patience)

    try:
        with mock.patch.object(table, "take_turn", die_first):
            yield
    finally:
        connection.close()


@contextmanager
def slow() -> Iterator[None]:
    """Somebody else has the turn and does not give it back."""
    with second_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TURN])
        with mock.patch.object(actions, "PATIENCE", 0.02):
            yield


@contextmanager
def wrong_key() -> Iterator[None]:
    """The key in the data folder is not the one that signed this log."""
    with transaction.atomic():
        record("audit.verified", actor=SYSTEM)
    sign_checkpoint()
    key, aside = place.key_file(), place.key_file().with_name("audit.ed25519.aside")
    key.rename(aside)
    key.touch(mode=0o600)
    key.write_text(SigningKey("fanal/impostor", bytes(range(32))).secret_text(), encoding="utf-8")
    try:
        yield
    finally:
        aside.replace(key)


@contextmanager
def both_sinks() -> Iterator[None]:
    """Neither the table nor the file takes anything."""
    with ExitStack() as stack:
        stack.enter_context(no_right_to_insert())
        stack.enter_context(disk_full())
        yield


BREAKAGES: dict[str, Breakage] = {
    "no_right_to_insert": no_right_to_insert,
    "disk_full": disk_full,
    "dead_connection": dead_connection,
    "slow": slow,
    "wrong_key": wrong_key,
    "both_sinks": both_sinks,
}


@pytest.fixture(params=BREAKAGES)
def broken_audit(request: pytest.FixtureRequest) -> Breakage:
    """One of the six; `with broken_audit():` breaks the log."""
    return BREAKAGES[request.param]
