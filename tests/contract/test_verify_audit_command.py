"""`fanal verify audit`, as it is typed."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from audited import append, rewrite_segment
from fanal.doors.cli import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]


class Prepared:
    """A house whose database is up."""

    def prepare(self) -> None:
        """Have nothing to do."""

    def thin_wall(self) -> str:
        """Have nothing to warn of."""
        return ""

    def migrate(self) -> Sequence[str]:
        """Have nothing to do."""
        return []

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start nothing."""
        raise AssertionError(f"nobody asked for another fanal {arguments}")

    def serve(self, *, host: str, port: int, processes: int) -> None:
        """Serve nobody."""
        raise AssertionError(f"nobody asked for {processes} servers at {host}:{port}")


class NoDatabase(Prepared):
    """A machine that has none."""

    def prepare(self) -> None:
        """Fail when asked for a database."""
        raise AssertionError("a copy is proven without a database")


def run(*arguments: str, house: Prepared | None = None) -> int:
    """Run the command and return its exit code."""
    return app.run(house or Prepared(), ["verify", "audit", *arguments])


def test_a_whole_log_holds(capsys: pytest.CaptureFixture[str]) -> None:
    append(5)
    assert run() == 0
    said = capsys.readouterr()
    assert "holds: 5 leaves" in said.out
    assert "verifier key: fanal/" in said.err


def test_an_altered_log_does_not(capsys: pytest.CaptureFixture[str], fresh_data: Path) -> None:
    append(5)
    rewrite_segment(fresh_data, lambda lines: lines[1:])
    assert run() == 1
    assert "First bad leaf: 0." in capsys.readouterr().out
    assert run("--json") == 1
    assert json.loads(capsys.readouterr().out)["first_bad_leaf"] == 0


def test_the_second_sink_may_lie_elsewhere(
    fresh_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(3)
    other = tmp_path / "of another machine"
    (fresh_data / "audit").rename(other)
    append(2)
    assert run() == 1
    assert run("--sink", str(fresh_data / "audit"), "--sink", str(other)) == 0
    assert "holds: 5 leaves" in capsys.readouterr().out


def test_a_copy_is_proven_without_a_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(5)
    folder = tmp_path / "copy"
    assert run("--export", str(folder)) == 0
    key = capsys.readouterr().err.strip().rsplit(" ", 1)[1]
    offline = ("--offline", str(folder), "--key", key)
    assert run(*offline, house=NoDatabase()) == 0
    assert "holds: 7 leaves, 2 checkpoints" in capsys.readouterr().out
    # An auditor who kept the last checkpoint finds a copy that was cut short before it.
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes((folder / "checkpoints.jsonl").read_bytes())
    for name, lines in (("leaves.jsonl", 5), ("hashes.txt", 5), ("checkpoints.jsonl", 1), ("kept.jsonl", 1)):
        whole = (folder / name).read_bytes().splitlines(keepends=True)
        (folder / name).write_bytes(b"".join(whole[:lines]))
    assert run(*offline, house=NoDatabase()) == 0
    assert run(*offline, "--kept", str(kept), house=NoDatabase()) == 1
    assert "leaves from 5 on are gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["--offline", "x"], ["--key", "x"], ["--kept", "x"], ["--offline", "x", "--key", "y", "--export", "z"]],
)
def test_what_makes_no_sense_is_wrong_usage(arguments: list[str]) -> None:
    assert run(*arguments, house=NoDatabase()) == 2


def test_a_wrong_key_or_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--offline", str(tmp_path), "--key", "nonsense", house=NoDatabase()) == 1
    peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert run("--offline", str(tmp_path), "--key", peter, house=NoDatabase()) == 1
    assert "is no copy of an audit log" in capsys.readouterr().err
