"""Promise 6 at the API: a request with a key has one effect, however often and at the same time it is sent.

`make soak`'s size is 1,000 keys, each five times at once; here it is fewer.
"""

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections, transaction

from fanal.casework.evidence.models import Submission
from fanal.core.audit.models import Leaf
from fanal.doors.api.models import Reply
from fanal.doors.api.once import _take_turn
from programs import Program, program, secret_of
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)

KEYS, AT_ONCE = 1_000 if os.environ.get("FANAL_SOAK") else 25, 5


def opening(number: int) -> dict[str, object]:
    """Return what the submission with this number is opened with."""
    return {"label": f"phone {number}", "origin": f"phone {number}"}


def test_each_key_has_one_effect_however_often_it_is_sent_at_once(fresh_data: Path) -> None:
    secret = secret_of(cast().camille)

    def send(number: int) -> tuple[int, int, bytes]:
        try:
            answer = Program(secret).post("/submissions", opening(number), key=f"key-{number:05}")
            return number, answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(send, [number for number in range(KEYS) for _ in range(AT_ONCE)]))
    assert {status for _, status, _ in answers} <= {201, 409}
    for _, status, body in answers:
        assert status == 201 or json.loads(body)["code"] == "api.in_flight"
    told = {(number, body) for number, status, body in answers if status == 201}
    assert len(told) == len({number for number, _ in told}) == KEYS, "two answers to one key, or none"
    assert Submission.objects.count() == Reply.objects.count() == KEYS
    assert Counter(Leaf.objects.values_list("action", flat=True))["evidence.submission_opened"] == KEYS
    assert "evidence.submission_resumed" not in set(Leaf.objects.values_list("action", flat=True))
    # Sent again much later, each has its answer still.
    assert {(number, send(number)[2]) for number in range(KEYS)} == told
    sys.stdout.write(f"{KEYS} keys, each {AT_ONCE} times at once: {len(told)} effects\n")


def test_a_key_is_for_one_request_of_one_person(fresh_data: Path) -> None:
    who = cast()
    camille, mere = program(who.camille), program(who.mere)
    first = camille.post("/submissions", opening(1), key="a key that is used")
    again = camille.post("/submissions", opening(2), key="a key that is used")
    assert (first.status_code, again.status_code) == (201, 422)
    assert json.loads(again.content)["code"] == "api.key_reused"
    assert mere.post("/submissions", opening(2), key="a key that is used").status_code == 201
    assert Submission.objects.count() == 2


def test_while_a_request_is_answered_another_with_its_key_waits_for_nothing(fresh_data: Path) -> None:
    user = cast().camille
    secret = secret_of(user)

    def send() -> tuple[int, str]:
        try:
            answer = Program(secret).post("/submissions", opening(1), key="the only key")
            return answer.status_code, json.loads(answer.content).get("code", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            _take_turn(f"{user.pk}/the only key")
            assert thread.submit(send).result() == (409, "api.in_flight")
        assert thread.submit(send).result() == (201, "")


def test_what_failed_has_no_effect_and_may_be_sent_again(fresh_data: Path) -> None:
    asking = program(cast().camille)
    wrong = {**opening(1), "source": "somewhere"}
    answer = asking.post("/submissions", wrong, key="a key that failed")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert b"somewhere" not in answer.content
    assert asking.post("/submissions", opening(1), key="a key that failed").status_code == 201
    no_key = asking.ask("POST", "/submissions", json.dumps(opening(2)).encode())
    assert (no_key.status_code, Submission.objects.count()) == (422, 1)
