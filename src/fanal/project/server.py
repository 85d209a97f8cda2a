"""The HTTP server: granian runs the Django application in a few processes."""

from granian import Granian
from granian.constants import Interfaces


def serve(*, host: str, port: int, processes: int) -> None:
    """Answer HTTP on this address until interrupted or terminated; requests in hand are finished first."""
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
