"""What is handed over may be named, dated and nested in any way: all of it arrives, each in its own place."""

import os
import subprocess
from pathlib import Path

import pytest

from fanal.casework.evidence.actions import Delivery, open_submission
from fanal.casework.evidence.delivery import deliver
from fanal.casework.evidence.found import FoundFile, LeftOut, walk
from fanal.casework.evidence.models import Submission
from fanal.casework.evidence.paths import as_text
from fanal.core.access.queries import operator_of
from fanal.kit.errors import Invalid
from world import cast

FAR_FUTURE = 1 << 40


def found(*roots: Path) -> list[str]:
    """Return the names of all files below the roots."""
    seen = list(walk(roots))
    assert not [item for item in seen if isinstance(item, LeftOut)]
    return [item.name for item in seen]


def two_of_a_name(tmp_path: Path) -> list[Path]:
    """Make two folders of one name, with files alike in name, size and time, but not in what they hold."""
    roots = [tmp_path / disk / "photos" for disk in ("first", "second")]
    for root, content in zip(roots, (b"one", b"two"), strict=True):
        root.mkdir(parents=True)
        (root / "IMG_1.jpg").write_bytes(content)
        os.utime(root / "IMG_1.jpg", (1_500_000_000, 1_500_000_000))
    return roots


def test_roots_of_one_name_keep_their_files_apart(tmp_path: Path) -> None:
    roots = two_of_a_name(tmp_path)

    assert len(set(found(*roots))) == 2
    assert len(set(found(*(root / "IMG_1.jpg" for root in roots)))) == 2


def test_a_root_given_twice_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")

    assert found(tmp_path, tmp_path) == ["a"]


def test_folders_in_folders_to_any_depth(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("deep", os.O_CREAT, dir_fd=here))
    os.close(here)

    try:
        assert found(tmp_path) == ["d/" * 1_500 + "deep"]
    finally:
        # Python's own removal of trees is as deep as its calls may be.
        subprocess.run(["/bin/rm", "-rf", str(tmp_path / "d")], check=True)


def test_files_come_before_and_after_folders_as_they_sort(tmp_path: Path) -> None:
    for name in ("a", "b/a", "b/c/d", "b/e", "c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert found(tmp_path) == ["a", "b/a", "b/c/d", "b/e", "c"]


@pytest.mark.parametrize("seconds", [-86_400 * 365, FAR_FUTURE])
def test_a_time_of_change_is_told_as_it_is_or_not_at_all(tmp_path: Path, seconds: int) -> None:
    file = tmp_path / "file"
    file.touch()
    os.utime(file, (0, seconds))

    (item,) = walk([file])

    assert isinstance(item, FoundFile)
    kept = int(file.stat().st_mtime)
    representable = kept < FAR_FUTURE
    assert (item.modified.timestamp() if item.modified else None) == (kept if representable else None)


def test_control_characters_of_a_name_reach_no_terminal() -> None:
    assert as_text("a\x1b[2J\x07\nb\x9bc\0") == "a\\x1b[2J\\x07\\x0ab\\x9bc\\x00"


@pytest.mark.django_db(transaction=True)
def test_files_alike_in_all_but_content_are_all_exhibits(tmp_path: Path, fresh_data: Path) -> None:
    roots = two_of_a_name(tmp_path)
    submission = opened(label="disks")

    list(deliver(submission, roots, operator_of(submission.agency)))

    assert submission.exhibits.values("content").distinct().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_label_may_be_of_no_encoding(fresh_data: Path) -> None:
    assert opened(label=os.fsdecode(b"caf\xe9\0"), case="caf\udce9").label == "caf\\xe9\\x00"


@pytest.mark.django_db(transaction=True)
def test_what_is_too_long_to_keep_is_refused_in_words(fresh_data: Path) -> None:
    with pytest.raises(Invalid, match="case reference"):
        opened(label="disks", case="x" * 201)


def opened(label: str, case: str = "") -> Submission:
    """Open a submission of New Zealand's."""
    agency = cast().new_zealand
    return open_submission(Delivery(agency, label, origin=label, case_reference=case), operator_of(agency))
