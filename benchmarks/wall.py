"""What the wall costs: photographs examined behind it, and in this process without any.

    python benchmarks/wall.py [--pictures 12] [--rounds 5] [--seed 1]

Both learn the same of each photograph: facts, digest-free prints and previews. CPU time of this process and of all that
descend from it, in turns, medians; one file at a time.
"""

import argparse
import os
from io import BytesIO
from pathlib import Path

from fanal.engine.media.examine import examine
from fanal.engine.sandbox.broker import Sandbox
from measure import Contender, beside, keep, print_table, take_turns
from photographs import photographs

MEGAPIXELS = (1, 3, 12)
_FIRST = 11
"""Fields of /proc/PID/stat behind the name before utime, stime, cutime and cstime."""


def tree_seconds() -> float:
    """Return the CPU seconds of this process and its descendants, the dead that were waited for included."""
    return seconds_of_tree(os.getpid())


def seconds_of_tree(process: int) -> float:
    """Return the same of another process."""
    return sum(_by_child(process).values())


def seconds_by_program() -> dict[str, float]:
    """Return the same by program: `self` for this process; others count for the child of it that they descend from."""
    return _by_child(os.getpid())


def _by_child(root: int) -> dict[str, float]:
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    names: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = path.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields, process = rest.split(), int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(process)
        spent[process] = sum(int(ticks) for ticks in fields[_FIRST : _FIRST + 4])
        names[process] = head.partition("(")[2]
    found = {"self": spent.get(root, 0) / os.sysconf("SC_CLK_TCK")}
    for first in children.get(root, []):
        waiting = [first]
        while waiting:
            process = waiting.pop()
            name = names[first]
            found[name] = found.get(name, 0.0) + spent.get(process, 0) / os.sysconf("SC_CLK_TCK")
            waiting += children.get(process, [])
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=12, help="of each size")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rows = []
    with Sandbox(workers=1) as sandbox:
        for megapixels in MEGAPIXELS:
            files = photographs(chosen.pictures, megapixels, chosen.seed) * max(1, 4 // megapixels)

            def in_process(files: list[bytes] = files) -> None:
                for data in files:
                    examine(BytesIO(data), "photo.jpg")

            def behind_the_wall(files: list[bytes] = files) -> None:
                for data in files:
                    sandbox.examine(data, "photo.jpg")

            walled = Contender("behind the wall", behind_the_wall, len(files), clock=tree_seconds)
            bare = Contender("in process", in_process, len(files), clock=tree_seconds)
            take_turns([walled, bare], chosen.rounds)
            what = f"photographs of {megapixels} megapixels examined behind the wall"
            rows.append(beside(what, 1 / walled.cost, "a CPU second", {"without a wall": 1 / bare.cost}))
        held = str(sandbox.describe())
    print_table(
        ["what", "a CPU second", "without a wall", "times"],
        [
            [
                one["what"],
                one["figure"],
                f"{one['peers']['without a wall']:.3g}",
                f"{one['times']['without a wall']:.2f}",
            ]
            for one in rows
        ],
    )
    found = {"seed": chosen.seed, "pictures": chosen.pictures, "confinement": held, "rows": rows}
    print("kept:", keep("wall", found, ["simplejpeg"]).name)


if __name__ == "__main__":
    main()
