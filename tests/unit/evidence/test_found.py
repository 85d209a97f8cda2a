"""Walking what a unit hands over: every file, whatever it is called, and a reason for what is left out."""

import os
from pathlib import Path

import pytest

from fanal.casework.evidence.found import FoundFile, LeftOut, walk
from fanal.casework.evidence.paths import as_text, key_of_file, key_of_member
from fanal.kit.errors import Invalid


def names(*roots: Path) -> list[str]:
    return [item.name for item in walk(roots)]


def test_files_come_sorted_with_names_below_the_root(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "B.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert names(tmp_path) == ["B.txt", "a.txt", "b/1.txt", "b/2.txt"]


def test_names_begin_with_the_root_where_there_are_several(tmp_path: Path) -> None:
    for name in ("phone", "laptop"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").touch()
    single = tmp_path / "alone.jpg"
    single.touch()
    assert names(tmp_path / "phone", tmp_path / "laptop", single) == ["phone/x", "laptop/x", "alone.jpg"]


def test_a_root_that_is_not_there_is_refused_before_anything(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no"):
        next(iter(walk([tmp_path, tmp_path / "gone"])))


@pytest.mark.parametrize(
    "name", [b"caf\xe9.jpg", b"\xff\xfe\x80", b"line\nbreak", b" ", b"a" * 255, "ñ–語.jpg".encode()]
)
def test_odd_names_are_found_and_become_clean_text(tmp_path: Path, name: bytes) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"x")
    (found,) = walk([tmp_path])
    assert isinstance(found, FoundFile)
    text = as_text(found.name)
    assert text.encode("utf-8")
    assert "\0" not in text


def test_names_that_look_alike_as_text_stay_apart() -> None:
    raw, written = os.fsdecode(b"caf\xe9"), "caf\\xe9"
    assert as_text(raw) == as_text(written)
    assert key_of_file(raw, 1, None) != key_of_file(written, 1, None)


def test_members_of_one_name_stay_apart() -> None:
    keys = {key_of_member("a.jpg", archive, position) for archive in (1, 2) for position in (0, 1)}
    assert len(keys | {key_of_file("a.jpg", 1, None)}) == 5


def test_links_pipes_and_folders_that_loop_are_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    found = list(walk([tmp_path]))
    assert [item.name for item in found if isinstance(item, FoundFile)] == ["real"]
    assert {item.name: bool(item.reason) for item in found if isinstance(item, LeftOut)} == dict.fromkeys(
        ("link", "loop", "broken", "pipe"), True
    )


def test_a_folder_removed_meanwhile_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").mkdir()
    found = walk([tmp_path])
    assert next(found).name == "a"
    (tmp_path / "b").rmdir()
    (gone,) = found
    assert isinstance(gone, LeftOut)
    assert "cannot be read" in gone.reason


def test_times_before_1970_do_not_stop_a_delivery(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    os.utime(tmp_path / "old", (-5e9, -5e9))
    (found,) = walk([tmp_path])
    assert isinstance(found, FoundFile)
    assert found.modified is None or found.modified.year <= 1970


def test_deep_folders_are_walked_to_the_end(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "x").touch()
    assert [name.count("/") for name in names(tmp_path)] == [300]
