"""What can be asked about jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fanal.core.jobs.models import ShelvedJob

LEASE = 30.0
"""Seconds without a sign of life after which a worker counts as dead."""

QUEUES = """
SELECT queue_name,
       count(*) FILTER (WHERE status = 'todo'),
       count(*) FILTER (WHERE status = 'doing')
  FROM procrastinate_jobs
 WHERE status IN ('todo', 'doing') AND (%s::text[] IS NULL OR queue_name = ANY(%s::text[]))
 GROUP BY queue_name
 ORDER BY queue_name
"""


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """Work that failed for good."""

    job: int
    task: str
    subject: str
    code: str
    reason: str
    attempts: int
    shelved_at: datetime

    def as_json(self) -> dict[str, str | int]:
        """Return it as JSON values."""
        return {
            "job": self.job,
            "task": self.task,
            "subject": self.subject,
            "code": self.code,
            "reason": self.reason,
            "attempts": self.attempts,
            "shelved_at": self.shelved_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class QueueState:
    """How much is in one queue."""

    queue: str
    waiting: int
    running: int


def shelf() -> Sequence[ShelfEntry]:
    """Return the work that failed for good, oldest first."""
    return [
        ShelfEntry(entry.job, entry.task, entry.subject, entry.code, entry.reason, entry.attempts, entry.shelved_at)
        for entry in ShelvedJob.objects.all()
    ]


def queues(names: Sequence[str] | None = None) -> Sequence[QueueState]:
    """Return how much waits and runs in each queue that is not empty; None: in all queues."""
    chosen = list(names) if names else None
    with connection.cursor() as cursor:
        cursor.execute(QUEUES, [chosen, chosen])
        return [QueueState(*row) for row in cursor.fetchall()]


def shelved_arguments(task: str) -> list[dict[str, Any]]:
    """Return the arguments of all jobs of a kind that failed for good."""
    return list(ShelvedJob.objects.filter(task=task).values_list("arguments", flat=True))


def unfinished(names: Sequence[str] | None = None) -> int:
    """Return how many jobs wait or run."""
    return sum(state.waiting + state.running for state in queues(names))


def newest() -> int:
    """Return the number of the job that was deferred last; 0: there was none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def unfinished_up_to(job: int, queue: str) -> int:
    """Return how many jobs of a queue wait or run that were deferred no later than this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND queue_name = %s AND id <= %s",
            [queue, job],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def waiting(name: str) -> int:
    """Return how many jobs of this name wait or run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing')", [name]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def workers_alive(lease: float = LEASE) -> int:
    """Return how many workers gave a sign of life within the lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >= now() - make_interval(secs => %s)",
            [lease],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
