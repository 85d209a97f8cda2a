"""Run as a program: a server of its own that hands every hostile file to the sandbox, and tells how each one ended.

A process apart, so that the memory of its children and what is left of them can be measured. It prints a line of JSON
for each file, and one more at the end.
"""

import ctypes
import json
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.limits import Limits
from fanal.engine.sandbox.broker import Sandbox
from hostile.bombs import bombs
from hostile.corpus import Sample, malformed

LIMITS = Limits(cpu_seconds=12, wall_seconds=18, cpu_seconds_per_mib=0, output_bytes=256 << 20, archive_members=50_000)
"""The bounds on archives are lower than in use: handing on gigabytes proves no more than a quarter of one."""
_WORKERS = 2
_SUBREAPER = 36
_PATIENCE = 60.0


def judge(sandbox: Sandbox, sample: Sample) -> dict[str, Any]:
    """Hand a file to the sandbox and return how it ended; an archive is unpacked too, and its bytes are taken."""
    start = time.monotonic()
    ends: list[str] = []
    try:
        findings = sandbox.examine(sample.data, sample.name)
        ends.append(f"findings:{findings.family}")
        if findings.family == "archive":
            ends += _unpacked(sandbox, sample)
    except MediaRefused as refused:
        ends.append(refused.refusal.name)
    return {"name": sample.name, "about": sample.about, "ends": ends, "seconds": time.monotonic() - start}


def _unpacked(sandbox: Sandbox, sample: Sample) -> Iterator[str]:
    out = 0
    try:
        for member in sandbox.unpack(sample.data, sample.name):
            try:
                for chunk in member.chunks:
                    out += len(chunk)
            except MediaRefused as refused:
                yield f"member:{refused.refusal.name}"
    except MediaRefused as refused:
        yield f"unpacked:{refused.refusal.name}"
    yield f"bytes:{out}"


def children_left() -> int:
    """Return how many processes of ours still are, after a time to end in."""
    until = time.monotonic() + _PATIENCE
    while True:
        alive = [task.read_text(encoding="ascii").split() for task in Path("/proc/self/task").glob("*/children")]
        count = len(set(chain.from_iterable(alive)))
        if not count or time.monotonic() > until:
            return count
        time.sleep(0.1)


def main(seed: int, count: int) -> None:
    """Run everything and print."""
    # Whoever loses its parent becomes our child, so nothing can hide by outliving the process that made it.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with Sandbox(workers=_WORKERS, limits=LIMITS) as sandbox, ThreadPoolExecutor(_WORKERS) as pool:
        for end in pool.map(lambda sample: judge(sandbox, sample), chain(bombs(), malformed(seed, count))):
            sys.stdout.write(json.dumps(end) + "\n")
    left = children_left()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sys.stdout.write(json.dumps({"children_left": left, "peak_child_bytes": peak * 1024}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
