"""A process that delivers folders as `fanal submit` does and works on them, until it is killed at a named point.

Run as `python delivering.py PLAN`: a JSON list of runs. Everything is imported once; each run is a fork, so that many
deaths cost little. Prints, as JSON, how each run ended and the points it passed.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fanal.core.access import asking

SLOWEST = 200
"""Seconds after which a run that neither died nor ended is ended, and said to have done neither."""


@dataclass(frozen=True)
class Run:
    """One process. It dies when it passes `point` for the `nth` time; without a point it goes to the end."""

    folder: str
    notes: str
    """File of acknowledgements: a line for each batch, with how many of the folder's files are done with."""
    agency: str = "NZ"
    point: str = ""
    nth: int = 1
    work: bool = True
    lease: float = 600.0
    """So long that no run takes up the jobs of those who died before it: one poisoned by so many deaths is shelved."""


@dataclass(frozen=True)
class Ended:
    """How a run ended: 0, or the negative number of the signal that killed it."""

    code: int
    passed: dict[str, int]


def plan(folder: Path, runs: list[Run]) -> tuple[list[str], Path]:
    """Return the command that goes through these runs, and the file that it writes its report to."""
    path, report = folder / "plan.json", folder / "report.json"
    path.write_text(json.dumps([asdict(run) for run in runs]))
    return [sys.executable, __file__, str(path), str(report)], report


def read(report: Path) -> list[Ended]:
    """Return how the runs ended."""
    return [Ended(**item) for item in json.loads(report.read_text())]


def _fork(run: Run, passed: Path) -> Ended:
    passed.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        signal.alarm(SLOWEST if run.point else 5 * SLOWEST)
        _watch(run, passed)
        _deliver(run)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    points = passed.read_text().split() if passed.exists() else []
    return Ended(code, dict(Counter(points)))


def _watch(run: Run, passed: Path) -> None:
    from fanal.kit import crash

    notes = os.open(passed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    seen, lock = Counter[str](), threading.Lock()

    def watcher(point: str) -> None:
        with lock:
            seen[point] += 1
            os.write(notes, f"{point}\n".encode())
            if point == run.point and seen[point] == run.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    crash.watch(watcher)


def _deliver(run: Run) -> None:
    from fanal.casework.evidence import actions, delivery
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.jobs.worker import run_worker

    agency = agency_by_code(run.agency)
    actor = operator_of(agency)
    folder = Path(run.folder)
    said = actions.Delivery(agency=agency, label=folder.name, origin=str(folder))
    submission = actions.open_submission(said, actor)
    notes = os.open(run.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    done = 0
    for step in delivery.deliver(submission, [folder], actor):
        done += step.received + step.skipped + len(step.left_out)
        os.write(notes, f"{done}\n".encode())
    if run.work:
        run_worker(until_idle=True, lease=run.lease)
    # Never concluded: the command was killed before it could say how it ended, or the test begins it again.


def _make_batches_small() -> None:
    """Have a few files pass each point several times."""
    modules: list[tuple[str, str, Any]] = [
        ("fanal.casework.evidence.delivery", "FILES_A_BATCH", 3),
        ("fanal.casework.evidence.jobs", "MEMBERS_A_BATCH", 2),
        ("fanal.casework.prints.listening", "CONTENTS_A_JOB", 3),
        ("fanal.core.vault.sealing", "SMALL", 100_000),
    ]
    for module, name, value in modules:
        assert hasattr(sys.modules[module], name)
        setattr(sys.modules[module], name, value)


def _main(runs: list[Run], report: Path, fork: Callable[[Run, Path], Ended] = _fork) -> None:
    ended = [fork(run, report.with_suffix(".passed")) for run in runs]
    report.write_text(json.dumps([asdict(one) for one in ended]))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.project.settings")
    django.setup()
    asking.process_asks_for(asking.EVERYBODY)
    __import__("fanal.casework.evidence.delivery")
    __import__("fanal.core.jobs.worker")
    __import__("fanal.core.vault.keyring")
    __import__("fanal.casework.prints.live")
    _make_batches_small()
    _main([Run(**run) for run in json.loads(Path(sys.argv[1]).read_text())], Path(sys.argv[2]))
