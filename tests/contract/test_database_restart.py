"""Workers outlive restarts of the database: nothing is lost, nothing happens twice."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from fanal.project.postgres import hold
from nursery import nursery

FANAL = Path(sys.executable).parent / "fanal"
JOBS, RESTARTS, LEASE = 120, 4, 3.0
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
SELECT 'trial', 'trial.work', jsonb_build_object('item', item, 'seconds', 0.05) FROM generate_series(1, %s) AS item
"""


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[hold.Hold]:
    """A server for this test alone, with our tables, that the environment names."""
    data = Path(tempfile.mkdtemp(prefix="fanal-restart-"))
    data.chmod(0o711)
    monkeypatch.setenv("FANAL_DATA", str(data))
    monkeypatch.delenv("DATABASE_URL")
    held = hold.hold(data)
    subprocess.run([FANAL, "migrate"], check=True, capture_output=True, env=dict(os.environ))
    yield held
    held.close()
    shutil.rmtree(data)


def ask(address: str, query: str, *values: int) -> list[tuple[object, ...]]:
    """Return the answer of a new connection."""
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []


def test_jobs_are_done_once_through_restarts_of_the_database(own_server: hold.Hold, tmp_path: Path) -> None:
    address = make_conninfo("", **own_server.connection)
    # The application may make no table of its own.
    owner = make_conninfo("", **(hold.owner_connection(own_server.server.place) or {}))
    ask(owner, "CREATE TABLE trial_effects (item bigint, attempt int, process int)")
    ask(owner, "GRANT SELECT, INSERT ON trial_effects TO PUBLIC")
    ask(address, DEFER, JOBS)
    with nursery(tmp_path, 2, 2, LEASE) as crowd:
        deadline = time.monotonic() + 300
        while not (workers := crowd.living()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for _ in range(RESTARTS):
            time.sleep(1)
            own_server.restart("immediate")
        left: list[tuple[object, ...]] = [(JOBS,)]
        while left != [(0,)] and time.monotonic() < deadline:
            time.sleep(0.2)
            left = ask(
                address,
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'trial'",
            )
        assert sorted(crowd.living()) == sorted(workers), "the same processes, all along"
    assert left == [(0,)]
    assert ask(address, "SELECT count(*), count(DISTINCT item) FROM trial_effects") == [(JOBS, JOBS)]
    assert ask(address, "SELECT count(*) FROM jobs_shelvedjob") == [(0,)]
