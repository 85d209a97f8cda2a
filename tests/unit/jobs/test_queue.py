"""Deferring, retrying, the shelf and what comes by itself, with a worker in this process."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

import trial_jobs
from fanal.core.jobs import actions, leases, queries
from fanal.core.jobs.errors import LostLease, UnknownJob
from fanal.core.jobs.events import JobShelved
from fanal.core.jobs.models import ShelvedJob
from fanal.core.jobs.registry import Attempt, Kind, Regular, kind_named
from fanal.core.jobs.worker import keep_house, run_worker
from fanal.kit import events

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 5.0


@pytest.fixture(autouse=True)
def effects() -> Iterator[None]:
    """The table that trial jobs write to, and an empty queue."""
    with connection.cursor() as cursor:
        cursor.execute(trial_jobs.TABLE)
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE trial_effects")


def ask(query: str, *values: int) -> list[tuple[Any, ...]]:
    """Return the answer to a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def take(job: int) -> Attempt:
    """Fetch a job as a worker would."""
    ((worker,),) = ask("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    ((number,),) = ask(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s RETURNING attempts", worker, job
    )
    assert isinstance(worker, int)
    assert isinstance(number, int)
    return Attempt(job, number, worker, LEASE)


def test_a_job_exists_only_if_its_transaction_commits() -> None:
    with transaction.atomic():
        actions.defer("trial.work", item=1, seconds=0)
        transaction.set_rollback(True)
    actions.defer("trial.work", item=2, seconds=0)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    assert ask("SELECT item FROM trial_effects") == [(2,)]


def test_a_batch_is_done_in_full() -> None:
    numbers = actions.defer_many("trial.work", [{"item": item, "seconds": 0} for item in range(50)])
    assert len(set(numbers)) == 50
    run_worker(until_idle=True, queues=["trial"], concurrency=4, lease=LEASE)
    assert ask("SELECT count(*), count(DISTINCT item) FROM trial_effects") == [(50, 50)]
    assert queries.unfinished() == 0


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownJob, match=r"trial\.unheard_of"):
        actions.defer("trial.unheard_of")


def test_what_keeps_failing_goes_to_the_shelf_with_its_subject_and_reason_and_back() -> None:
    told: list[JobShelved] = []
    events.listen(JobShelved, told.append)
    job = actions.defer("trial.fails", item=3)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    (entry,) = queries.shelf()
    assert (entry.job, entry.subject, entry.attempts) == (job, "item 3", 3)
    assert entry.code == "RuntimeError"
    assert entry.reason.startswith("RuntimeError: not foreseen."), "its own words may quote anything"
    assert [(news.job, news.arguments) for news in told] == [(job, {"item": 3})]
    assert actions.unshelve([job]) == 1
    assert queries.shelf() == []
    assert [(state.queue, state.waiting) for state in queries.queues()] == [("trial", 1)]


def test_hopeless_work_is_not_tried_again() -> None:
    actions.defer("trial.hopeless", item=4)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    (entry,) = queries.shelf()
    assert (entry.attempts, entry.code, entry.reason) == (1, "jobs.hopeless", "The file is not what it says.")


def test_the_shelf_holds_any_reason() -> None:
    actions.defer("trial.unspeakable", item=5)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    (entry,) = queries.shelf()
    assert entry.reason == "no file caf\\udce9\\x00"


def test_no_more_of_a_reason_is_told_than_is_kept() -> None:
    told: list[JobShelved] = []
    events.listen(JobShelved, told.append)
    actions.defer("trial.talks", item=7)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    (entry,) = queries.shelf()
    assert [news.reason for news in told] == [entry.reason]
    assert len(entry.reason) == leases.LONGEST_REASON


def test_an_outage_is_outlasted_however_long_it_is() -> None:
    actions.defer("trial.outage", item=6)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    assert queries.shelf() == []
    assert ask("SELECT item, attempt FROM trial_effects") == [(6, 4)]


def test_pauses_double_and_vary() -> None:
    kind = kind_named("trial.fails")
    for number, lowest, highest in ((0, 0.0375, 0.0625), (1, 0.075, 0.125)):
        job = actions.defer("trial.fails", item=number)
        attempt = take(job)
        ask("UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s RETURNING id", number, job)
        leases.fail(Attempt(job, number, attempt.worker, LEASE), kind, {"item": 1}, RuntimeError())
        ((pause,),) = ask(
            "SELECT extract(epoch FROM scheduled_at - at)::float FROM procrastinate_jobs AS job"
            " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred_for_retry'"
            " WHERE job.id = %s",
            job,
        )
        assert isinstance(pause, float)
        assert lowest <= pause <= highest


