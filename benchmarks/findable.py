"""How soon a print that was committed is found by another process, and a removed one is not, among ten million.

    python benchmarks/findable.py [--millions 10] [--times 40] [--busy 2]

A database of its own in a temporary folder. All processes map one snapshot of uniform hashes, as those of a desk do.
One searches on and on, each time first taking in what was committed, as matching does; others search without a pause
while one commits prints by the hundred and deletes half of them. From here prints are committed and deleted one at a
time. Seconds by the clock: from the commit to the end of the first search that finds the print, or no longer finds it.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measure import beside, keep, print_table

GATE = 50
RADIUS = 31
TOGETHER = 8
"""Queries a search: a picture is asked for in its eight orientations."""
PATIENCE = 60.0

Hashes = NDArray[np.uint8]
Seen = tuple[int, float]


def drawn(seed: int, size: int) -> Hashes:
    """Return uniform hashes, always the same."""
    draw = np.random.default_rng(seed)
    return draw.integers(0, 2**64, (size, 4), dtype=np.uint64).view(np.uint8).reshape(size, 32)


def opened() -> Any:
    """Return the live index of this process."""
    from fanal.project.entry import House

    House().prepare()
    from fanal.casework.prints.queries import live_index

    index = live_index()
    index.refresh()
    return index


def watch(wanted: Hashes, told: Any, ended: Flag) -> None:
    """Search for the wanted hashes on and on, and tell at each change how many were found, and when."""
    index, before = opened(), -1
    queries = np.concatenate([wanted, drawn(5, TOGETHER - len(wanted))])
    while not ended.is_set():
        index.refresh()
        lims, _, distances = index.search(queries, RADIUS)
        found = int(np.count_nonzero(distances[: lims[len(wanted)]] == 0))
        if found != before:
            told.put((found, time.monotonic()))
            before = found


def search(seed: int, ready: Any, ended: Flag) -> None:
    """Search without a pause, taking in what was committed before each search."""
    index, queries = opened(), drawn(seed, 4096)
    ready.release()
    at = 0
    while not ended.is_set():
        index.refresh()
        index.search(queries[at : at + TOGETHER], RADIUS)
        at = (at + TOGETHER) % len(queries)


def commit(content: int, ready: Any, ended: Flag) -> None:
    """Commit a hundred prints and delete half of those before, on and on."""
    opened()
    from fanal.casework.prints.models import Print

    ready.release()
    number, before = 0, [0]
    while not ended.is_set():
        number += 1
        before = added(content, drawn(1000 + number, 100))
        Print.objects.filter(feed__in=before[::2]).delete()


def added(content: int, hashes: Hashes) -> list[int]:
    """Commit prints and return their feed numbers."""
    from django.db import transaction

    from fanal.casework.prints.models import Print
    from fanal.engine.fingerprint.pdq import TECHNIQUE

    rows = [Print(content_id=content, technique=TECHNIQUE, data=bytes(one), quality=100) for one in hashes]
    with transaction.atomic():
        Print.objects.bulk_create(rows)
    return [row.feed for row in rows]


def prepared(size: int) -> int:
    """Keep a snapshot of so many hashes, let feed numbers go on after it, and return a content for new prints."""
    from django.db import connection

    from fanal.casework.evidence.models import Content
    from fanal.casework.prints.feed import Position, head
    from fanal.casework.prints.keeping import Keeper
    from fanal.casework.prints.queries import snapshots
    from fanal.engine.fingerprint.pdq import TECHNIQUE
    from fanal.engine.match.hamming import HammingIndex

    index = HammingIndex.build(drawn(1, size), np.arange(1, size + 1))
    at = head(TECHNIQUE)
    Keeper(snapshots(), TECHNIQUE).keep(index.frozen(), size, Position(at.generation, size, at.removed))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('prints_print', 'feed'), %s)", [size])
    return int(Content.objects.create(md5=b"\x01" * 16, state=Content.State.HASH_ONLY).pk)


def until(told: Any, wanted: int) -> float:
    """Return when so many were found."""
    while True:
        found, at = told.get(timeout=PATIENCE)
        if found == wanted:
            return float(at)


def delays(content: int, told: Any, wanted: Hashes, times: int) -> dict[str, list[float]]:
    """Commit and delete the wanted print so often, and return the seconds until the other process saw it."""
    from fanal.casework.prints.models import Print

    seconds: dict[str, list[float]] = {"findable": [], "gone": []}
    until(told, 0)
    for _ in range(times):
        feeds = added(content, wanted)
        at = time.monotonic()
        seconds["findable"].append(max(0.0, until(told, 1) - at))
        Print.objects.filter(feed__in=feeds).delete()
        at = time.monotonic()
        seconds["gone"].append(max(0.0, until(told, 0) - at))
    return seconds


def measured(millions: float, times: int, busy: int) -> dict[str, Any]:
    """Let all processes run, and return the figures."""
    from fanal.project.entry import House

    House().prepare()
    content = prepared(int(millions * 1e6))
    wanted = drawn(3, 1)
    fresh = multiprocessing.get_context("spawn")
    told, ready, ended = fresh.Queue(), fresh.Semaphore(0), fresh.Event()
    works: list[tuple[Any, tuple[Any, ...]]] = [(watch, (wanted, told, ended)), (commit, (content, ready, ended))]
    works += [(search, (10 + number, ready, ended)) for number in range(busy)]
    running = [fresh.Process(target=work, args=given) for work, given in works]
    for process in running:
        process.start()
    try:
        for _ in range(len(running) - 1):
            ready.acquire(timeout=10 * PATIENCE)
        seconds = delays(content, told, wanted, times)
    finally:
        ended.set()
        for process in running:
            process.join()
    return {"millions": millions, "busy": busy, "seconds": seconds, "rows": rows_of(millions, seconds)}


def rows_of(millions: float, seconds: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Return a row for each way, beside the second that was promised."""
    what = {"findable": "a new print found by another process", "gone": "a removed print found no longer"}
    return [
        beside(f"{said}, {millions:g} M", max(seconds[way]), "s", {"promised": 1.0}, less_is_better=True)
        for way, said in what.items()
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--millions", type=float, default=10.0)
    options.add_argument("--times", type=int, default=40)
    options.add_argument("--busy", type=int, default=2, help="processes that search without a pause")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fanal-findable-") as name:
        scratch = Path(name)
        scratch.chmod(0o711)  # PostgreSQL's user passes through to its own folder
        os.environ["FANAL_DATA"] = str(scratch / "data")
        os.environ.pop("DATABASE_URL", None)
        from fanal.kit import settings
        from fanal.project.postgres import hold

        held = hold.hold(settings.read().data)
        result = measured(chosen.millions, chosen.times, chosen.busy)
        held.close()
    lines = [
        [way, f"{statistics.median(some):.3f}", f"{sorted(some)[int(0.95 * len(some))]:.3f}", f"{max(some):.3f}"]
        for way, some in result["seconds"].items()
    ]
    print_table(["seconds until", "median", "95 in 100", "longest"], lines)
    print("kept:", keep("findable", result, ["django", "psycopg", "numpy"]).name)


if __name__ == "__main__":
    main()
