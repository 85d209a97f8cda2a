"""Kinds of jobs for tests. Importing this registers them; Django must be set up."""

import os
import signal
import threading
import time

from django.db import connection

from fanal.core.jobs.actions import fence
from fanal.core.jobs.errors import Hopeless
from fanal.core.jobs.registry import Attempt, job
from fanal.kit.errors import StorageFull, Unavailable

TABLE = "CREATE TABLE IF NOT EXISTS trial_effects (item bigint, attempt int, process int)"


def write(attempt: Attempt, item: int) -> None:
    """Leave a trace of this attempt."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trial_effects VALUES (%s, %s, %s)", [item, attempt.number, os.getpid()])


def stop_here() -> None:
    """Stop this process at this line: told to the process, the signal may reach another thread first, and we go on."""
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


@job("trial.work", queue="trial", attempts=100, pause=0.1, subject="item")
def work(attempt: Attempt, item: int, seconds: float) -> None:
    """Take a while."""
    time.sleep(seconds)
    with fence(attempt):
        write(attempt, item)


@job("trial.stop_before", queue="trial", subject="item")
def stop_before(attempt: Attempt, item: int) -> None:
    """Stop the first worker before it writes."""
    if attempt.number == 0:
        stop_here()
    with fence(attempt):
        write(attempt, item)


@job("trial.stop_within", queue="trial", subject="item")
def stop_within(attempt: Attempt, item: int) -> None:
    """Stop the first worker after it wrote, before it commits."""
    with fence(attempt):
        write(attempt, item)
        if attempt.number == 0:
            stop_here()


@job("trial.fails", queue="trial", attempts=3, pause=0.05, subject="item")
def fails(attempt: Attempt, item: int) -> None:
    """Fail each time."""
    raise RuntimeError(f"no luck with {item}")


@job("trial.hopeless", queue="trial", subject="item")
def hopeless(attempt: Attempt, item: int) -> None:
    """Fail in a way that no other try would mend."""
    raise Hopeless("The file is not what it says.")


@job("trial.kills", queue="trial", attempts=3, subject="item")
def kills(attempt: Attempt, item: int) -> None:
    """Take the worker along."""
    os.kill(os.getpid(), signal.SIGKILL)


@job("trial.unspeakable", queue="trial", attempts=1, subject="item")
def unspeakable(attempt: Attempt, item: int) -> None:
    """Fail with words that no database can hold."""
    raise Hopeless("no file caf\udce9\0")


@job("trial.talks", queue="trial", subject="item")
def talks(attempt: Attempt, item: int) -> None:
    """Fail with more words than are kept."""
    raise Hopeless("and so on " * 100)


@job("trial.outage", queue="trial", attempts=2, pause=0.05, subject="item")
def outage(attempt: Attempt, item: int) -> None:
    """Need something that is away for the first four tries."""
    if attempt.number < 4:
        raise (StorageFull if attempt.number % 2 else Unavailable)("The media store is away.")
    with fence(attempt):
        write(attempt, item)
