"""A server named by DATABASE_URL: used as it is, migrated only when told to."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from fanal.project.postgres import hold

FANAL = Path(sys.executable).parent / "fanal"
NAME = "external"

Fanal = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def address(postgres: hold.Hold) -> Iterator[str]:
    """An empty database on a server that runs already."""
    database = f"{NAME}_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    server = make_conninfo("", **postgres.connection)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        yield make_conninfo(server, dbname=database)
        connection.execute(drop)


@pytest.fixture
def fanal(tmp_path: Path) -> Fanal:
    """Run the command with a data folder of its own."""

    def run(*arguments: str, database: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FANAL_DATA": str(tmp_path / "data"), "DATABASE_URL": database}
        return subprocess.run([FANAL, *arguments], capture_output=True, text=True, timeout=900, env=environment)

    return run


def test_its_tables_are_the_operators_to_migrate(fanal: Fanal, address: str, tmp_path: Path) -> None:
    refused = fanal("worker", "--until-idle", database=address)
    assert refused.returncode == 1
    assert "older than this program" in refused.stderr
    assert "fanal migrate" in refused.stderr
    migrated = fanal("migrate", database=address)
    assert migrated.returncode == 0, migrated.stderr
    assert "jobs.0001_shelf" in migrated.stdout
    again = fanal("migrate", database=address)
    assert (again.returncode, again.stdout) == (0, "")
    worked = fanal("worker", "--until-idle", database=address)
    assert worked.returncode == 0, worked.stderr
    assert not (tmp_path / "data" / "postgresql").exists(), "no embedded server beside it"


def test_one_that_does_not_answer_is_a_clear_refusal(fanal: Fanal, tmp_path: Path) -> None:
    refused = fanal("jobs", "list", database=f"host={tmp_path} dbname=nowhere")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "cannot be reached" in refused.stderr
    assert "Check DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_url_that_is_none_is_a_clear_refusal(fanal: Fanal) -> None:
    refused = fanal("jobs", "list", database="mysql://nowhere")
    assert refused.returncode == 1
    assert "DATABASE_URL cannot be read" in refused.stderr
    assert "Traceback" not in refused.stderr
