"""The whole small world: every file there and readable, every planted link real, and kept when complete."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image

from fanal.doors.demo.story import plot
from fanal.doors.demo.world import World, build_world

PICTURES = {".jpg", ".jpeg", ".png"}
SCALE = 0.05


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small world, drawn once for this file."""
    return build_world(tmp_path_factory.mktemp("demo") / "world", seed=7, scale=SCALE)


def _files(world: World) -> Iterator[Path]:
    for agency in world.agencies:
        for submission in agency.submissions:
            yield from (f for f in sorted(submission.folder.rglob("*")) if f.is_file())


def test_agencies_of_five_countries_each_deliver_files_under_a_case_and_a_legal_basis(world: World) -> None:
    assert {a.country for a in world.agencies} == {"NZ", "FR", "AU", "GB", "US"}
    for agency in world.agencies:
        assert agency.submissions
        for submission in agency.submissions:
            assert submission.case
            assert submission.legal_basis
            assert submission.visibility in {"all_connected", "own"}
            assert any(submission.folder.rglob("*.*"))


def test_every_file_can_be_read(world: World) -> None:
    kinds = set()
    for file in _files(world):
        kinds.add(file.suffix.lower())
        if file.suffix.lower() in PICTURES:
            with Image.open(file) as picture:
                picture.load()
                assert min(picture.size) >= 100
        elif file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                assert archive.testzip() is None
                assert archive.namelist()
        else:
            with av.open(str(file)) as container:
                assert sum(1 for _ in container.decode(container.streams[0])) > 10
    assert {".jpg", ".png", ".zip", ".mp4", ".wav", ".m4a", ".mp3", ".flac"} <= kinds


def test_both_files_of_every_planted_link_exist(world: World) -> None:
    for link in world.planted:
        first, second = world.folder / link.first, world.folder / link.second
        assert first.is_file(), link
        assert second.is_file(), link
        if link.how == "exact":
            assert first.read_bytes() == second.read_bytes()
        else:
            assert first.read_bytes() != second.read_bytes()


def test_the_story_crosses_borders_in_every_way(world: World) -> None:
    across = {(p.how, p.first[:2], p.second[:2]) for p in world.planted if p.first[:2] != p.second[:2]}
    assert {("object", "NZ", "FR"), ("room", "NZ", "FR"), ("clip", "NZ", "FR"), ("sound", "NZ", "FR")} <= across
    assert {("room", "AU", "US"), ("exact", "AU", "GB"), ("clip", "AU", "GB"), ("altered", "AU", "GB")} <= across


def test_the_marked_bottle_lies_inside_a_picture_of_new_zealand_and_has_its_colour(world: World) -> None:
    left, top, wide, high = world.marked.box
    with Image.open(world.marked.path) as picture:
        assert world.marked.path.relative_to(world.folder).parts[0] == "NZ"
        assert left >= 0
        assert top >= 0
        assert left + wide <= picture.width
        assert top + high <= picture.height
        assert high > wide > 8
        belly = picture.crop((left + wide // 5, top + high // 4, left + wide * 4 // 5, top + high * 9 // 10))
        red, green, _ = belly.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert green > red


def test_a_complete_world_is_kept(world: World) -> None:
    file = next(f for f in _files(world) if f.suffix == ".jpg")
    before = file.stat().st_mtime_ns
    again = build_world(world.folder, seed=7, scale=SCALE)
    assert again == world
    assert file.stat().st_mtime_ns == before


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        build_world(tmp_path, scale=SCALE)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_pictures_say_which_invented_camera_took_them_and_some_say_where(world: World) -> None:
    makes, placed = set(), 0
    for file in _files(world):
        if file.suffix.lower() in PICTURES:
            with Image.open(file) as picture:
                exif = picture.getexif()
                makes.add(exif.get(0x010F))
                placed += bool(exif.get_ifd(0x8825))
    assert len(makes - {None}) == 5
    assert None in makes
    assert placed >= 3


def test_no_two_files_of_the_full_plan_share_a_path() -> None:
    plan = plot(1.0)
    made = [p.path for p in plan.plates] + [c.path for c in plan.clips] + [n.path for n in plan.notes]
    paths = made + [target for _, target in plan.copies] + [target for _, target in plan.archives]
    assert len(paths) == len(set(paths))
    assert 230 <= len(paths) <= 320
    assert 8 <= len(plan.clips) <= 12
    assert {p.first for p in plan.planted} | {p.second for p in plan.planted} <= set(paths)
