"""The HTTP server: granian runs the Django application in a few processes."""

from django.db import connections
from granian import Granian
from granian.constants import Interfaces


def serve(*, host: str, port: int, processes: int) -> None:
    """Answer HTTP on this address until interrupted or terminated; requests in hand are finished first."""
    _let_go_of_connections()
    Granian(
        "fanal.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=8,
        backpressure=64,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
        log_access=False,
    ).serve()


def _let_go_of_connections() -> None:
    """Close what the start opened: server processes are forked, and a pool's threads do not live on in them."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