def test_a_fence_ends_the_job_with_its_last_write() -> None:
    job = actions.defer("trial.work", item=5, seconds=0)
    with actions.fence(take(job)):
        pass
    assert ask("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job) == [("succeeded",)]


def test_an_error_within_the_fence_undoes_the_write_and_keeps_the_job() -> None:
    job = actions.defer("trial.work", item=5, seconds=0)
    attempt = take(job)

    def fail_after_writing() -> None:
        with actions.fence(attempt):
            trial_jobs.write(attempt, 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert ask("SELECT count(*) FROM trial_effects") == [(0,)]
    assert ask("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job) == [("doing",)]


def test_an_attempt_that_was_given_up_on_writes_nothing() -> None:
    job = actions.defer("trial.work", item=6, seconds=0)
    late = take(job)
    ask(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %s RETURNING 1",
        late.worker,
    )
    assert leases.rescue(LEASE, {}) == 1
    with pytest.raises(LostLease), actions.fence(late):
        trial_jobs.write(late, 6)
    with pytest.raises(LostLease), transaction.atomic():
        actions.still_mine(late)
    assert not leases.complete(late)
    assert leases.fail(late, kind_named("trial.hopeless"), {}, RuntimeError()) == "given back"
    assert ask("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", job) == [("todo", 1)]
    assert ask("SELECT count(*) FROM trial_effects") == [(0,)]


def test_a_job_of_a_worker_whose_row_is_gone_is_rescued() -> None:
    job = actions.defer("trial.work", item=7, seconds=0)
    attempt = take(job)
    ask("DELETE FROM procrastinate_workers WHERE id = %s RETURNING 1", attempt.worker)
    assert leases.rescue(LEASE, {}) == 1


def test_a_rescuer_that_is_itself_stopped_keeps_nobody_from_rescuing(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = take(actions.defer("trial.work", item=11, seconds=0))
    ask("DELETE FROM procrastinate_workers WHERE id = %s RETURNING 1", attempt.worker)
    holds, give_back = threading.Event(), leases._give_back
    monkeypatch.setattr(leases, "RESCUE_SECONDS", 5.0)

    def stop(*_: object) -> None:
        monkeypatch.setattr(leases, "_give_back", give_back)
        holds.set()
        time.sleep(leases.RESCUE_SECONDS + 1)
        give_back(leases.Stalled(attempt.job, attempt.number, None, "trial.work", {}), 0.0)

    def rescue_and_stop() -> None:
        with pytest.raises(DatabaseError):
            leases.rescue(LEASE, {})
        connection.close()

    monkeypatch.setattr(leases, "_give_back", stop)
    stopped = threading.Thread(target=rescue_and_stop)
    stopped.start()
    assert holds.wait(300)
    assert leases.rescue(LEASE, {}) == 0, "it is in the other's hands"
    stopped.join()
    assert leases.rescue(LEASE, {}) == 1


def test_a_worker_that_shows_signs_of_life_keeps_its_job() -> None:
    take(actions.defer("trial.work", item=8, seconds=0))
    assert leases.rescue(LEASE, {}) == 0
    assert queries.workers_alive(LEASE) >= 1


def test_what_comes_by_itself_comes_once_in_a_period(monkeypatch: pytest.MonkeyPatch) -> None:
    regular = Regular(Kind("trial.regular", lambda attempt: None, "trial", 0, 1, 1.0, ""), 3600)
    monkeypatch.setattr("fanal.core.jobs.registry._regulars", {"trial.regular": regular})
    for _ in range(3):
        keep_house(LEASE)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'trial.regular'") == [(1,)]


def test_what_is_long_done_is_forgotten_and_what_waits_is_not() -> None:
    actions.defer("trial.hopeless", item=9)
    run_worker(until_idle=True, queues=["trial"], lease=LEASE)
    waiting = actions.defer("trial.work", item=10, seconds=0)
    assert actions.forget_done(3600) == 0
    ask("UPDATE procrastinate_events SET at = at - interval '2 hours' RETURNING 1")
    assert actions.forget_done(3600) == 1
    assert ask("SELECT id FROM procrastinate_jobs") == [(waiting,)]
    assert ShelvedJob.objects.count() == 1, "the shelf remembers"
