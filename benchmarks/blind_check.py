"""Whether the time of a blind check tells what its answer does not: what is kept from the one who asks, or not there.

    python benchmarks/blind_check.py [--rounds 400] [--digests 20] [--seed 1]

A database of its own in a temporary folder. Questions about digests that another agency keeps to itself and questions
about digests that nobody holds take turns in an order that is drawn. CPU time of the asking process, and time by the
clock, which has the database's share in it; medians, and how far they lie apart. The goal is 5 %.
"""

import argparse
import os
import statistics
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from measure import beside, keep, print_table

GOAL = 0.05
HELD = 1_000


def prepared(folder: Path) -> Any:
    """Return the agency that asks, once another keeps so many files to itself."""
    from fanal.casework.evidence.actions import Delivery, conclude_delivery, open_submission
    from fanal.casework.evidence.delivery import deliver
    from fanal.core.access.actions import admit_agency
    from fanal.core.access.queries import operator_of
    from fanal.kit.actor import SYSTEM

    folder.mkdir()
    for number in range(HELD):
        (folder / f"{number}.bin").write_bytes(f"kept {number}".encode())
    asking, keeping = (admit_agency(code=code, name=code, country=code, actor=SYSTEM) for code in ("FR", "GB"))
    actor = operator_of(keeping)
    opened = open_submission(Delivery(agency=keeping, label="kept", origin="kept", hash_only=True), actor)
    for _ in deliver(opened, [folder], actor):
        pass
    conclude_delivery(opened)
    return asking


def measured(folder: Path, rounds: int, digests: int, dice: Random) -> dict[str, dict[str, list[float]]]:
    """Return milliseconds of each question: by the clock and of CPU, of what is kept and of what is not there."""
    from fanal.project.entry import House

    House().prepare()
    from fanal.casework.sharing import actions
    from fanal.core.access.queries import operator_of

    asking = prepared(folder)
    actor = operator_of(asking)
    actions.MOST_AN_HOUR = (2 * rounds + 2) * digests
    held = [sha256(f"kept {number}".encode()).digest() for number in range(HELD)]
    took: dict[str, dict[str, list[float]]] = {"kept": {"clock": [], "cpu": []}, "absent": {"clock": [], "cpu": []}}
    for number in range(rounds + 1):
        turns = {"kept": dice.sample(held, digests), "absent": [dice.randbytes(32) for _ in range(digests)]}
        for what in dice.sample(list(turns), 2):
            before = time.perf_counter(), time.process_time()
            actions.ask(asking, turns[what], actor)
            after = time.perf_counter(), time.process_time()
            if number:  # the first warms caches
                took[what]["clock"].append((after[0] - before[0]) * 1e3)
                took[what]["cpu"].append((after[1] - before[1]) * 1e3)
    return took


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=400)
    options.add_argument("--digests", type=int, default=20, help="asked about at once")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fanal-blind-") as name:
        scratch = Path(name)
        scratch.chmod(0o711)  # PostgreSQL's user passes through to its own folder
        os.environ["FANAL_DATA"] = str(scratch / "data")
        os.environ.pop("DATABASE_URL", None)
        took = measured(scratch / "kept", chosen.rounds, chosen.digests, Random(chosen.seed))
    table, rows = [], []
    for way in ("clock", "cpu"):
        kept, absent = (statistics.median(took[what][way]) for what in ("kept", "absent"))
        table.append([way, f"{kept:.3f}", f"{absent:.3f}", f"{abs(kept / absent - 1):.1%}"])
        rows.append(beside(f"blind check, kept, by {way}", kept, "ms", {"not there": absent}, less_is_better=True))
    print_table(["ms by", "kept from the one who asks", "not there", f"apart (goal {GOAL:.0%})"], table)
    print("kept:", keep("blind-check", {"seed": chosen.seed, "rows": rows}, ["django", "psycopg"]).name)


if __name__ == "__main__":
    main()
