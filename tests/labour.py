"""Does the jobs that wait, here and now, as a worker would: for tests that want to see what comes of them."""

import json

from django.db import connection

from fanal.core.jobs.registry import Attempt, kind_named

__all__ = ["all_done"]

HIRE = "INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"
NEXT = """
UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s
 WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = ANY(%s)
              ORDER BY priority DESC, id LIMIT 1)
RETURNING id, attempts, task_name, args
"""


def all_done(*queues: str) -> int:
    """Do all jobs of these queues and what comes of them, one after the other; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(HIRE)
        worker = cursor.fetchone()[0]
    count = 0
    while (job := _next(worker, queues)) is not None:
        number, attempts, name, arguments = job
        kind_named(name).run(Attempt(number, attempts, worker, 60.0), **json.loads(arguments))
        count += 1
    return count


def _next(worker: int, queues: tuple[str, ...]) -> tuple[int, int, str, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [worker, list(queues)])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1], row[2], row[3])
