"""How long pages and calls take while fifty officers of ten agencies work at once on a national database.

    python benchmarks/officers.py FOLDER [--contents 1000000 --leads 100000 --agencies 10 --officers 50]
                                  [--seconds 120] [--warm 120] [--think 8] [--saturated] [--only NAME ...]

The database lies in FOLDER and is filled at the first run (`officers_database.py` says with what). Then `fanal serve`
runs as it always does, with two processes a core, and three things are measured:

* overheard: each route a few times by one officer, with every statement written down: how many, and the slowest;
* alone: each route again, nothing else running: the clock, and CPU time of the server and of PostgreSQL a request;
* at once: all officers, each with a stream of alerts open, `--think` seconds on average between two requests, without
  pause with `--saturated`, after `--warm` seconds of work that do not count, as a server runs for weeks. After it, the
  ten statements that took most time, with their plans.

The officers themselves need the same two cores: their CPU time is told too. No worker runs: what is submitted waits.
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from measure import keep, print_table
from officers_crew import WORK, Officer, all_at_once
from officers_database import filled
from officers_loader import administrator
from officers_seen import crew
from officers_statements import form_of, most_used, overheard, plans_of

GOAL = 0.3
"""Seconds within which 95 of 100 requests of every route are to be answered."""
WARMING = 2.0
"""Seconds an officer thinks while the server warms up."""
ALONE = 6
"""Officers who ask each route one after the other."""
TICK = os.sysconf("SC_CLK_TCK")


def tree(first: int) -> set[int]:
    """Return a process and all that descend from it."""
    children = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(path.read_text().rpartition(")")[2].split()[1])].append(int(path.parent.name))
        except OSError:
            continue
    found, waiting = set(), [first]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += children[process]
    return found


def cpu(first: int) -> float:
    """Return the CPU seconds of a process and its descendants so far, those that ended too."""
    spent = 0
    for process in tree(first):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += sum(int(ticks) for ticks in fields[11:15])
    return spent / TICK


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Run `fanal serve` on a free port, as it runs always; give the port and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "fanal.project", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, "FANAL_DATA": str(folder)}, start_new_session=True)
    try:
        for _ in range(300):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with suppress(OSError, http.client.HTTPException):  # it listens before anybody is there to answer
                line.request("GET", "/sign-in/")
                line.getresponse().read()
                break
            time.sleep(0.2)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def by_route(officers: Sequence[Officer]) -> dict[str, list[float]]:
    """Take what the officers noted: seconds of each route, answered or not; what failed is named."""
    found: dict[str, list[float]] = defaultdict(list)
    failed: dict[tuple[str, int], int] = defaultdict(int)
    for officer in officers:
        for one in officer.answers:
            found[one.route].append(one.seconds)
            if one.status not in {200, 201, 302}:
                failed[one.route, one.status] += 1
        officer.answers.clear()
    for (route, status), times in sorted(failed.items()):
        print(f"  {route}: {times} times answered {status}", file=sys.stderr)
    return found


def part(seconds: Sequence[float], share: float) -> float:
    """Return the time, in milliseconds, within which this share of them was done."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def overhear(officers: Sequence[Officer], names: Sequence[str], admin: Any, log: Path) -> tuple[Any, list[str]]:
    """Ask each route twice with every statement written down; return figures by route, and texts by form."""
    texts: dict[str, str] = {}
    figures: dict[str, Any] = {}
    with overheard(admin, log) as since:
        for name in names:
            for officer in officers[:2]:
                since()
                WORK[name][1](name, officer)
                said = since()
                texts |= {form_of(one.text): one.text for one in said if len(one.text) < 60_000}
            slowest = max(said, key=lambda one: one.milliseconds, default=None)
            figures[name] = {
                "statements": len(said),
                "database_ms": round(sum(one.milliseconds for one in said), 1),
                "slowest_ms": slowest.milliseconds if slowest else 0,
                "slowest": slowest.text[:3_000] if slowest else "",
            }
    by_route(officers)
    return figures, list(texts.values())


