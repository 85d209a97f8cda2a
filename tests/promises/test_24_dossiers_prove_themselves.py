"""Promise 24: a copy for a court proves itself without us; whatever was changed in it, it is refused."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from fanal.casework.custody import verify
from fanal.casework.custody.actions import Dossier, export_dossier
from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.core.access.queries import actor_of, operator_of
from fanal.core.audit.actions import record
from fanal.core.audit.models import Leaf
from fanal.engine.merkle.checkpoint import Checkpoint
from fanal.engine.merkle.keys import SigningKey
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import Cast, cast, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]

TAMPERED = 500


def seized(tmp_path: Path, people: Cast, *, hash_only: bool = False) -> Submission:
    """Submit two files for New Zealand; the first is then seen alone and beside the second, and examined."""
    folder = tmp_path / f"phone {hash_only}"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"the exhibit")
    (folder / "b.jpg").write_bytes(b"another exhibit")
    submission = submitted(people.new_zealand, folder, case="K-7", hash_only=hash_only)
    first, second = (Content.objects.get(exhibits__path=name).pk for name in ("a.jpg", "b.jpg"))
    officer = actor_of(people.mere)
    with transaction.atomic():
        record("media.served", actor=officer, subject=f"content:{first}", detail={"position": 0})
        record("media.served", actor=officer, subject=f"content:{second}", detail={"position": 0})
        record("media.served", actor=actor_of(people.camille), subject=f"content:{first}", detail={"position": 0})
        record("readings.searched", actor=officer, detail={"asked": "x", "contents": [str(second), str(first)]})
        record("readings.searched", actor=officer, detail={"asked": "y", "contents": [str(second)]})
        record("prints.examined", actor=SYSTEM, detail={"examined": [first, second], "shelved": {}})
    return submission


def exported(tmp_path: Path, *, with_bytes: bool = True) -> tuple[Path, Dossier]:
    """Export a dossier of the first file."""
    people = cast()
    seized(tmp_path, people)
    actor, folder = operator_of(people.new_zealand), tmp_path / "dossier"
    exhibit = Exhibit.objects.get(path="a.jpg")
    return folder, export_dossier(people.new_zealand, f"exhibit:{exhibit.pk}", folder, actor, with_bytes=with_bytes)


def holds(folder: Path, key: str) -> bool:
    """Verify as the script does."""
    return verify.main([str(folder), "--key", key]) == 0


def test_it_proves_itself_where_there_is_nothing_but_python(tmp_path: Path) -> None:
    folder, written = exported(tmp_path)
    command = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    for more in (["--key", written.key], []):
        done = subprocess.run([*command, *more], capture_output=True, text=True, env={}, cwd="/", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("HOLDS.")
        assert ("compare it with one from elsewhere" in done.stdout) == (not more)
    assert (folder / "content.bin").read_bytes() == b"the exhibit"


def test_it_holds_what_was_done_with_the_exhibit_and_nothing_of_others(tmp_path: Path) -> None:
    folder, written = exported(tmp_path)
    lines = [json.loads(line) for line in (folder / "entries.jsonl").read_text().splitlines()]
    shown = [json.loads(line["leaf"]) for line in lines if line["leaf"]]
    verbs = [entry["action"] for entry in shown]
    assert verbs == [
        "evidence.submission_opened",
        "evidence.received",
        "evidence.submission_closed",
        "media.served",
        "custody.exported",
    ]
    assert (len(lines), written.entries, written.withheld) == (7, 7, 2)
    other = Content.objects.get(exhibits__path="b.jpg").pk
    assert not [entry for entry in shown if entry["subject"] == f"content:{other}"]
    assert {entry["actor"]["agency"] for entry in shown} == {str(cast().new_zealand.pk)}
    facts = json.loads((folder / "record.json").read_text())
    assert [one["path"] for one in facts["exhibits"]] == ["a.jpg"]
    assert len(facts["content"]["md5"]) == 32
    assert [one["action"] for one in facts["entries"] if not one["shown"]] == ["readings.searched", "prints.examined"]
    assert "b.jpg" not in (folder / "record.html").read_text()


def test_it_is_logged_before_anything_is_written(tmp_path: Path) -> None:
    people = cast()
    seized(tmp_path, people)
    content, actor = Content.objects.get(exhibits__path="a.jpg"), operator_of(people.new_zealand)
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    before = Leaf.objects.count()
    with pytest.raises(Conflict):
        export_dossier(people.new_zealand, f"content:{content.pk}", full, actor)
    with pytest.raises(NotFound):
        export_dossier(people.france, f"content:{content.pk}", tmp_path / "theirs", actor)
    for nothing in ("exhibit:x", "content:999999", "zz", "aa" * 32, "content:²"):
        with pytest.raises(NotFound):
            export_dossier(people.new_zealand, nothing, tmp_path / "theirs", actor)
    assert Leaf.objects.count() == before
    assert not (tmp_path / "theirs").exists()


def test_of_digests_alone_there_is_a_dossier_without_bytes(tmp_path: Path) -> None:
    people = cast()
    seized(tmp_path, people, hash_only=True)
    digest = bytes(Content.objects.get(exhibits__path="a.jpg").sha256 or b"").hex()
    actor = operator_of(people.new_zealand)
    with pytest.raises(Invalid):
        export_dossier(people.new_zealand, digest, tmp_path / "dossier", actor, with_bytes=True)
    written = export_dossier(people.new_zealand, digest, tmp_path / "dossier", actor)
    assert holds(tmp_path / "dossier", written.key)


def test_whatever_was_changed_is_refused(
    tmp_path: Path, dice: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, written = exported(tmp_path)
    assert holds(folder, written.key)
    names = sorted(path.name for path in folder.iterdir())
    copy = tmp_path / "tampered"
    kept = []
    for number in range(TAMPERED):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        name = names[number % len(names)]
        how = tamper(copy / name, dice)
        if holds(copy, written.key):
            kept.append(f"{name}: {how}")
    assert kept == []
    assert "Traceback" not in capsys.readouterr().out


def tamper(path: Path, dice: random.Random) -> str:
    """Change one file in some way that leaves other bytes than there were; say which."""
    data = path.read_bytes()
    at = dice.randrange(len(data))
    ways: dict[str, Callable[[], bytes]] = {
        "a bit turned over": lambda: data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :],
        "cut off": lambda: data[:at],
        "a byte taken out": lambda: data[:at] + data[at + 1 :],
        "a space put in": lambda: data[:at] + b" " + data[at:],
        "grown": lambda: data + b"\n",
        "a line taken out": lambda: b"".join(_without_one(data.splitlines(keepends=True), dice)),
        "lines in another order": lambda: b"".join(reversed(data.splitlines(keepends=True))) + b"\n",
    }
    how = dice.choice(sorted(ways))
    changed = ways[how]()
    # What happens to be the same (a letter taken out of a pair, a file of one line) is cut off instead.
    path.write_bytes(changed if changed != data else data[:-1])
    return f"{how} at {at}"


def _without_one(lines: list[bytes], dice: random.Random) -> list[bytes]:
    gone = dice.randrange(len(lines))
    return lines[:gone] + lines[gone + 1 :]


def test_a_dossier_that_is_signed_anew_is_not_of_this_log(tmp_path: Path) -> None:
    folder, written = exported(tmp_path)
    forger = SigningKey(verify.Key(written.key).name, bytes(32))
    _, size, root, _ = verify.open_checkpoint((folder / "checkpoint.txt").read_text(), verify.Key(written.key))
    (folder / "checkpoint.txt").write_text(Checkpoint(forger.name, size, root).signed(forger))
    (folder / "log.key").write_text(f"{forger.verifier}\n")
    assert not holds(folder, written.key)


@pytest.mark.parametrize("change", ["missing", "more", "link"])
def test_files_are_just_those_that_were_exported(tmp_path: Path, change: str) -> None:
    folder, written = exported(tmp_path)
    page = folder / "record.html"
    if change == "more":
        (folder / "more.txt").touch()
    else:
        page.rename(tmp_path / "elsewhere.html")
    if change == "link":
        page.symlink_to(tmp_path / "elsewhere.html")
    assert not holds(folder, written.key)


def test_there_is_one_way_to_write_it(tmp_path: Path) -> None:
    folder, written = exported(tmp_path)
    entries = folder / "entries.jsonl"
    kept = entries.read_bytes()
    last = json.loads(kept.splitlines()[-1])["hash"].encode()
    for changed in (kept.replace(last, last.upper()), kept.replace(last, b" " + last), kept.replace(b"\n", b"\r\n")):
        entries.write_bytes(changed)
        assert changed == kept or not holds(folder, written.key)
    entries.write_bytes(kept)
    assert holds(folder, written.key)
