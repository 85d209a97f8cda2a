"""How long the `fanal` command takes to start, and the compiled code to be made once and loaded later.

    python benchmarks/start.py [--rounds 7]

CPU time of the command and all it waits for, in turns with a Python that does nothing; medians.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Contender, beside, keep, print_table, take_turns

FANAL = str(Path(sys.executable).parent / "fanal")
SEARCH = """
import numpy
from fanal.engine.match.hamming import HammingIndex
index = HammingIndex.build(numpy.zeros((5000, 32), numpy.uint8), numpy.arange(5000))
index.search(numpy.ones((65, 32), numpy.uint8))
index.search(numpy.ones((1, 32), numpy.uint8))
"""


def children_seconds() -> float:
    """Return the CPU seconds of all children that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def running(*command: str, cache: str | None = None) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": cache} if cache else None
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        before = children_seconds()
        running(sys.executable, "-c", SEARCH, cache=cache)
        first = children_seconds() - before
        contenders = [
            Contender("fanal --help", lambda: running(FANAL, "--help"), 1, clock=children_seconds),
            Contender("python, nothing", lambda: running(sys.executable, "-c", "pass"), 1, clock=children_seconds),
            Contender(
                "search, compiled before",
                lambda: running(sys.executable, "-c", SEARCH, cache=cache),
                1,
                clock=children_seconds,
            ),
        ]
        take_turns(contenders, chosen.rounds)
    starting, nothing, loaded = (contender.cost for contender in contenders)
    rows = [
        beside("fanal --help", starting, "CPU seconds", {"python that does nothing": nothing}, less_is_better=True),
        beside("first search on a machine, compiled then", first, "CPU seconds", {}, less_is_better=True),
        beside(
            "first search of a later process", loaded, "CPU seconds", {"first on a machine": first}, less_is_better=True
        ),
    ]
    print_table(["what", "CPU seconds"], [[one["what"], one["figure"]] for one in rows])
    print("kept:", keep("start", {"rows": rows}, ["typer", "numba"]).name)


if __name__ == "__main__":
    main()