def alone(officers: Sequence[Officer], names: Sequence[str], server: int, postgres: int) -> dict[str, dict[str, float]]:
    """Ask each route by one after the other; return median, CPU time of the server and of PostgreSQL a request, ms."""
    figures = {}
    for name in names:
        before = cpu(server), cpu(postgres)
        for officer in officers[:ALONE]:
            WORK[name][1](name, officer)
        after = cpu(server), cpu(postgres)
        asked = [one for seconds in by_route(officers).values() for one in seconds]
        web, data = (1000 * (late - early) / ALONE for early, late in zip(before, after, strict=True))
        figures[name] = {
            "median": part(asked, 0.5),
            "most": part(asked, 1),
            "server_cpu": round(web, 1),
            "postgres_cpu": round(data, 1),
        }
    return figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    for name, usual in (("contents", 1_000_000), ("leads", 100_000), ("agencies", 10), ("officers", 50)):
        options.add_argument(f"--{name}", type=int, default=usual)
    options.add_argument("--seconds", type=float, default=120.0)
    options.add_argument("--warm", type=float, default=120.0, help="seconds of work before it is measured")
    options.add_argument(
        "--think", type=float, default=8.0, help="seconds between two requests of an officer, on average"
    )
    options.add_argument("--saturated", action="store_true", help="no pause between two requests")
    options.add_argument("--only", nargs="+", choices=list(WORK), default=list(WORK), help="routes; no load then")
    chosen = options.parse_args()
    people = filled(chosen.folder.absolute(), chosen.contents, chosen.leads, chosen.agencies, chosen.officers)
    with served(chosen.folder.absolute()) as (port, server), administrator(chosen.folder.absolute()) as admin:
        result = measured(chosen, people, port, server, admin)
    tell(result)
    if chosen.only == list(WORK):
        print("kept:", keep("officers", result, ("django", "granian", "psycopg")).name)


def measured(chosen: argparse.Namespace, people: dict[str, Any], port: int, server: int, admin: Any) -> dict[str, Any]:
    """Ask, one by one and all at once, and return the result."""
    from fanal.core.access.asking import EVERYBODY, process_asks_for
    from fanal.project.postgres import hold, place

    where = place.find(chosen.folder.absolute())
    postgres = int((where.cluster / "postmaster.pid").read_text().split()[0])
    process_asks_for(EVERYBODY)
    officers = crew(people, port)
    whole = chosen.only == list(WORK)
    for officer in officers if whole else officers[:ALONE]:
        officer.sign_in(people["password"])
    by_route(officers)
    figures, texts = overhear(officers, chosen.only, admin, where.log)
    by_one = alone(officers, chosen.only, server, postgres)
    result: dict[str, Any] = {
        "size": people["size"],
        "think": 0.0 if chosen.saturated else chosen.think,
        "routes": {name: {**by_one[name], **figures[name]} for name in chosen.only},
    }
    if not whole:
        return result
    all_at_once(officers, chosen.warm, WARMING)
    by_route(officers)
    admin.execute("SELECT pg_stat_statements_reset()")
    before, clock = (cpu(server), cpu(postgres), time.process_time()), time.monotonic()
    all_at_once(officers, chosen.seconds, result["think"])
    spent = [
        late - early for early, late in zip(before, (cpu(server), cpu(postgres), time.process_time()), strict=True)
    ]
    found = by_route(officers)
    asked, took = sum(map(len, found.values())), time.monotonic() - clock
    result["at_once"] = {
        "seconds": round(took, 1),
        "requests": asked,
        "requests_a_second": round(asked / took, 1),
        "cores": dict(zip(("server", "postgres", "officers"), (round(one / took, 2) for one in spent), strict=True)),
        "cpu_ms_a_request": {
            who: round(1000 * one / asked, 1)
            for who, one in zip(("server", "postgres", "officers"), spent, strict=True)
        },
        "routes": {
            route: {
                "count": len(some),
                **{f"p{int(100 * share)}": part(some, share) for share in (0.5, 0.95, 0.99)},
            }
            for route, some in sorted(found.items())
        },
    }
    used = most_used(admin)
    agencies = [UUID(one) for one in {officer["agency"] for officer in people["officers"]}]
    plans_of(used, texts, hold.connection(where), agencies)
    result["statements"] = used
    return result


def tell(result: dict[str, Any]) -> None:
    """Print the tables."""
    head = ["route", "alone ms", "most", "server CPU", "PostgreSQL CPU", "statements", "in them", "slowest"]
    rows: list[list[object]] = [
        [
            name,
            one["median"],
            one["most"],
            one["server_cpu"],
            one["postgres_cpu"],
            one["statements"],
            one["database_ms"],
            one["slowest_ms"],
        ]
        for name, one in result["routes"].items()
    ]
    print_table(head, rows)
    if "at_once" not in result:
        return
    at_once = result["at_once"]
    print(f"\n{at_once['requests_a_second']} requests a second; cores in use: {at_once['cores']}\n")
    rows = [
        [route, one["count"], one["p50"], one["p95"], one["p99"], "" if one["p95"] <= 1000 * GOAL else "over"]
        for route, one in at_once["routes"].items()
    ]
    print_table(["at once", "requests", "median ms", "p95", "p99", ""], rows)
    everything = statistics.fmean(one["p95"] <= 1000 * GOAL for one in at_once["routes"].values())
    print(f"\n{everything:.0%} of the routes answer 95 of 100 requests within {1000 * GOAL:.0f} ms\n")
    print_table(
        ["statement", "calls", "mean ms", "share of all"],
        [[one["form"][:100], one["calls"], one["mean_ms"], one["share"]] for one in result["statements"]],
    )


if __name__ == "__main__":
    main()
