"""The gate before the application: so many requests are worked on at once, the others wait for their turn.

What takes long to leave, a stream of alerts or a large file, leaves outside: it takes no turn and no connection.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gate:
    """A WSGI application that lets so many requests at once into another."""

    def __init__(self, application: Application, at_once: int) -> None:
        self._application, self._turns = application, threading.Semaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request once it is its turn; give the turn and the connection back before the answer leaves."""
        with self._turns:
            try:
                return self._application(environ, start_response)
            finally:
                connections.close_all()
