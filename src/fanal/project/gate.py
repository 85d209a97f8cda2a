"""The gate before the application: so many requests are worked on at once, the others wait for their turn.

What takes long on the network, a piece of an upload that comes, a stream of alerts or a large file that leaves, does so
outside the gate: it takes no turn and no connection to the database.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from django.db import connections

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Body(Protocol):
    """What a request brings, as WSGI gives it."""

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes once they are there, fewer at the end."""

    def readline(self, size: int = -1, /) -> bytes:
        """Return a line."""


class Gate:
    """A WSGI application that lets so many requests at once into another, and so many bodies be on their way to it."""

    def __init__(self, application: Application, at_once: int, on_their_way: int) -> None:
        self._application = application
        self._turns, self._bodies = threading.Semaphore(at_once), threading.Semaphore(on_their_way)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request once it is its turn; give the turn and the connection back before the answer leaves."""
        with self._turns:
            if "wsgi.input" in environ:
                environ["wsgi.input"] = _Awaited(environ["wsgi.input"], self._outside)
            try:
                return self._application(environ, start_response)
            finally:
                connections.close_all()

    @contextmanager
    def _outside(self) -> Iterator[None]:
        """Wait for the network, while the turn is another's."""
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close()
        self._turns.release()
        try:
            with self._bodies:
                yield
        finally:
            self._turns.acquire()


class _Awaited:
    """A body, waited for outside the gate."""

    def __init__(self, body: Body, outside: Callable[[], AbstractContextManager[None]]) -> None:
        self._body, self._outside = body, outside

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes once they are there, fewer at the end."""
        with self._outside():
            return self._body.read(size)

    def readline(self, size: int = -1, /) -> bytes:
        """Return a line."""
        with self._outside():
            return self._body.readline(size)
