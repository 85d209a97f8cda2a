"""The HTTP server: granian runs the Django application in a few processes."""

import logging

from django.db import connections
from granian import Granian
from granian.constants import Interfaces

THREADS = 320
"""Of each process, made when they are needed: 8 for requests in work (`gate.py`), 250 for open streams of alerts, which
wait and do nothing else, the others for files that leave slowly and for requests that wait for their turn.
"""
CONNECTIONS = 1_000
"""Of browsers and programs to each process, idle ones too; whoever comes then is accepted once another has gone."""
PATIENCE_SECONDS = 30
"""For which a process that is told to end may finish what it has in hand; then it is killed."""
ADVICE_ON_THREADS = "Configuration allows spawning up to"


class WithoutAdvice(logging.Filter):
    """Keeps back what granian says where a machine has few cores: that so many threads are too many. They are meant."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record may be written."""
        return not record.getMessage().startswith(ADVICE_ON_THREADS)


def serve(*, host: str, port: int, processes: int) -> None:
    """Answer HTTP on this address until interrupted or terminated; requests in hand are finished first."""
    _let_go_of_connections()
    logging.getLogger("_granian").addFilter(WithoutAdvice())
    Granian(
        "fanal.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE_SECONDS,
        log_access=False,
    ).serve()


def _let_go_of_connections() -> None:
    """Close what the start opened: server processes are forked, and a pool's threads do not live on in them."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
