"""From a folder to leads: files a second through `fanal submit`'s whole way, and where the time goes.

    python benchmarks/intake.py [--pictures 120] [--megapixels 1] [--seed 1] [--folder FOLDER]

A database, a vault and a wall of its own in a temporary folder. The delivery is timed first, then the workers; each
step in the CPU time of the threads that do it; what the processes behind the wall and the database take is theirs.
Beside it the floor: the three digests alone, a plain grey decode alone, and digests and everything that is examined
(decode, facts, prints, previews) in this one process, without wall, vault, rows, log or matching. All is CPU time,
which other work on the machine changes less: of this process and of all that descend from it.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image

from fanal.engine.fingerprint.digest import digest_file
from fanal.engine.media.examine import examine
from measure import beside, cpu_seconds, keep, print_table
from photographs import photographs
from wall import seconds_by_program


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


def watch_the_steps(clock: Clock) -> None:
    """Name the steps of intake, from the outside."""
    from fanal.casework.evidence import actions as evidence
    from fanal.casework.evidence import delivery
    from fanal.casework.leads import actions as leads
    from fanal.casework.leads import jobs as matching
    from fanal.casework.prints import actions as prints
    from fanal.casework.prints import examination
    from fanal.casework.prints import jobs as examining
    from fanal.core.vault import sealing
    from fanal.engine.sandbox.broker import Sandbox

    clock.watch("hash and seal", sealing.Sealer, "read_or_seal")
    clock.watch("hash and seal", sealing.Sealer, "seal")
    clock.watch("fsync", os, "fsync")
    clock.watch("rows of files", delivery, "receive")
    clock.watch("unseal", examination, "open_plain")
    clock.watch("handing to the wall", Sandbox, "examine")
    clock.watch("seal previews", examination, "seal_previews")
    clock.watch("rows of prints", examining, "write")
    resembling = vars(matching)["resembling"]
    vars(matching)["resembling"] = lambda contents, technique: list(resembling(contents, technique))
    clock.watch("match", matching, "resembling")
    for module in (evidence, prints, leads):
        clock.watch("audit", module, "record")


def listed(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def edited_copy(folder: Path, into: Path) -> None:
    """Save each picture anew: smaller and more compressed."""
    for path in listed(folder):
        with Image.open(path) as opened:
            small = opened.convert("RGB").resize((opened.width * 7 // 10, opened.height * 7 // 10))
        target = into / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        small.save(target, "JPEG", quality=70)


def submit(folder: Path, code: str) -> tuple[float, float, int]:
    """Submit a folder and work until idle; return seconds of the delivery, seconds of the workers, and leads."""
    from fanal.casework.evidence.actions import Delivery, open_submission
    from fanal.casework.evidence.delivery import deliver
    from fanal.casework.evidence.models import Visibility
    from fanal.casework.leads.models import Lead
    from fanal.core.access.actions import admit_agency
    from fanal.core.access.queries import operator_of
    from fanal.core.jobs.worker import run_worker
    from fanal.kit.actor import SYSTEM

    agency = admit_agency(code=code, name=f"The unit of {code}", country=code, actor=SYSTEM)
    actor = operator_of(agency)
    start = time.perf_counter()
    said = Delivery(agency=agency, label=code, origin=str(folder), visibility=Visibility.ALL_CONNECTED)
    for _ in deliver(open_submission(said, actor), [folder], actor):
        pass
    delivered = time.perf_counter()
    run_worker(until_idle=True)
    return delivered - start, time.perf_counter() - delivered, Lead.objects.count()


def floor(files: list[Path]) -> dict[str, float]:
    """Return CPU seconds a file of one thread for what cannot be saved: the digests, and a decode."""

    def decode() -> None:
        for path in files:
            with Image.open(BytesIO(path.read_bytes())) as opened:
                opened.draft("L", opened.size)
                opened.load()

    examine(BytesIO(files[0].read_bytes()), files[0].name)  # compiled code is loaded, as it is behind the wall

    def examine_all() -> None:
        for path in files:
            digest_file(path)
            examine(BytesIO(path.read_bytes()), path.name)

    return {
        "digests alone": cpu_seconds(lambda: [digest_file(path) for path in files])[1] / len(files),
        "grey decode alone": cpu_seconds(decode)[1] / len(files),
        "digests and all that is examined, in one process": cpu_seconds(examine_all)[1] / len(files),
    }


def warmed() -> None:
    """Have the wall standing and compiled code loaded, as in a worker that runs."""
    from fanal.casework.prints.queries import live_index
    from fanal.engine.sandbox.shared import shared_sandbox

    shared_sandbox().describe()
    live_index().refresh()


def measured(folder: Path, scratch: Path) -> dict[str, Any]:
    """Submit the folder, then an edited copy, and return the result."""
    clock = Clock()
    watch_the_steps(clock)
    edited_copy(folder, scratch / "edited")
    files = listed(folder)
    warmed()
    before = seconds_by_program()
    first = submit(folder, "NZ")
    programs = {name: took - before.get(name, 0.0) for name, took in seconds_by_program().items()}
    cost = sum(programs.values()) / len(files)
    spent = dict(clock.spent)
    spent["all else in this process"] = programs.pop("self") - sum(spent.values())
    spent |= {f"processes of {name}": took for name, took in programs.items()}
    second = submit(scratch / "edited", "FR")
    size = sum(path.stat().st_size for path in files)
    least = floor(files)
    what = f"a photo of {size / len(files) / 1e6:.2g} MB, from the folder to leads"
    rows = [beside(what, cost, "CPU s", least, less_is_better=True)]
    return {
        "rows": rows,
        "files": len(files),
        "bytes": size,
        "seconds": {"delivery": first[0], "work": first[1], "edited, to leads": second[0] + second[1]},
        "leads": second[2],
        "step_seconds": {step: took / len(files) for step, took in sorted(spent.items(), key=lambda one: -one[1])},
        "cpu_seconds": cost,
        "floor_seconds": least,
    }


def show(result: dict[str, Any]) -> None:
    """Print the result."""
    seconds, count = result["seconds"], result["files"]
    whole = seconds["delivery"] + seconds["work"]
    print_table(
        ["part", "s", "files/s"],
        [
            ["delivery, until acknowledged", f"{seconds['delivery']:.2f}", f"{count / seconds['delivery']:.0f}"],
            ["examine and match", f"{seconds['work']:.2f}", f"{count / seconds['work']:.0f}"],
            ["both", f"{whole:.2f}", f"{count / whole:.0f}"],
            ["an edited copy", f"{seconds['edited, to leads']:.2f}", f"{count / seconds['edited, to leads']:.0f}"],
        ],
    )
    print(f"\n{result['leads']} leads; {result['cpu_seconds'] * 1000:.0f} ms of CPU a file\n")
    steps = [[k, f"{v * 1000:.1f}", f"{v / result['cpu_seconds']:.0%}"] for k, v in result["step_seconds"].items()]
    print_table(["step", "CPU ms a file", "share"], steps)
    print()
    print_table(["floor", "CPU ms a file"], [[k, f"{v * 1000:.1f}"] for k, v in result["floor_seconds"].items()])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=40)
    options.add_argument("--megapixels", type=int, default=1)
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
        if chosen.folder is None:
            (scratch / "photos").mkdir()
            for number, data in enumerate(photographs(chosen.pictures, chosen.megapixels, chosen.seed)):
                (scratch / "photos" / f"{number:05}.jpg").write_bytes(data)
        result = measured(chosen.folder or scratch / "photos", scratch)
        show(result)
        kept = keep("intake", result, ["django", "psycopg", "tink", "pillow"])
        sys.stdout.write(f"\nkept in {kept}\n")
        held.close()


if __name__ == "__main__":
    main()
