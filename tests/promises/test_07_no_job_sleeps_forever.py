"""Promise 7: no job sleeps forever, whatever happens to the workers, and no effect happens twice."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

import trial_jobs
from fanal.core.jobs import actions, queries
from nursery import Nursery, nursery

LEASE = 3.0
PATIENCE = 300.0
"""Seconds until a job counts as asleep. Where it is quiet all end within the lease and 10 s, and the number is printed;
but a busy machine's slowness is no broken promise."""
BLOWS = int(os.environ.get("FANAL_BLOWS", "120"))
WORKERS = 3
BACKLOG = 40

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def effects() -> Iterator[None]:
    """The table that trial jobs write to, and the kinds known to this process, which defers them."""
    with connection.cursor() as cursor:
        cursor.execute(trial_jobs.TABLE)
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("TRUNCATE trial_effects")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE trial_effects")


def wait_until_done(seconds: float) -> float:
    """Wait until no job waits or runs and return how long it took; fails after so many seconds."""
    start = time.monotonic()
    while (left := queries.unfinished(["trial"])) and time.monotonic() - start < seconds:
        time.sleep(0.1)
    assert left == 0, f"{left} jobs not done after {seconds} s"
    return time.monotonic() - start


def wait_until_alive(workers: int) -> None:
    """Wait until so many workers show signs of life; fails where they never do."""
    start = time.monotonic()
    while (alive := queries.workers_alive(LEASE)) != workers:
        assert time.monotonic() - start < PATIENCE, f"{alive} workers are alive, not {workers}"
        time.sleep(0.1)


def rows(query: str) -> list[tuple[object, ...]]:
    """Return the answer to a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def befall(crowd: Nursery, dice: random.Random, blows: int, meanwhile: Callable[[], None]) -> list[int]:
    """Strike the workers so many times, three blows of four deadly, the others a pause; return who is still paused."""
    paused, struck = list[tuple[float, int]](), 0
    while struck < blows:
        meanwhile()
        time.sleep(dice.uniform(0.1, 0.3))
        for wake, process in [due for due in paused if due[0] < time.monotonic()]:
            crowd.strike(process, signal.SIGCONT)
            paused.remove((wake, process))
        awake = sorted(set(crowd.living()) - {process for _, process in paused})
        if not awake:
            continue
        victim, struck = dice.choice(awake), struck + 1
        if dice.random() < 0.75 or len(awake) == 1:  # where nobody is awake, nobody can be expected to work
            crowd.strike(victim, signal.SIGKILL)
        else:
            crowd.strike(victim, signal.SIGSTOP)
            paused.append((time.monotonic() + dice.uniform(0.2, 2 * LEASE), victim))
    return [process for _, process in paused]


def test_every_job_ends_once_whatever_befalls_the_workers(tmp_path: Path, dice: random.Random) -> None:
    items = list[int]()

    def defer_some() -> None:
        if queries.unfinished(["trial"]) > BACKLOG:
            return  # how much one worker can do in a while is not the question here
        batch = [{"item": len(items) + n, "seconds": dice.uniform(0.01, 0.2)} for n in range(4)]
        items.extend(actions.defer_many("trial.work", batch))

    with nursery(tmp_path, WORKERS, 2, LEASE) as crowd:
        paused = befall(crowd, dice, BLOWS, defer_some)
        # The paused stay paused: others must take over what they hold.
        took = wait_until_done(PATIENCE)
        for process in paused:
            crowd.strike(process, signal.SIGCONT)
        time.sleep(LEASE)
    sys.stdout.write(f"{BLOWS} blows, {len(items)} jobs, all done {took:.1f} s after the last blow\n")
    assert rows("SELECT status::text, count(*) FROM procrastinate_jobs WHERE queue_name = 'trial' GROUP BY 1") == [
        ("succeeded", len(items))
    ]
    assert rows("SELECT count(*), count(DISTINCT item) FROM trial_effects") == [(len(items), len(items))]


@pytest.mark.parametrize("kind", ["trial.stop_before", "trial.stop_within"])
def test_the_late_write_of_a_zombie_is_fenced(tmp_path: Path, kind: str) -> None:
    with nursery(tmp_path, 2, 1, LEASE) as crowd:
        actions.defer(kind, item=7)
        wait_until_done(PATIENCE)
        for process in crowd.living():
            crowd.strike(process, signal.SIGCONT)
        wait_until_alive(2)  # the zombie works again
        time.sleep(LEASE / 2)
        written = rows("SELECT item, attempt FROM trial_effects")
    assert written == [(7, 1)]


def test_a_job_that_kills_its_workers_ends_on_the_shelf(tmp_path: Path) -> None:
    with nursery(tmp_path, 2, 1, LEASE):
        actions.defer("trial.kills", item=9)
        actions.defer("trial.work", item=10, seconds=0.1)
        wait_until_done(3 * (PATIENCE))
    shelved = queries.shelf()
    assert [(entry.task, entry.subject, entry.code, entry.attempts) for entry in shelved] == [
        ("trial.kills", "item 9", "jobs.worker_died", 3)
    ]
    assert rows("SELECT item FROM trial_effects") == [(10,)]
