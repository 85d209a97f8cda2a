"""A data folder of its own for tests of the audit log, and hands that reach behind it as an intruder's would."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from emptying import unguarded
from fanal.core.audit.actions import record
from fanal.kit.actor import SYSTEM


@pytest.fixture
def fresh_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder: neither key nor second sink of other tests."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("FANAL_DATA", str(folder))
    return folder


def append(count: int, subject: str = "content:1") -> list[int]:
    """Log this many things, each in a transaction of its own; return their indexes."""
    indexes = []
    for number in range(count):
        with transaction.atomic():
            indexes.append(record("media.revealed", actor=SYSTEM, subject=subject, detail={"number": number}))
    return indexes


def behind_its_back(*statements: str) -> None:
    """Run SQL with the guards of the audit tables off, as an intruder with the owner's rights could."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in unguarded(statements):
            cursor.execute(statement)


def everything_stored() -> dict[str, str]:
    """Return a digest of the rows of every table, to see that nothing at all has changed."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = {}
        for name in sorted(names):
            cursor.execute(f"SELECT coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '') FROM \"{name}\" row")
            found[name] = hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()
    return found


def rewrite_segment(data: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Rewrite the lines of the second sink's first segment."""
    path = data / "audit" / "leaves-000000.jsonl"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
