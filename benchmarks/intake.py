"""What intake costs: from a folder to prints that are stored, and on to leads, each beside the floor of its own.

    python benchmarks/intake.py [--pictures 100] [--megapixels 1] [--seed 1] [--folder FOLDER]

A database, a vault and a wall of its own in a temporary folder. Some photographs are submitted first, so that all is
loaded and compiled, as in a worker that runs. Then a folder, and an edited copy of it, in which each picture has its
original to be found: delivery, the jobs that examine, and the jobs that match, one after the other, each in the CPU
time of this process, of all that descend from it, and of the database.

The floors, in this one process: the three digests and everything that is examined (decode, facts, prints, previews),
without wall, vault, rows, log or queue; and the same searches among the same prints, without database, queue and rows.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from fanal.engine.fingerprint.digest import digest_file
from fanal.engine.fingerprint.prints import Print, of_technique
from fanal.engine.match.fusion import fuse
from fanal.engine.match.link import Link
from fanal.engine.match.techniques import comparers
from fanal.engine.media.examine import examine
from intake_clock import Meter
from measure import beside, cpu_seconds, keep, print_table
from photographs import photographs

Costs = dict[str, float]
"""CPU seconds a photograph, by step."""
WARMING = 8


def listed(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def edited_copy(folder: Path, into: Path) -> Path:
    """Save each picture anew: smaller and more compressed."""
    for path in listed(folder):
        with Image.open(path) as opened:
            small = opened.convert("RGB").resize((opened.width * 7 // 10, opened.height * 7 // 10))
        target = into / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        small.save(target, "JPEG", quality=70)
    return into


def delivering(folder: Path, code: str) -> Callable[[], None]:
    """Return what submits a folder, until it is acknowledged, for an agency of this code."""
    from fanal.casework.evidence.actions import Delivery, open_submission
    from fanal.casework.evidence.delivery import deliver
    from fanal.casework.evidence.models import Visibility
    from fanal.core.access.actions import admit_agency
    from fanal.core.access.queries import operator_of
    from fanal.kit.actor import SYSTEM

    agency = admit_agency(code=code, name=f"The unit of {code}", country=code, actor=SYSTEM)
    actor = operator_of(agency)
    said = Delivery(agency=agency, label=code, origin=str(folder), visibility=Visibility.ALL_CONNECTED)

    def work() -> None:
        for _ in deliver(open_submission(said, actor), [folder], actor):
            pass

    return work


def working(queue: str) -> Callable[[], None]:
    """Return what does the work of one queue until nothing of it waits."""
    from fanal.core.jobs import worker

    return lambda: worker.run_worker(queues=[queue], until_idle=True)


class Floor:
    """What cannot be saved, in this process and one thread: to be asked folder by folder, as they are submitted."""

    def __init__(self) -> None:
        self._comparers = {technique: make() for technique, make in comparers().items()}
        self._held = 0

    def examined(self, files: Sequence[Path]) -> tuple[list[tuple[Print, ...]], float]:
        """Return the prints of files, and the CPU seconds a file for them and the digests."""
        examine(BytesIO(files[0].read_bytes()), files[0].name)  # compiled code is loaded, as it is behind the wall
        made: list[tuple[Print, ...]] = []

        def work() -> None:
            for path in files:
                digest_file(path)
                made.append(examine(BytesIO(path.read_bytes()), path.name).prints)

        seconds = cpu_seconds(work)[1]
        return made, seconds / len(files)

    def matched(self, prints: Sequence[Sequence[Print]]) -> float:
        """Take the prints of files in, search for each among all so far; return the CPU seconds a file."""
        return cpu_seconds(lambda: self._match(prints))[1] / len(prints)

    def _match(self, prints: Sequence[Sequence[Print]]) -> None:
        first, self._held = self._held, self._held + len(prints)
        for owner, made in enumerate(prints, start=first):
            for technique, comparer in self._comparers.items():
                comparer.put(owner, of_technique(made, technique))
        for made in prints:
            links: dict[int, list[Link]] = defaultdict(list)
            for technique, comparer in self._comparers.items():
                for found in comparer.search(of_technique(made, technique)):
                    links[found.owner].append(found.link)
            for said in links.values():
                fuse(said)


def of_one_folder(folder: Path, code: str, meter: Meter, floor: Floor) -> dict[str, Any]:
    """Submit a folder and have it examined and matched; return what each took, beside its floor."""
    files = listed(folder)

    def each(costs: Costs) -> Costs:
        return {step: seconds / len(files) for step, seconds in costs.items()}

    stored = _sum([each(meter.costs(work)) for work in (delivering(folder, code), working("examine"))])
    matched = each(meter.costs(working("match")))
    prints, least = floor.examined(files)
    least_match = floor.matched(prints)
    return {
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "to prints stored": stored,
        "to leads": _sum([stored, matched]),
        "floor": {"to prints stored": least, "to leads": least + least_match},
    }


def _sum(each: Iterable[Costs]) -> Costs:
    added: Costs = defaultdict(float)
    for costs in each:
        for step, seconds in costs.items():
            added[step] += seconds
    return dict(added)


def measured(folder: Path, scratch: Path, data: Path) -> dict[str, Any]:
    """Submit the folder, then an edited copy, and return the result."""
    from fanal.casework.leads.models import Lead

    meter, floor = Meter(data), Floor()
    parts = {"photographs": (folder, "NZ"), "edited copies": (edited_copy(folder, scratch / "edited"), "FR")}
    of_one_folder(warming(scratch / "warming"), "AU", meter, floor)
    idle = meter.costs(working("examine"))
    found: dict[str, Any] = {name: of_one_folder(*part, meter, floor) for name, part in parts.items()}
    rows = [
        beside(f"{name}, {step}", sum(one[step].values()), "CPU s", {"floor": one["floor"][step]}, less_is_better=True)
        for name, one in found.items()
        for step in one["floor"]
    ]
    return {"rows": rows, "leads": Lead.objects.count(), "a worker that finds nothing": idle, **found}


def warming(folder: Path) -> Path:
    """Save some photographs of another size, to be submitted before all that is measured; return their folder."""
    return saved(photographs(WARMING, 0.5, seed=99), folder)


def saved(pictures: Iterable[bytes], folder: Path) -> Path:
    """Save pictures into a new folder; return it."""
    folder.mkdir()
    for number, data in enumerate(pictures):
        (folder / f"{number:05}.jpg").write_bytes(data)
    return folder


def show(result: dict[str, Any]) -> None:
    """Print the result."""
    parts = {name: result[name] for name in ("photographs", "edited copies")}
    steps = sorted(parts["edited copies"]["to leads"], key=lambda step: -parts["edited copies"]["to leads"][step])
    columns = [(one, goal) for one in parts.values() for goal in ("to prints stored", "to leads")]
    table = [[step, *(f"{one[goal].get(step, 0.0) * 1000:.1f}" for one, goal in columns)] for step in steps]
    table.append(["**all**", *(f"{sum(one[goal].values()) * 1000:.1f}" for one, goal in columns)])
    table.append(["floor", *(f"{one['floor'][goal] * 1000:.1f}" for one, goal in columns)])
    times = (sum(one[goal].values()) / one["floor"][goal] for one, goal in columns)
    table.append(["times", *(f"{each:.2f}" for each in times)])
    heads = [f"{name}, {goal}" for name in parts for goal in ("to prints stored", "to leads")]
    print_table(["CPU ms a file", *heads], table)
    idle = sum(result["a worker that finds nothing"].values())
    print(f"\n{result['leads']} leads. A worker that finds nothing begins and ends in {idle * 1000:.0f} ms of CPU.")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=100)
    options.add_argument("--megapixels", type=float, default=1)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, help="real photographs, instead of open ones of one size")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fanal-intake-") as name:
        scratch = Path(name)
        scratch.chmod(0o711)  # PostgreSQL's user passes through to its own folder
        os.environ["FANAL_DATA"] = str(scratch / "data")
        os.environ.pop("DATABASE_URL", None)
        os.environ["FANAL_TEXT"] = "off"  # read after all else, at forty times the cost: a question of its own
        from fanal.kit import settings
        from fanal.project.entry import House
        from fanal.project.postgres import hold

        held = hold.hold(settings.read().data)
        House().prepare()
        drawn = chosen.folder or saved(
            photographs(chosen.pictures, chosen.megapixels, chosen.seed), scratch / "photographs"
        )
        result = measured(drawn, scratch, settings.read().data)
        show(result)
        kept = keep("intake", result, ["django", "psycopg", "tink", "pillow"])
        sys.stdout.write(f"\nkept in {kept}\n")
        held.close()


if __name__ == "__main__":
    main()
