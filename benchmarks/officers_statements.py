"""What the database is asked: which statements, how often, how long, and by which plan, with row policies in force.

`pg_stat_statements` counts them by their form, without values. One with its values comes from `auto_explain`, which
writes each statement to the server's log while it is asked to; `EXPLAIN (VERBOSE)` tells of which form it is.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

BEGINS = re.compile(r"LOG:  duration: ([0-9.]+) ms  plan:\n\t")
MOST_USED = """
    SELECT s.queryid, s.calls, s.total_exec_time, s.total_plan_time, s.rows, s.query
    FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
    WHERE r.rolname = 'fanal' AND s.query !~* '^(begin|commit|rollback|savepoint|release|set |reset |show )'
    ORDER BY s.total_exec_time + s.total_plan_time DESC LIMIT %s
"""
WITHIN = """
    SELECT sum(total_exec_time + total_plan_time) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
    WHERE r.rolname = 'fanal'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement as it was asked, and how long it took, in milliseconds."""

    text: str
    milliseconds: float


@contextmanager
def overheard(admin: "psycopg.Connection[Any]", log: Path) -> Iterator[Callable[[], list[Asked]]]:
    """Have every statement written to the server's log; give what reads those that came since it was last called."""
    _turn(admin, "0")
    place = log.stat().st_size

    def since() -> list[Asked]:
        nonlocal place
        with log.open("rb") as file:
            file.seek(place)
            said = file.read()
        place += len(said)
        return list(_read(said.decode(errors="replace")))

    try:
        yield since
    finally:
        _turn(admin, "-1")


def _turn(admin: "psycopg.Connection[Any]", least: str) -> None:
    for name, value in (("log_min_duration", least), ("log_verbose", "on"), ("log_format", "json")):
        admin.execute(f"ALTER SYSTEM SET auto_explain.{name} = '{value}'")
    admin.execute("SELECT pg_reload_conf()")
    admin.execute("SELECT pg_sleep(0.2)")


def _read(said: str) -> Iterator[Asked]:
    for found in BEGINS.finditer(said):
        try:
            plan, _ = json.JSONDecoder().raw_decode(said[found.end() :].replace("\n\t", "\n"))
        except ValueError:
            continue
        yield Asked(plan["Query Text"], float(found[1]))


def most_used(admin: "psycopg.Connection[Any]", most: int = 10) -> list[dict[str, Any]]:
    """Return the forms of statements that took most time since the counters were reset."""
    (whole,) = admin.execute(WITHIN).fetchone() or (0,)
    return [
        {
            "identifier": identifier,
            "calls": calls,
            "mean_ms": round((executing + planning) / calls, 3),
            "total_ms": round(executing + planning),
            "share": round((executing + planning) / whole, 3),
            "rows": rows,
            "form": re.sub(r"\s+", " ", text),
        }
        for identifier, calls, executing, planning, rows, text in admin.execute(MOST_USED, [most]).fetchall()
    ]


def plan_of(text: str, connection: "psycopg.Connection[Any]", agencies: Sequence[UUID]) -> list[str]:
    """Return how a statement is done, asked as the application on behalf of the agency that it names; then undone."""
    asking = next((agency for agency in agencies if str(agency) in text or agency.hex in text), agencies[0])
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('fanal.agency', %s, true)", [str(asking)])
        rows = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS) {text}", prepare=False).fetchall()
    return [line for (line,) in rows]


def form_of(text: str) -> str:
    """Return a statement without its values: what has the same is asked the same way."""
    return re.sub(r"'[^']*'|\b\d+\b", "?", text)[:2_000]


def identified(texts: Sequence[str], connection: "psycopg.Connection[Any]") -> dict[int, str]:
    """Return statements by the identifier of their form."""
    found: dict[int, str] = {}
    for text in texts:
        if not text.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            continue
        try:
            ((plan,),) = connection.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {text}", prepare=False).fetchall()
        except psycopg.Error:  # asked with parameters apart
            continue
        found.setdefault(plan[0].get("Query Identifier", 0), text)
    return found


def plans_of(
    used: Sequence[dict[str, Any]], texts: Sequence[str], parameters: Mapping[str, str], agencies: Sequence[UUID]
) -> None:
    """Add to each statement its plan; where none was overheard with its values, say so."""
    with psycopg.connect(**parameters, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:  # type: ignore[arg-type]
        known = identified(texts, connection)
        for one in used:
            text = known.get(one["identifier"])
            try:
                one["plan"] = plan_of(text, connection, agencies) if text else ["None was overheard with its values."]
            except psycopg.Error as fault:
                one["plan"] = [f"Could not be asked again: {fault}"]
