"""Promise 2: nothing half-made is ever visible, whoever is killed, and whenever."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from aftermath import FILES_A_FOLDER, acknowledged_is_kept, all_is_well, nothing_half_made, seized_folder
from delivering import Run, plan, read
from fanal.project.postgres import hold
from world import cast

FANAL = str(Path(sys.executable).parent / "fanal")
SOAK = bool(os.environ.get("FANAL_SOAK"))
BLOWS = 100 if SOAK else 10
RESTARTS = 20 if SOAK else 4
RUNS = 60 if SOAK else 8


def begin(folder: Path, runs: list[Run]) -> tuple["subprocess.Popen[bytes]", Path]:
    """Start a process that goes through the runs; it has begun with the first when this returns."""
    folder.mkdir(exist_ok=True)
    command, report = plan(folder, runs)
    started = report.with_suffix(".passed")
    started.unlink(missing_ok=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + 300
    while not started.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process, report


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it forked, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def gone_through(folder: Path, runs: list[Run]) -> list[int]:
    """Go through the runs undisturbed; return how each ended."""
    process, report = begin(folder, runs)
    assert process.wait(1800) == 0, (folder / "log").read_text()[-3000:]
    return [ended.code for ended in read(report)]


def some_of(runs: list[Run], dice: random.Random) -> list[Run]:
    """Return deliveries in another order; after about a third of them the files are worked on until the end comes."""
    mixed = dice.sample(runs, len(runs))
    return [replace(run, work=dice.random() < 1 / 3) for run in mixed]


def finish(folder: Path, runs: list[Run]) -> None:
    """Begin every delivery again and go on to the end; assert that all is well then."""
    rest = [Run(run.folder, run.notes, work=False) for run in runs]
    last = Run(runs[-1].folder, runs[-1].notes, lease=1.0)
    assert set(gone_through(folder, [*rest, last])) == {0}
    assert [acknowledged_is_kept(Path(run.folder), Path(run.notes)) for run in runs] == [FILES_A_FOLDER] * len(runs)
    all_is_well([Path(run.folder) for run in runs])


def deliveries(folder: Path, count: int) -> list[Run]:
    """Return deliveries of folders that hold what no other does, but for one file."""
    folders = [seized_folder(folder / f"phone {number}", 500 + number) for number in range(count)]
    return [Run(str(one), f"{one}.notes") for one in folders]


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_time(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    cast()
    dice = random.Random(seed)
    runs = deliveries(tmp_path, RUNS)
    kept = 0
    for _ in range(BLOWS):
        process, _ = begin(tmp_path / "blows", some_of(runs, dice))
        with suppress(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0.0, 3.0))
        end(process)
        nothing_half_made()
        kept = sum(acknowledged_is_kept(Path(run.folder), Path(run.notes)) for run in runs)
    assert kept > 0, "too little was done to prove anything"
    finish(tmp_path / "last", runs)
    sys.stdout.write(f"seed {seed}: {BLOWS} blows, {kept} files were acknowledged before the last\n")


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[hold.Hold]:
    """A server for this test alone that the environment names."""
    data = Path(tempfile.mkdtemp(prefix="fanal-outage-"))
    data.chmod(0o711)
    monkeypatch.setenv("FANAL_DATA", str(data))
    monkeypatch.delenv("DATABASE_URL")
    held = hold.hold(data)
    environment = {**os.environ, "DATABASE_URL": make_conninfo("", **held.connection)}
    environment["FANAL_MIGRATE_URL"] = make_conninfo("", **(hold.owner_connection(held.server.place) or {}))
    monkeypatch.setenv("DATABASE_URL", environment["DATABASE_URL"])
    subprocess.run([FANAL, "migrate"], check=True, capture_output=True, env=environment)
    command = [FANAL, "agency", "add", "NZ", "--name", "New Zealand unit", "--country", "NZ"]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    yield held
    held.close()
    shutil.rmtree(data)


CHECK = """
import sys
import django
django.setup()
from fanal.core.access.asking import EVERYBODY, process_asks_for
process_asks_for(EVERYBODY)
from pathlib import Path
import aftermath
folders = [Path(name) for name in sys.argv[2:]]
if sys.argv[1] == "meanwhile":
    aftermath.nothing_half_made()
    for folder in folders:
        aftermath.acknowledged_is_kept(folder, Path(f"{folder}.notes"))
else:
    aftermath.all_is_well(folders)
"""


def check(when: str, runs: list[Run]) -> None:
    """Look at another database than this process has."""
    tests = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": tests, "DJANGO_SETTINGS_MODULE": "fanal.project.settings"}
    command = [sys.executable, "-c", CHECK, when, *(run.folder for run in runs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_database_stops_at_any_time(own_server: hold.Hold, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    runs = deliveries(tmp_path, RUNS)
    for restart in range(RESTARTS):
        process, _ = begin(tmp_path / "outages", some_of(runs, dice))
        time.sleep(dice.uniform(0.0, 3.0))
        own_server.restart("immediate")
        if restart % 2:
            time.sleep(0.5)  # those that outlive it go on
        end(process)
        check("meanwhile", runs)
    rest = [Run(run.folder, run.notes, work=False) for run in runs]
    last = Run(runs[-1].folder, runs[-1].notes, lease=1.0)
    assert set(gone_through(tmp_path / "last", [*rest, last])) == {0}
    check("at the end", runs)
    sys.stdout.write(f"seed {seed}: {RESTARTS} immediate stops of the database\n")
