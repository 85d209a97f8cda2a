"""Locks that vanish with the process that holds them (flock), so that a killed process is never waited for."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One hold on a lock file; several processes may share it, or one have it alone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, path: Path) -> "Lock":
        """Open the lock file, holding nothing yet."""
        return cls(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def share(self) -> None:
        """Wait until nobody has it alone, then hold it together with others."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait until nobody else holds it, then have it alone."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def try_share(self) -> bool:
        """Share it if nobody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_take(self) -> bool:
        """Have it alone if nobody else holds it. When that fails, a share held before is gone."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go; the object is of no further use. Twice is once."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def hand_over(self) -> int:
        """Return the descriptor, for a child process to inherit together with the lock."""
        return self._descriptor

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file alone for the length of the block, waiting for it."""
    lock = Lock.of(path)
    try:
        lock.take()
        yield
    finally:
        lock.release()
