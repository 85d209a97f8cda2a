"""Measures contenders fairly: in turns, in CPU time, by the median; with the machine beside the figures.

Other work on the machine slows an absolute time. Contenders that take turns are slowed alike, so ratios hold.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

Row = dict[str, Any]

RESULTS = Path(__file__).parent / "results"
INTO = "FANAL_BENCH_INTO"
"""Environment variable: a file to keep the result in instead, for the run of all questions."""


@dataclass
class Contender:
    """One way to do the work: `run` does it once, for `units` queries or files."""

    name: str
    run: Callable[[], object]
    units: int
    seconds: list[float] = field(default_factory=list)
    clock: Callable[[], float] = time.process_time
    """CPU seconds so far; by default those of this process, all threads."""

    @property
    def cost(self) -> float:
        """Median CPU seconds for one unit."""
        return statistics.median(self.seconds) / self.units


def take_turns(contenders: Sequence[Contender], rounds: int) -> None:
    """Let each contender run once unmeasured, then in every round once each, and note its CPU time."""
    for contender in contenders:
        contender.run()
    for _ in range(rounds):
        for contender in contenders:
            before = contender.clock()
            contender.run()
            contender.seconds.append(contender.clock() - before)


def cpu_seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what some work returns, and the CPU seconds it took."""
    before = time.process_time()
    result = work()
    return result, time.process_time() - before


def machine(packages: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the figures depend on: processor, memory, system, versions, load of others."""
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in facts if line.startswith("model name")), platform.machine())
    flags = next((line.split(":")[1].split() for line in facts if line.startswith("flags")), [])
    return {
        "processor": model,
        "vectors": [flag for flag in ("avx2", "avx512f", "avx512_vpopcntdq") if flag in flags],
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {' '.join(platform.libc_ver())}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "load": os.getloadavg()[0],
    }


def keep(question: str, result: Mapping[str, Any], packages: Sequence[str] = ()) -> Path:
    """Keep a result as JSON with the machine and the time, so that it can be compared later; return where."""
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    into = os.environ.get(INTO)
    path = Path(into) if into else RESULTS / f"{question}-{now:%Y%m%dT%H%M%SZ}.json"
    kept = {"question": question, "at": now.isoformat(), "machine": machine(packages), **result}
    path.write_text(json.dumps(kept, indent=2) + "\n")
    return path


def beside(what: str, figure: float, unit: str, peers: Mapping[str, float], *, less_is_better: bool = False) -> Row:
    """Return a row of the table of everything: our figure, and how many times better it is than each peer's."""
    better = {peer: (theirs / figure if less_is_better else figure / theirs) for peer, theirs in peers.items()}
    return {"what": what, "figure": float(f"{figure:.3g}"), "unit": unit, "times": better, "peers": dict(peers)}


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown, with columns of even width."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for number, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
