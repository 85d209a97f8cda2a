"""What can be done with jobs: defer, fence, put back from the shelf."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from fanal.core.jobs import leases
from fanal.core.jobs.models import ShelvedJob
from fanal.core.jobs.registry import Attempt, kind_named

DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at)
SELECT %s, %s, %s, arguments, CASE WHEN %s > 0 THEN now() + make_interval(secs => %s) END
  FROM unnest(%s::jsonb[]) WITH ORDINALITY AS given (arguments, position)
 ORDER BY position
RETURNING id
"""

# A regular job is deferred once in each of its periods, counted on the database's clock, whichever worker is first;
# and not at all while the last one still waits.
DEFER_REGULAR = """
SELECT procrastinate_defer_periodic_job_v2(
         %(queue)s, NULL, NULL, %(name)s, %(priority)s, '',
         (floor(extract(epoch FROM now()) / %(seconds)s) * %(seconds)s)::bigint, '{}'::jsonb)
 WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = %(name)s AND status = 'todo')
"""


def defer(name: str, *, wait: float = 0.0, **arguments: Any) -> int:
    """Put one job into its queue and return its number. It exists if the caller's transaction commits.

    `arguments` are JSON values; `wait` is a number of seconds before it may start. Raises UnknownJob.
    """
    return defer_many(name, [arguments], wait=wait)[0]


def defer_many(name: str, batch: Iterable[Mapping[str, Any]], *, wait: float = 0.0) -> list[int]:
    """Put one job for each item of the batch into its queue, in one statement; return their numbers."""
    kind = kind_named(name)
    arguments = [json.dumps(dict(item)) for item in batch]
    if not arguments:
        return []
    with connection.cursor() as cursor:
        cursor.execute(DEFER, [kind.queue, kind.name, kind.priority, wait, wait, arguments])
        return [row[0] for row in cursor.fetchall()]


def defer_regulars() -> None:
    """Put into the queue what comes by itself and is due."""
    from fanal.core.jobs.registry import regulars

    with connection.cursor() as cursor:
        for regular in regulars():
            kind = regular.kind
            cursor.execute(
                DEFER_REGULAR,
                {"queue": kind.queue, "name": kind.name, "priority": kind.priority, "seconds": regular.seconds},
            )


@contextmanager
def fence(attempt: Attempt) -> Iterator[None]:
    """Make the block the job's last write: one transaction that also ends the job, so that both happen or neither.

    Raises LostLease, having written nothing, when the job has been given to another meanwhile.
    """
    with transaction.atomic():
        leases.own(attempt)
        yield
        leases.complete(attempt)


def still_mine(attempt: Attempt) -> None:
    """Before a write that is not the last: see, inside the caller's transaction, that the job is still ours.

    Raises LostLease.
    """
    leases.own(attempt)


@transaction.atomic
def unshelve(jobs: Iterable[int] | None = None) -> int:
    """Put work from the shelf into the queue again, as new jobs; None: all of it. Returns how many."""
    shelved = ShelvedJob.objects.select_for_update()
    chosen = list(shelved.filter(job__in=list(jobs)) if jobs else shelved.all())
    for entry in chosen:
        defer(entry.task, **entry.arguments)
        entry.delete()
    return len(chosen)


@transaction.atomic
def forget_done(older_than_seconds: float) -> int:
    """Delete jobs that were done long ago; the shelf keeps its own record. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH done AS (
                SELECT job.id FROM procrastinate_jobs AS job
                 WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
                   AND NOT EXISTS (SELECT 1 FROM procrastinate_events AS event
                                    WHERE event.job_id = job.id AND event.at > now() - make_interval(secs => %s))
                   AND NOT EXISTS (SELECT 1 FROM procrastinate_periodic_defers AS regular WHERE regular.job_id = job.id)
                 LIMIT 50000
            )
            DELETE FROM procrastinate_jobs AS job USING done WHERE job.id = done.id
            """,
            [older_than_seconds],
        )
        return int(cursor.rowcount)
