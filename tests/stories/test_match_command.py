"""An officer with a folder and no database: `fanal fingerprint` and `fanal match` as they are typed."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from shared import shared

PDQ = shared("conformance", "pdq")
BRIDGE = PDQ / "bridge-mods" / "aaa-orig.jpg"


class Terminal:
    """Types commands into a shell of its own, with its own cache folder."""

    def __init__(self, folder: Path) -> None:
        self.cache = folder / "cache"
        self.environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(self.cache),
            "HOME": str(folder),
        }

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "fanal"), *(str(word) for word in words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=900)

    def lines(self, *words: object, code: int = 0) -> list[dict[str, Any]]:
        done = self(*words, "--json")
        assert done.returncode == code, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def fanal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_every_rotation_and_mirror_is_linked_to_every_edit(fanal: Terminal) -> None:
    answers = fanal.lines("match", PDQ / "dih", "--against", PDQ / "bridge-mods")
    assert len(answers) == 8
    for answer in answers:
        assert len(answer["matches"]) == 12
        assert all(match["accepted"] and len(match["transform"]) == 9 for match in answer["matches"])
        confidences = [match["confidence"] for match in answer["matches"]]
        assert confidences == sorted(confidences, reverse=True)


def test_unrelated_pictures_are_not_linked(fanal: Terminal) -> None:
    answers = fanal.lines("match", PDQ / "labelme-subset", "--against", PDQ / "bridge-mods")
    assert [answer["matches"] for answer in answers] == [[]] * 7
    answers = fanal.lines("match", PDQ / "labelme-subset", "--against", PDQ / "labelme-subset")
    assert [answer["matches"] for answer in answers] == [[]] * 7


def test_a_folder_matched_with_itself_leaves_each_file_alone(fanal: Terminal) -> None:
    answers = fanal.lines("match", PDQ / "dih", "--against", PDQ / "dih")
    for answer in answers:
        assert len(answer["matches"]) == 7
        assert answer["query"] not in [match["reference"] for match in answer["matches"]]


def test_every_pixel_mode_has_a_fingerprint(fanal: Terminal) -> None:
    lines = fanal.lines("fingerprint", PDQ / "modes")
    assert len(lines) == 13
    for line in lines:
        assert line["kind"] == "image"
        assert len(bytes.fromhex(line["sha256"])) == 32
        assert len(bytes.fromhex(line["pdq"]["hash"])) == 32


def test_the_second_look_decodes_nothing_and_says_the_same(fanal: Terminal) -> None:
    first = fanal.lines("fingerprint", PDQ / "dih")
    kept = sorted(path for path in fanal.cache.rglob("*.json"))
    assert len(kept) == 8
    times = [path.stat().st_mtime_ns for path in kept]
    assert fanal.lines("fingerprint", PDQ / "dih") == first
    assert [path.stat().st_mtime_ns for path in kept] == times


def test_nothing_is_kept_when_asked_not_to(fanal: Terminal) -> None:
    fanal.lines("fingerprint", PDQ / "dih", "--no-cache")
    assert not fanal.cache.exists()


def test_a_still_finds_its_film_and_a_copy_is_exact(fanal: Terminal, tmp_path: Path) -> None:
    film = shared("conformance", "vpdq", "pattern-sd-grey-bar.mp4")
    queries = tmp_path / "queries"
    queries.mkdir()
    with av.open(str(film)) as opened:
        frame = next(frame for frame in opened.decode(video=0) if (frame.time or 0) >= 4)
    Image.fromarray(frame.to_ndarray(format="rgb24")).save(queries / "still.png")
    shutil.copy(film, queries / "copy.mp4")
    copy, still = fanal.lines("match", queries, "--against", film)
    assert [match["technique"] for match in copy["matches"]] == ["exact/1"]
    (match,) = still["matches"]
    assert match["accepted"]
    assert match["segments"][0]["reference"][0] == pytest.approx(4, abs=1)
    assert "is shown in the film at 0:0" in match["why"]


def test_a_part_of_a_film_finds_where_it_was_cut_from(fanal: Terminal) -> None:
    folder = shared("conformance", "vpdq")
    answers = fanal.lines("match", folder / "pattern-sd-grey-bar.mp4", "--against", folder)
    (match,) = answers[0]["matches"]
    assert match["reference"].endswith("pattern-sd-with-small-logo-bar.mp4")
    assert match["technique"] in {"video/1", "local/1"}
    assert match["accepted"]
    (segment,) = match["segments"]
    assert segment["query"][0] == pytest.approx(segment["reference"][0], abs=1)


def test_members_of_archives_are_compared_too(fanal: Terminal, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "seized.zip", "w") as archive:
        archive.write(PDQ / "dih" / "bridge-5-flipx.jpg", "pictures/one.jpg")
        archive.writestr("notes.txt", "nothing to see")
    (answer,) = fanal.lines("match", BRIDGE, "--against", tmp_path / "seized.zip")
    (match,) = answer["matches"]
    assert match["reference"] == f"{tmp_path / 'seized.zip'}/pictures/one.jpg"
    assert "mirrored" in match["why"]


def test_a_part_is_found_in_the_whole_and_by_a_region(fanal: Terminal, tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    with Image.open(BRIDGE) as picture:
        picture.crop((100, 100, 700, 600)).save(reference / "part.png")
    (whole,) = fanal.lines("match", BRIDGE, "--against", reference)
    (found,) = whole["matches"]
    assert (found["technique"], found["accepted"]) == ("local/1", True)
    assert found["box"] == pytest.approx([100, 100, 600, 500], abs=4)
    (part,) = fanal.lines("match", BRIDGE, "--against", reference, "--region", "100,100,600,500")
    assert part["matches"][0]["transform"] == [1, 0, -100, 0, 1, -100, 0, 0, 1]
    assert part["matches"][0]["technique"] == "pdq/1"
    listed = tmp_path / "regions.csv"
    listed.write_text(f"path,x,y,w,h\n{BRIDGE},100,100,600,500\n{BRIDGE},90000,0,5,5\n")
    inside, outside = fanal.lines("match", "--against", reference, "--regions", listed)
    assert inside["matches"] == part["matches"]
    assert outside["error"]["code"] == "region.outside"


def test_what_cannot_be_read_is_a_line_with_an_error(fanal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (tmp_path / "empty").touch()
    lines = fanal.lines("fingerprint", tmp_path / "torn.png", tmp_path / "empty", tmp_path / "absent", BRIDGE)
    assert [line.get("error", {}).get("code") for line in lines] == [
        "media.malformed",
        "media.empty",
        "file.unreadable",
        None,
    ]
    (answer,) = fanal.lines("match", tmp_path / "absent", "--against", PDQ / "dih", code=1)
    assert answer["error"]["code"] == "file.unreadable"


def test_people_read_sentences(fanal: Terminal) -> None:
    done = fanal("match", PDQ / "dih" / "bridge-6-flipy.jpg", "--against", BRIDGE)
    assert done.returncode == 0
    assert "The same picture, mirrored: " in done.stdout
    assert "fingerprint bits" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["match", BRIDGE], 2),
        (["match", "--against", PDQ], 2),
        (["match", BRIDGE, "--against", PDQ, "--region", "1,2,3"], 2),
        (["match", BRIDGE, "--against", "/nowhere/at/all"], 1),
        (["fingerprint"], 2),
    ],
)
def test_wrong_words_are_told_and_not_traced(fanal: Terminal, words: list[object], code: int) -> None:
    done = fanal(*words)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
