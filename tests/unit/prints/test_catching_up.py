"""Added techniques are asked about what they lack: a content on which that fails takes no other with it, and waits."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from fanal.casework.prints import jobs
from fanal.core.jobs.models import ShelvedJob
from fanal.core.jobs.registry import Attempt
from fanal.kit import clock

pytestmark = pytest.mark.django_db

NAME = "mean-colour/1"


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is put into the queue, while one technique is installed that lacks contents 1 to 40."""
    made: list[Any] = []

    def lacking(_: str, *, most: int, but_not: set[int]) -> list[tuple[int, bytes, str]]:
        return [(content, b"", "") for content in range(1, 41) if content not in but_not][:most]

    monkeypatch.setattr(jobs, "fence", lambda _: nullcontext())
    monkeypatch.setattr(jobs, "defer_many", lambda name, parts: made.extend((name, part) for part in parts))
    monkeypatch.setattr(jobs, "added", lambda: [SimpleNamespace(name=NAME)])
    monkeypatch.setattr(jobs, "lacking", lacking)
    return made


def shelve(number: int, technique: str, content: int) -> None:
    told = {"code": "jobs.worker_died", "reason": "", "attempts": 4, "shelved_at": clock.now()}
    arguments = {"technique": technique, "contents": [content]}
    ShelvedJob.objects.create(job=number, task="prints.compute", arguments=arguments, **told)


def test_what_failed_for_good_is_not_tried_for_ever(deferred: list[Any]) -> None:
    shelve(1, NAME, 7)
    shelve(2, "another/1", 8)
    jobs.catch_up(Attempt(1, 0, 1, 30.0))
    asked = [content for _, part in deferred for content in part["contents"]]
    assert asked == [content for content in range(1, 41) if content != 7]
    assert max(len(part["contents"]) for _, part in deferred) == jobs.CONTENTS_A_JOB


def test_after_a_failure_contents_are_tried_one_by_one(deferred: list[Any]) -> None:
    jobs.compute_prints(Attempt(1, 1, 1, 30.0), NAME, [3, 4])
    assert deferred == [("prints.compute", {"technique": NAME, "contents": [content]}) for content in (3, 4)]
