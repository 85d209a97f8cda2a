"""Promise 1: an acknowledged file is never lost, wherever the process is killed."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from aftermath import FILES_A_FOLDER, acknowledged_is_kept, all_is_well, nothing_half_made, seized_folder
from delivering import Ended, Run, plan, read
from fanal.casework.evidence.models import Submission
from world import cast

SEEDS = int(os.environ.get("FANAL_SEEDS", "20" if os.environ.get("FANAL_SOAK") else "4"))
KNOWN = 3
"""Files of a folder that others hold too, or that lie there twice: not sealed each time."""
FIRST_USE = ("keys.drafted", "keys.named")

pytestmark = pytest.mark.django_db(transaction=True)


def perform(folder: Path, runs: list[Run]) -> list[Ended]:
    """Go through the runs in processes of their own."""
    command, report = plan(folder, runs)
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-3000:]
    return read(report)


def points_of_an_undisturbed_run(folder: Path) -> tuple[dict[str, int], set[str]]:
    """Deliver a folder to the end; return how often the delivery passed each point, and all that the work passed."""
    whole, notes = seized_folder(folder / "undisturbed", 0), folder / "undisturbed.notes"
    delivery, work = perform(folder, [Run(str(whole), str(notes), work=False), Run(str(whole), str(notes))])
    assert (delivery.code, work.code) == (0, 0)
    assert acknowledged_is_kept(whole, notes) == FILES_A_FOLDER
    return {point: times for point, times in delivery.passed.items() if point not in FIRST_USE}, set(work.passed)


def test_killed_at_every_point_nothing_is_lost_or_doubled(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    cast()
    delivered, worked = points_of_an_undisturbed_run(tmp_path)
    points = [*delivered, *sorted(worked - set(delivered))]
    assert len(points) >= 25, points
    dice = random.Random(seed)
    runs, folders = list[Run](), list[Path]()
    for number in range(SEEDS):
        for point in points:
            name = f"{point} {number}"
            folders.append(seized_folder(tmp_path / name, len(folders) + 10))
            # What workers do is shared among threads, and with what the dead left: there only the first time is sure.
            nth = dice.randint(1, max(1, delivered.get(point, 1) - KNOWN))
            notes = str(tmp_path / f"{name}.notes")
            runs.append(Run(str(folders[-1]), notes, point=point, nth=nth, work=point not in delivered))
    ended = perform(tmp_path, runs)
    assert [(run.point, end.code) for run, end in zip(runs, ended, strict=True) if end.code != -9] == [], "not reached"
    nothing_half_made()
    kept = sum(acknowledged_is_kept(folder, Path(run.notes)) for folder, run in zip(folders, runs, strict=True))

    again = [Run(run.folder, run.notes, work=False) for run in runs]
    (*closed, last) = perform(tmp_path, [*again, Run(runs[-1].folder, runs[-1].notes, lease=1.0)])
    assert {end.code for end in closed} == {0}
    assert last.code == 0
    assert sum(acknowledged_is_kept(Path(run.folder), Path(run.notes)) for run in runs) == FILES_A_FOLDER * len(runs)
    all_is_well(folders)
    assert Submission.objects.count() == len(folders) + 1
    sys.stdout.write(
        f"seed {seed}: killed {len(runs)} times at {len(points)} points, {kept} files acknowledged before\n"
    )
