"""Workers that come back after each blow: a process that keeps a few alive, and the tests' side of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fanal.core.access import asking


class Nursery:
    """The workers as a test sees them."""

    def __init__(self, children: Path, log: Path) -> None:
        self._children = children
        self.log = log

    def living(self) -> list[int]:
        """Return the process numbers of the workers."""
        return [int(line) for line in self._children.read_text().split()] if self._children.exists() else []

    def strike(self, process: int, blow: signal.Signals) -> None:
        """Send a signal; the process may be gone already."""
        with suppress(ProcessLookupError):
            os.kill(process, blow)


@contextmanager
def nursery(folder: Path, workers: int, concurrency: int, lease: float) -> Iterator[Nursery]:
    """Run workers of the trial jobs in processes of their own, which inherit this one's environment."""
    children, log = folder / "children", folder / "nursery.log"
    arguments = [str(workers), str(concurrency), str(lease), str(children)]
    with log.open("w") as output:
        process = subprocess.Popen([sys.executable, __file__, *arguments], stdout=output, stderr=output)
    crowd = Nursery(children, log)
    try:
        yield crowd
    finally:
        process.terminate()
        process.wait(300)
        for child in crowd.living():
            crowd.strike(child, signal.SIGKILL)


def _keep_alive(workers: int, concurrency: int, lease: float, list_of_children: Path) -> None:
    """Keep so many workers alive; of every twelve four have a clock an hour ahead, two an hour behind."""
    living, born = set[int](), 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            while len(living) < workers:
                living.add(_bear(born, concurrency, lease))
                born += 1
            fresh = list_of_children.with_suffix(".new")
            fresh.write_text("\n".join(map(str, living)))
            fresh.replace(list_of_children)
            ended, _ = os.wait()
            living.discard(ended)
    finally:
        for child in living:
            os.kill(child, signal.SIGKILL)


def _bear(born: int, concurrency: int, lease: float) -> int:
    from fanal.core.jobs.worker import run_worker

    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _skew_clock(born)
        run_worker(concurrency=concurrency, lease=lease, queues=["trial"])
        os._exit(0)
    return child


def _skew_clock(born: int) -> None:
    offset = 3600 if born % 3 == 1 else -3600 if born % 4 == 2 else 0
    true_time = time.time
    time.time = lambda: true_time() + offset


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.project.settings")
    django.setup()
    asking.process_asks_for(asking.EVERYBODY)
    __import__("trial_jobs")
    _keep_alive(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
