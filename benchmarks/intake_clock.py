"""Tells the steps of intake apart: CPU seconds of each, from the outside."""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from wall import seconds_by_program, seconds_of_tree


class Clock:
    """CPU seconds of each step, all threads together; what an inner step takes is not counted for the outer."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._inner = threading.local()

    def watch(self, step: str, module: ModuleType | type, name: str) -> None:
        """Time every call of a function, wherever the module's name for it is used."""
        work: Callable[..., Any] = getattr(module, name)

        @wraps(work)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.step(step):
                return work(*args, **kwargs)

        setattr(module, name, timed)

    @contextmanager
    def step(self, step: str) -> Iterator[None]:
        """Time a block."""
        outer = getattr(self._inner, "seconds", 0.0)
        self._inner.seconds, start = 0.0, time.thread_time()
        try:
            yield
        finally:
            took = time.thread_time() - start
            with self._lock:
                self.spent[step] += took - self._inner.seconds
            self._inner.seconds = outer + took


class Meter:
    """What intake costs: this process step by step, the processes behind the wall, and the database."""

    def __init__(self, data: Path) -> None:
        """Name the steps of intake into a data folder whose embedded database runs."""
        self._clock = Clock()
        pid_file = next(data.rglob("postmaster.pid"))
        self._database = int(pid_file.read_text().partition("\n")[0])
        _watch_the_steps(self._clock)

    def costs(self, work: Callable[[], object]) -> dict[str, float]:
        """Return the CPU seconds of some work by step; `all else in this process` is what no step has a name for."""
        before, named, database = seconds_by_program(), dict(self._clock.spent), seconds_of_tree(self._database)
        work()
        programs = {name: took - before.get(name, 0.0) for name, took in seconds_by_program().items()}
        steps = {name: took - named.get(name, 0.0) for name, took in self._clock.spent.items()}
        steps["all else in this process"] = programs.pop("self") - sum(steps.values())
        steps["behind the wall"] = sum(programs.values())
        steps["the database"] = seconds_of_tree(self._database) - database
        return steps


def _watch_the_steps(clock: Clock) -> None:
    from fanal.casework.evidence import actions as evidence
    from fanal.casework.evidence import delivery
    from fanal.casework.leads import actions as leads
    from fanal.casework.leads import jobs as matching
    from fanal.casework.prints import actions as prints
    from fanal.casework.prints import examination
    from fanal.casework.prints import jobs as examining
    from fanal.core.jobs import worker
    from fanal.core.vault import sealing
    from fanal.core.vault.holding import Holding
    from fanal.engine.sandbox.broker import Sandbox

    clock.watch("hash and seal", sealing.Sealer, "read_or_seal")
    clock.watch("hash and seal", sealing.Sealer, "seal")
    clock.watch("fsync", os, "fsync")
    clock.watch("rows of files", delivery, "receive")
    clock.watch("unseal for the wall", Holding, "open")
    clock.watch("handing to the wall", Sandbox, "examine")
    clock.watch("seal previews", examination, "seal_previews")
    clock.watch("rows of prints and previews", examining, "write")
    resembling = vars(matching)["resembling"]
    vars(matching)["resembling"] = lambda contents, technique: list(resembling(contents, technique))
    clock.watch("searches", matching, "resembling")
    clock.watch("rows of leads", matching, "propose")
    clock.watch("all else of jobs", worker, "do_once")
    clock.watch("the queue's loop", worker, "run_worker")
    for module in (evidence, prints, leads):
        clock.watch("audit", module, "record")
