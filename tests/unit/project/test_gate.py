"""The gate: how many requests are in work at once, and that none is while its answer leaves."""

import threading
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

import pytest

from fanal.project.gate import Gate

PATIENCE_SECONDS = 60.0


def nothing(*_: object) -> None:
    """Take the head of an answer."""


def test_so_many_are_in_work_and_the_others_wait_for_their_turn() -> None:
    go_on, came = threading.Event(), threading.Semaphore(0)
    lock, inside, most = threading.Lock(), 0, 0

    def application(_: dict[str, Any], __: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        came.release()
        assert go_on.wait(PATIENCE_SECONDS)
        with lock:
            inside -= 1
        return [b"done"]

    gate, answers = Gate(application, 2, 1), list[Iterable[bytes]]()
    threads = [threading.Thread(target=lambda: answers.append(gate({}, nothing))) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert came.acquire(timeout=PATIENCE_SECONDS)
    assert came.acquire(timeout=PATIENCE_SECONDS)
    go_on.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert answers == [[b"done"]] * 6
    assert most == 2


def test_an_answer_that_leaves_slowly_takes_no_turn() -> None:
    def application(environ: dict[str, Any], _: Callable[..., Any]) -> Iterator[bytes]:
        return iter([environ["name"]] * 2)

    gate = Gate(application, 1, 1)
    slow = iter(gate({"name": b"slow"}, nothing))
    assert next(slow) == b"slow"
    assert list(gate({"name": b"other"}, nothing)) == [b"other"] * 2
    assert list(slow) == [b"slow"]


class Network(BytesIO):
    """A body, while which comes something happens."""

    def __init__(self, body: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(body)
        self._meanwhile = meanwhile

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the body, once something has happened."""
        self._meanwhile()
        return super().read(size)


def test_a_body_that_comes_slowly_takes_no_turn() -> None:
    def application(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
        return [environ["wsgi.input"].read(9) if "wsgi.input" in environ else b"page"]

    gate, answers = Gate(application, 1, 1), list[Iterable[bytes]]()
    slow = Network(b"first", lambda: answers.append(gate({}, nothing)))
    answers.append(gate({"wsgi.input": slow}, nothing))
    assert answers == [[b"page"], [b"first"]]


def test_a_request_that_fails_gives_its_turn_back() -> None:
    def application(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
        return [b"%d" % (1 // environ["by"])]

    gate = Gate(application, 1, 1)
    with pytest.raises(ZeroDivisionError):
        gate({"by": 0}, nothing)
    assert list(gate({"by": 1}, nothing)) == [b"1"]
