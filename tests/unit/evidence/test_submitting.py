"""`fanal submit` ends, whatever became of the files."""

import json
from pathlib import Path

import pytest

from fanal.casework.prints import jobs
from fanal.core.jobs.errors import Hopeless
from fanal.core.jobs.worker import run_worker
from fanal.doors.cli import app
from ready import Ready
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)


def submit(*arguments: str) -> int:
    """Run `fanal submit` and return its exit code."""
    return app.run(Ready(), ["submit", *arguments, "--agency", "NZ", "--json"])  # type: ignore[arg-type]


def test_files_on_the_shelf_are_not_waited_for(
    fresh_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise Hopeless("Nobody examines this.")

    cast()
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "file").write_bytes(b"a file")
    monkeypatch.setattr(jobs, "examine", fail)
    assert submit(str(tmp_path / "disk"), "--no-wait") == 0
    run_worker(until_idle=True)
    capsys.readouterr()

    assert submit(str(tmp_path / "disk")) == 0

    result = json.loads(capsys.readouterr().out)
    assert (result["files"], result["waiting"]) == (1, 1)
