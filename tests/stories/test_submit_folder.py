"""A unit submits a seized folder; another one an edited copy: both are led to each other, also when all is cut off."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fanal.casework.evidence.models import Content, Exhibit, Submission
from world import cast, folder_of_pictures

FANAL = str(Path(sys.executable).parent / "fanal")
PICTURES = range(8)

pytestmark = pytest.mark.django_db(transaction=True)


def fanal(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as an officer types it."""
    return subprocess.run([FANAL, *map(str, arguments)], capture_output=True, text=True, timeout=900)


def submit(folder: Path, agency: str, *more: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Submit a folder that all may see; return what it says in the end, and what it left out."""
    done = fanal("submit", folder, "--agency", agency, "--visibility", "all_connected", "--json", *more)
    assert done.returncode == 0, done.stderr
    *left_out, result = (json.loads(line) for line in done.stdout.splitlines())
    return result, left_out


def leads(agency: str) -> set[tuple[str, str]]:
    """Return what the leads of an agency link, by names of files."""
    done = fanal("leads", "--agency", agency, "--json", "--limit", 1000)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(lead["why"] for lead in found)
    names = [sorted(where.split(": ")[1] for where in lead["left"] + lead["right"]) for lead in found]
    return {(one, two) for one, two in names}


def test_an_edited_copy_leads_to_the_original(fresh_data: Path, tmp_path: Path) -> None:
    cast()
    seized = folder_of_pictures(tmp_path / "phone", PICTURES)
    (seized / "link").symlink_to(seized)
    (seized / "notes.txt").write_text("nothing to see")
    result, left_out = submit(seized, "NZ")
    assert (result["received"], result["examined"], result["waiting"], result["leads"]) == (9, 9, 0, 0)
    assert [item["path"] for item in left_out] == ["link"]
    assert left_out[0]["error"]["message"]

    edited = folder_of_pictures(tmp_path / "laptop", PICTURES, edit=True, mirror=True)
    result, _ = submit(edited, "FR")
    assert (result["received"], result["leads"]) == (len(PICTURES), len(PICTURES))
    assert leads("FR") == leads("NZ") == {(path.name, path.name) for path in edited.iterdir()}


def test_killed_at_any_time_and_started_again(fresh_data: Path, tmp_path: Path) -> None:
    cast()
    folder_of_pictures(tmp_path / "phone", PICTURES)
    submit(tmp_path / "phone", "NZ")
    edited = folder_of_pictures(tmp_path / "laptop", PICTURES, edit=True)
    command = [FANAL, "submit", str(edited), "--agency", "FR", "--visibility", "all_connected"]
    for seconds in (0.5, 1.0, 1.8):
        cut_off = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        cut_off.send_signal(signal.SIGKILL)
        cut_off.wait()
    if not Submission.objects.filter(label="laptop", resume_key=None).exists():
        submit(edited, "FR")
    submission = Submission.objects.get(label="laptop")
    assert sorted(submission.exhibits.values_list("path", flat=True)) == [f"IMG_{seed:04}.jpg" for seed in PICTURES]
    assert Content.objects.count() == 2 * len(PICTURES)
    assert len(leads("FR")) == len(PICTURES)


def test_submitted_again_on_purpose_it_adds_exhibits_only(fresh_data: Path, tmp_path: Path) -> None:
    cast()
    folder = folder_of_pictures(tmp_path / "phone", range(2))
    first, _ = submit(folder, "NZ")
    second, _ = submit(folder, "NZ")
    assert first["submission"] != second["submission"]
    assert (second["received"], second["contents_known_before"]) == (2, 2)
    assert (Exhibit.objects.count(), Content.objects.count()) == (4, 2)


def test_wrong_words_are_said_so(fresh_data: Path, tmp_path: Path) -> None:
    cast()
    assert fanal("submit", tmp_path / "gone", "--agency", "NZ").returncode == 2
    assert fanal("submit", tmp_path, "--agency", "NZ", "--source", "hearsay").returncode == 2
    unknown = fanal("submit", tmp_path, "--agency", "ZZ")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "ZZ" in unknown.stderr
