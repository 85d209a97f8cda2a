"""The worker: fetches jobs, does each in a thread, shows signs of life, and outlives the database's restarts."""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import procrastinate
from django.db import close_old_connections
from django.db.utils import InterfaceError, InternalError, OperationalError
from procrastinate import exceptions, job_context, psycopg_connector
from procrastinate.contrib.django import utils
from procrastinate.worker import Worker as QueueWorker

from fanal.core.jobs import actions, leases, queries
from fanal.core.jobs.errors import LostLease
from fanal.core.jobs.registry import Attempt, Kind, kinds
from fanal.kit import clock

logger = logging.getLogger(__name__)

Outcome = TypeVar("Outcome")

# What Django raises when the database is away, or has ended our session.
AWAY = (OperationalError, InterfaceError, InternalError)
POLL_SECONDS = 1.0
SETTLE_SECONDS = 120.0
RESTART_SECONDS = 1.0
HEARTBEAT = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(worker)s RETURNING id"


def run_worker(
    *,
    concurrency: int = 2,
    queues: Sequence[str] | None = None,
    until_idle: bool = False,
    lease: float = queries.LEASE,
) -> None:
    """Do jobs until told to stop by SIGTERM or SIGINT, or, with `until_idle`, until none waits or runs anywhere.

    `concurrency` jobs at a time, of these queues (None: all). Jobs in hand are finished before it returns. A worker
    silent for `lease` seconds loses its jobs to others; all workers of one database must agree on it.
    """
    # Where two of its threads loaded the compiler at once, it would be left half made for as long as the worker lives.
    import_module("fanal.engine.compiled")
    asyncio.run(_Shift(concurrency, list(queues) if queues else None, until_idle, lease).work())


@dataclass
class _Shift:
    """One call of `run_worker`: a new queue worker whenever the last one lost its database or its lease."""

    concurrency: int
    queues: list[str] | None
    until_idle: bool
    lease: float
    stopping: bool = False
    worker: "_Worker | None" = None

    async def work(self) -> None:
        """Work until the end."""
        # Enough threads that heartbeats and rescues never wait for a job to end.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self.concurrency + 4))
        self._listen_for_signals()
        while not self.stopping:
            try:
                await self._work_until_trouble()
            except exceptions.ConnectorException:
                logger.warning("The database does not answer; trying again")
            if self.until_idle and not self.stopping and await self._idle():
                return
            if not self.stopping:
                await asyncio.sleep(0.2 if self.until_idle else RESTART_SECONDS)

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self.stopping = True
        if self.worker is not None:
            self.worker.stop()  # type: ignore[no-untyped-call]

    async def _work_until_trouble(self) -> None:
        connector = psycopg_connector.PsycopgConnector(kwargs=utils.connector_params(), min_size=1, max_size=4)
        app = procrastinate.App(connector=connector)
        async with app.open_async():
            self.worker = _Worker(app, self)
            if not self.stopping:
                await self.worker.run()  # type: ignore[no-untyped-call]

    async def _idle(self) -> bool:
        try:
            return await asyncio.to_thread(_with_connection, lambda: queries.unfinished(self.queues)) == 0
        except AWAY:
            return False

    def _listen_for_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self.stop)


class _Worker(QueueWorker):
    """procrastinate's worker, with our own leases: a job's end is written by its thread, under the fencing token."""

    def __init__(self, app: procrastinate.App, shift: _Shift) -> None:
        self._lease = shift.lease
        for kind in kinds():
            app.task(name=kind.name, queue=kind.queue, pass_context=True)(self._doing(kind))
        super().__init__(
            app=app,
            queues=shift.queues,
            concurrency=shift.concurrency,
            wait=not shift.until_idle,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=shift.lease / 4,
            stalled_worker_timeout=shift.lease * 4,
            install_signal_handlers=False,
        )

    def _doing(self, kind: Kind) -> Callable[..., None]:
        def do(context: job_context.JobContext, **arguments: Any) -> None:
            attempt = Attempt(context.job.id or 0, context.job.attempts, context.job.worker_id or 0, self._lease)
            try:
                _with_connection(lambda: do_once(attempt, kind, arguments))
            except Exception:
                # The job's end could not be written. Under a new number its old hold on it becomes visible as stale.
                self.stop()  # type: ignore[no-untyped-call]
                raise

        return do

    async def _persist_job_status(self, job: procrastinate.jobs.Job, *_: Any, **__: Any) -> None:
        """Leave the job's row alone: its own thread has written its end."""
        self._job_ids_to_abort.pop(job.id or 0, None)

    async def _update_heartbeat(self) -> None:
        """Show signs of life; end this worker when it was given up on, for instance after a long pause."""
        while True:
            await asyncio.sleep(self.update_heartbeat_interval)
            beat = await self.app.connector.execute_query_all_async(HEARTBEAT, worker=self.worker_id)
            if not beat:
                raise LostLease("This worker was silent for too long and was given up on.")

    async def _periodic_deferrer(self) -> None:
        """Rescue jobs of dead workers and defer what is due, as often as a heartbeat."""
        while True:
            await asyncio.to_thread(_with_connection, lambda: keep_house(self._lease, regulars=self.wait))
            await asyncio.sleep(min(self._lease / 4, 5.0))

    async def _shutdown(self, side_tasks: list[asyncio.Task[Any]]) -> None:
        """Show signs of life until the jobs in hand are finished."""
        beating = asyncio.create_task(self._update_heartbeat())
        try:
            await super()._shutdown(side_tasks)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


def do_once(attempt: Attempt, kind: Kind, arguments: dict[str, Any]) -> None:
    """Run the handler and write how it ended: done, given back, on the shelf; nothing if the lease was lost."""
    try:
        kind.run(attempt, **arguments)
    except LostLease:
        logger.warning("Job %s (%s) was given to another; nothing of this attempt was written", attempt.job, kind.name)
    except Exception as error:
        failed = error
        outcome = _settle(lambda: leases.fail(attempt, kind, arguments, failed))
        logger.warning("Job %s (%s) failed and was %s", attempt.job, kind.name, outcome, exc_info=error)
    else:
        _settle(lambda: leases.complete(attempt))


def keep_house(lease: float, *, regulars: bool = True) -> None:
    """What every worker does for all: rescue, and, if it is here to stay, defer what comes by itself."""
    rescued = leases.rescue(lease, {kind.name: kind for kind in kinds()})
    if rescued:
        logger.warning("Rescued %s jobs of workers that are gone", rescued)
    if regulars:
        actions.defer_regulars()


def _settle(write: Callable[[], Outcome]) -> Outcome:
    """Write the job's end, again and again while the database is away."""
    deadline, pause = clock.monotonic() + SETTLE_SECONDS, 0.1
    while True:
        try:
            return write()
        except AWAY:
            if clock.monotonic() > deadline:
                raise
            close_old_connections()
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def _with_connection(work: Callable[[], Outcome]) -> Outcome:
    """Run in a thread with a Django connection that is fresh before and returned after."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
