"""`fanal verify`, `fanal verify vault` and `fanal verify index`, as they are typed."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from audited import append, rewrite_segment
from fanal.casework.evidence.models import Content
from fanal.casework.prints.live import LiveIndex
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from hashes import SEED, uniform
from living import GATE, TECHNIQUE, added, removed, some_content
from world import cast, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]


class House:
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


def run(*arguments: str) -> int:
    """Run the command and return its exit code."""
    return app.run(House(), ["verify", *arguments])


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the JSON Lines on standard output."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def one_content(tmp_path: Path) -> Content:
    """Have one file submitted by two agencies."""
    who = cast()
    folder = tmp_path / "phone"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"evidence" * 100)
    submitted(who.new_zealand, folder, case="NZ-17")
    submitted(who.france, folder)
    return Content.objects.get()


def kept_index(folder: Path) -> Path:
    """Commit prints, have a snapshot of the index kept, and return its file."""
    added(some_content(), uniform(np.random.default_rng(SEED), 5_000))
    live = LiveIndex(TECHNIQUE, 32, GATE, folder / "index", keep_from=1)
    live.refresh()
    live.settle()
    (path,) = (folder / "index").glob("*.hamming")
    return path


def test_all_three_hold(tmp_path: Path, fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one_content(tmp_path)
    kept_index(fresh_data)
    capsys.readouterr()
    assert run() == 0
    shown = capsys.readouterr()
    assert "The audit log holds" in shown.out
    assert "The vault holds: 1 contents" in shown.out
    assert "The index holds: 5000 prints" in shown.out
    assert "Everything holds." in shown.err
    logged = list(Leaf.objects.filter(action="audit.verified").order_by("index").values_list("subject", flat=True))
    assert logged == ["audit", "vault", "index"]


def test_a_damaged_content_is_named_with_its_cases_and_nothing_more(
    tmp_path: Path, fresh_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = one_content(tmp_path)
    (path,) = (path for path in (fresh_data / "media").rglob("*") if path.is_file())
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    capsys.readouterr()
    assert run("vault") == 1
    shown = capsys.readouterr().out
    assert bytes(content.sha256 or b"").hex() in shown
    assert "held by: FR without a case reference, NZ NZ-17" in shown
    assert "a.bin" not in shown
    assert run("vault", "--json") == 1
    (plain,) = said(capsys)
    assert plain["holds"] is False
    assert run("--json") == 1
    assert [(one["verified"], one["holds"]) for one in said(capsys)] == [
        ("audit", True),
        ("vault", False),
        ("index", True),
    ]


def test_a_missing_content_is_named_too(tmp_path: Path, fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = one_content(tmp_path)
    for path in (fresh_data / "media").rglob("*"):
        if path.is_file():
            path.unlink()
    assert run("vault") == 1
    assert bytes(content.sha256 or b"").hex() in capsys.readouterr().out


def test_an_empty_house_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "The index holds: 0 prints" in capsys.readouterr().out


def test_a_damaged_snapshot_is_said_and_the_next_one_is_whole(
    fresh_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kept_index(fresh_data)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    assert run("index") == 1
    assert "is damaged in its part" in capsys.readouterr().out
    assert run("index", "--json") == 0
    assert said(capsys)[0]["prints"] == 5_000


def test_an_index_that_is_not_what_the_rows_say_is_found(fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept_index(fresh_data)
    hidden = added(some_content(), uniform(np.random.default_rng(SEED + 1), 1))
    assert run("index") == 0
    # As one who reaches behind the triggers: a print gone without a word of it.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE prints_print DISABLE TRIGGER prints_removed")
        cursor.execute("DELETE FROM prints_print WHERE feed = %s", [int(hidden[0]) - 1])
        cursor.execute("ALTER TABLE prints_print ENABLE TRIGGER prints_removed")
    capsys.readouterr()
    assert run("index", "--json") == 1
    (plain,) = said(capsys)
    assert plain["differing"] == [int(hidden[0]) - 1]
    removed(hidden)


def test_a_broken_log_does_not_keep_the_others_from_being_proved(
    fresh_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(5)
    rewrite_segment(fresh_data, lambda lines: lines[1:])
    assert run() == 1
    shown = capsys.readouterr()
    assert "The audit log does not hold" in shown.out
    assert "The vault holds" in shown.out
    assert "Not proven: audit log." in shown.err


def test_json_is_asked_for_after_the_word() -> None:
    assert run("--json", "vault") == 2
