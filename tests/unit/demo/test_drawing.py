"""Single pieces of the demonstration: the same seed gives the same pixels, and the geometry holds."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from fanal.doors.demo.camera import Camera
from fanal.doors.demo.edits import apply
from fanal.doors.demo.lettering import face
from fanal.doors.demo.plan import Clip, Edit, Note, Plate, Scenery, Shot
from fanal.doors.demo.raster import draw
from fanal.doors.demo.sounds import RATE, record, tune
from fanal.doors.demo.studio import Order, fulfil
from fanal.doors.demo.surfaces import Panel, Pixels, Turned


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def _make(root: Path, seed: int) -> dict[str, str]:
    shot = Shot("wares", 1, "overcast")
    plates = (
        Plate("a.jpg", shot, (), "lisane", "2026:02:05 10:00:00", (42.9, 1.6)),
        Plate("b.png", shot, (Edit("crop", 0.05), Edit("recompress", 40))),
    )
    fulfil(Order(root, seed, 320, "wares", plates, (Clip("c.mp4", shot, (0, 1), (160, 96), tune="box-a"),)))
    fulfil(Order(root, seed, 320, plates=(Plate("d.jpg", Scenery("sea", 3)), Plate("e.jpg", Scenery("drawing", 4)))))
    record(Note("f.m4a", "murmur-a", (0, 1)), seed, root / "f.m4a")
    return _digests(root)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, second, other = (_make(tmp_path / name, seed) for name, seed in (("1", 5), ("2", 5), ("3", 6)))
    assert set(first) == {"a.jpg", "b.png", "c.mp4", "d.jpg", "e.jpg", "f.m4a"}
    assert first == second
    assert all(first[name] != other[name] for name in first)


def _facing(colour: tuple[int, int, int], depth: float) -> Panel:
    texture = np.full((8, 8, 3), colour, np.uint8)
    corner = np.array([-1.0, 1.0, -depth])
    return Panel(corner, np.array([2.0, 0, 0]), np.array([0, -2.0, 0]), texture)


CAMERA = Camera((0, 0, 0), (0, 0, -1), 60, 100, 80)


def test_what_is_nearer_hides_what_is_behind_in_either_order() -> None:
    near, far = _facing((250, 0, 0), 2), _facing((0, 0, 250), 3)
    for surfaces in ([near, far], [far, near]):
        assert tuple(draw(list(surfaces), CAMERA, lambda s: s.texture)[40, 50]) == (250, 0, 0)


def test_a_panel_falls_where_the_camera_projects_its_corners() -> None:
    image = draw([_facing((255, 255, 255), 4)], CAMERA, lambda s: s.texture)
    left, top = CAMERA.project(np.array([-1.0, 1.0, -4.0]))
    rows, columns = np.nonzero(image[..., 0])
    assert columns.min() == pytest.approx(left, abs=1.0)
    assert rows.min() == pytest.approx(top, abs=1.0)


def test_a_panel_seen_from_behind_is_not_drawn_and_one_through_the_camera_does_no_harm() -> None:
    behind = Panel(
        np.array([1.0, 1, -3]), np.array([-2.0, 0, 0]), np.array([0, -2.0, 0]), np.full((4, 4, 3), 9, np.uint8)
    )
    floor = Panel(
        np.array([-5.0, -1, -9]), np.array([10.0, 0, 0]), np.array([0, 0, 18.0]), np.full((4, 4, 3), 77, np.uint8)
    )
    image = draw([behind, floor], CAMERA, lambda s: s.texture)
    assert image[10].max() == 0
    assert image[79].min() == 77


def test_a_turned_shape_is_as_wide_as_its_radius_says() -> None:
    pillar = Turned((0, -4), -0.5, 0.5, 0.3, 0.3, np.full((4, 4, 3), 200, np.uint8))
    image = draw([pillar], CAMERA, lambda s: s.texture)
    assert np.count_nonzero(image[40, :, 0]) == pytest.approx(2 * 0.3 / 4 * CAMERA.focal, abs=2)


@pytest.mark.parametrize(
    ("edit", "size"),
    [
        (Edit("resize", 0.5), (40, 60)),
        (Edit("quarter", 1), (120, 80)),
        (Edit("mirror"), (80, 120)),
        (Edit("crop", 0.1), (72, 106)),
        (Edit("caption", text="æøå"), (80, 120)),
        (Edit("tilt", 3), (80, 120)),
    ],
)
def test_edits_give_pictures_of_the_expected_size(edit: Edit, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    picture: Pixels = rng.integers(0, 255, (80, 120, 3), dtype=np.uint8)
    changed = apply(picture, (edit,))
    assert changed.shape == (*size, 3)
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed[:40, :40], picture[:40, :40]) or edit.kind == "caption"


def test_letters_are_there_even_without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanal.doors.demo.lettering._FACES", {"bold": ("no-such-font.ttf",)})
    face.cache_clear()
    assert face("bold", 20).getbbox("Ab")[2] > 5
    face.cache_clear()


def test_a_tune_is_sound_and_its_own() -> None:
    first, second = tune("murmur-a", 1, 2.0), tune("box-a", 1, 2.0)
    assert len(first) == len(second) == 2 * RATE
    assert 0.5 < float(np.abs(first).max()) <= 1.0
    assert abs(float(np.corrcoef(first, second)[0, 1])) < 0.2
