"""Who owns a job, and how it changes hands. Every change says in its WHERE which attempt it speaks for.

A job being done belongs to the worker that fetched it for as long as that worker's heartbeat is younger than the
lease. All times are the database's, so that a worker whose clock is wrong does no harm. The number of the attempt and
the worker together are the fencing token: an attempt that was given up on can change nothing any more.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from fanal.core.jobs.errors import Hopeless, LostLease, WorkerDied
from fanal.core.jobs.events import JobShelved
from fanal.core.jobs.models import ShelvedJob
from fanal.core.jobs.registry import Attempt, Kind
from fanal.kit import clock, events
from fanal.kit.errors import FanalError, Invalid, NotFound, Refused, StorageFull, Unavailable

RESCUE_SECONDS = 2.0
"""A rescuer that is itself stopped must not keep others from rescuing; its work takes milliseconds."""
LONGEST_PAUSE = 15 * 60.0
MOST_DOUBLINGS = 30
LONGEST_REASON = 500
OUTAGES = (Unavailable, StorageFull)
NO_USE_TRYING = (Hopeless, Invalid, NotFound, Refused)

OWN = """
SELECT 1 FROM procrastinate_jobs
 WHERE id = %s AND attempts = %s AND worker_id = %s AND status = 'doing'
   FOR NO KEY UPDATE
"""

END = """
UPDATE procrastinate_jobs SET status = %s, attempts = attempts + 1
 WHERE id = %s AND attempts = %s AND worker_id IS NOT DISTINCT FROM %s AND status = 'doing'
RETURNING id
"""

GIVE_BACK = """
UPDATE procrastinate_jobs
   SET status = 'todo', attempts = attempts + 1, worker_id = NULL,
       scheduled_at = now() + make_interval(secs => %s)
 WHERE id = %s AND attempts = %s AND worker_id IS NOT DISTINCT FROM %s AND status = 'doing'
"""

# Jobs whose worker is gone or silent. SKIP LOCKED: one whose last write is just being committed is not stalled.
STALLED = """
SELECT job.id, job.attempts, job.worker_id, job.task_name, job.args
  FROM procrastinate_jobs AS job
  LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
 WHERE job.status = 'doing'
   AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
 ORDER BY job.id
   FOR NO KEY UPDATE OF job SKIP LOCKED
"""

FORGET_WORKERS = """
DELETE FROM procrastinate_workers AS worker
 WHERE worker.last_heartbeat < now() - make_interval(secs => %s)
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job WHERE job.worker_id = worker.id AND job.status = 'doing')
"""


@dataclass(frozen=True, slots=True)
class Stalled:
    """A job in the hands of a worker that is gone; `worker` is None when its row is gone too."""

    job: int
    number: int
    worker: int | None
    task: str
    arguments: Mapping[str, Any]


def own(attempt: Attempt) -> None:
    """Lock the job's row for this transaction. Raises LostLease if the job is no longer this attempt's.

    Should this process be stopped inside the transaction, the database ends it after one lease: nobody waits longer.
    """
    _end_if_idle(attempt.lease)
    with connection.cursor() as cursor:
        cursor.execute(OWN, [attempt.job, attempt.number, attempt.worker])
        if cursor.fetchone() is None:
            raise LostLease(f"Job {attempt.job} is no longer attempt {attempt.number}'s.")


def complete(attempt: Attempt) -> bool:
    """Mark the job done, if it is still this attempt's."""
    with connection.cursor() as cursor:
        cursor.execute(END, ["succeeded", attempt.job, attempt.number, attempt.worker])
        return cursor.fetchone() is not None


def fail(attempt: Attempt, kind: Kind, arguments: Mapping[str, Any], error: Exception) -> str:
    """Give the job back for another try after a pause, or put it on the shelf; return which, in a word.

    What failed because something is away or full is tried for as long as that lasts.
    """
    stalled = Stalled(attempt.job, attempt.number, attempt.worker, kind.name, arguments)
    used_up = attempt.number + 1 >= kind.attempts and not isinstance(error, OUTAGES)
    if used_up or isinstance(error, NO_USE_TRYING):
        return "shelved" if _shelve(stalled, kind, error) else "lost"
    _give_back(stalled, _pause(kind, attempt.number))
    return "given back"


def rescue(lease: float, kinds: Mapping[str, Kind]) -> int:
    """Take the jobs of dead and silent workers from them, to be done again or shelved; return how many.

    Kinds that this program does not know are given back for one that does.
    """
    with transaction.atomic():
        _end_if_idle(RESCUE_SECONDS)
        stalled = _stalled(lease)
        for found in stalled:
            kind = kinds.get(found.task)
            if kind is not None and found.number + 1 >= kind.attempts:
                died = WorkerDied(f"Each of the {found.number + 1} workers that tried this died or was stopped.")
                _shelve(found, kind, died)
            else:
                _give_back(found, 0.0)
        with connection.cursor() as cursor:
            cursor.execute(FORGET_WORKERS, [lease * 4])
    return len(stalled)


def _end_if_idle(seconds: float) -> None:
    """Have the database end this transaction, and free its locks, if this process falls silent within it."""
    with connection.cursor() as cursor:
        milliseconds = str(int(seconds * 1000))
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [milliseconds])


def _stalled(lease: float) -> Sequence[Stalled]:
    with connection.cursor() as cursor:
        cursor.execute(STALLED, [lease])
        # Django leaves JSON of plain SQL as text.
        return [
            Stalled(job, number, worker, task, json.loads(arguments))
            for job, number, worker, task, arguments in cursor.fetchall()
        ]


def _give_back(stalled: Stalled, pause: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [pause, stalled.job, stalled.number, stalled.worker])


def _shelve(stalled: Stalled, kind: Kind, error: Exception) -> bool:
    if isinstance(error, FanalError):
        code, said = error.code, str(error) or error.code
    else:
        # What was not foreseen may quote anything, also what those may not see who look at the shelf.
        code = type(error).__name__
        said = f"{code}: not foreseen. The worker's log says where it arose."
    reason = _legible(said)[:LONGEST_REASON]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(END, ["failed", stalled.job, stalled.number, stalled.worker])
            if cursor.fetchone() is None:
                return False
        ShelvedJob.objects.create(
            job=stalled.job,
            task=stalled.task,
            subject=kind.about(stalled.arguments)[:200],
            arguments=dict(stalled.arguments),
            attempts=stalled.number + 1,
            code=code,
            reason=reason,
            shelved_at=clock.now(),
        )
        events.tell(JobShelved(stalled.job, stalled.task, stalled.arguments, code, reason))
    return True


def _legible(reason: str) -> str:
    """Return words that a database can hold: an error may quote anything, and the job must end all the same."""
    return reason.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _pause(kind: Kind, number: int) -> float:
    """Twice as long each time, and a little by chance, so that many that failed together do not return together."""
    pause: float = min(kind.pause * 2 ** min(number, MOST_DOUBLINGS), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
