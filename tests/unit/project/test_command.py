"""The `fanal` command as a whole."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from fanal.doors.cli import app
from fanal.kit.errors import NotFound

FANAL = Path(sys.executable).parent / "fanal"


class Nothing:
    """A platform that is never reached."""

    def prepare(self) -> None:
        """Fail as a missing database would."""
        raise NotFound("There is no such lantern.", next_step="Light one.")


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    watched = subprocess.run(
        [sys.executable, "-X", "importtime", str(FANAL), "--help"], capture_output=True, text=True, check=True
    )
    assert "serve" in watched.stdout
    loaded = {line.rpartition("|")[2].strip() for line in watched.stderr.splitlines()}
    assert loaded.isdisjoint({"django", "numpy", "psycopg", "procrastinate", "numba", "av", "cv2"})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(4):
        subprocess.run([FANAL, "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Time on the processor, not on the wall: tests run beside others.
    assert (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / 4 < 0.5


def test_an_error_is_one_sentence_and_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Nothing(), ["jobs", "list"]) == 1  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "fanal: There is no such lantern.\n       Light one.\n"


def test_a_database_that_goes_away_is_said_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_away(_: Nothing) -> None:
        raise OperationalError("server closed the connection: password=hunter2")

    monkeypatch.setattr(Nothing, "prepare", go_away)
    assert app.run(Nothing(), ["jobs", "list"]) == 1  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert said.startswith("fanal: The database does not answer")
    assert "hunter2" not in said


def test_what_was_not_foreseen_is_told_without_its_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_: Nothing) -> None:
        raise ValueError("secret-name.jpg")

    monkeypatch.setattr(Nothing, "prepare", stumble)
    assert app.run(Nothing(), ["jobs", "list"]) == 1  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert "builtins.ValueError" in said
    assert "test_command.py" in said
    assert "secret-name" not in said


@pytest.mark.parametrize("arguments", [["no-such-command"], ["serve", "--port", "x"], ["serve", "--port", "70000"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Nothing(), arguments) == 2  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""
