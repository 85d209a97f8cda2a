"""The keeper: stops the server when the last process that used it is gone, even if it was killed.

Run as a module with DATA PROGRAMS DESCRIPTOR, the last being the keeper's lock, taken.
"""

import os
import sys
from pathlib import Path

from fanal.project.postgres import place
from fanal.project.postgres.locks import Lock
from fanal.project.postgres.server import Server


def main(data: Path, programs: Path, descriptor: int) -> None:
    """Leave the starter's side, wait for the last user to go, stop the server."""
    if os.fork():
        os._exit(0)
    os.chdir("/")
    keeper = Lock(descriptor)
    where = place.find(data)
    users = Lock.of(where.home / "users.lock")
    users.take()
    if where.cluster.exists():
        Server.of(where, programs=programs).stop()
    # In this order: one who comes now waits for `users` and must then find that there is no keeper.
    keeper.release()
    users.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
