"""Matching by local features: what is found again, where, and what is not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.prints import local_print, region_print
from fanal.engine.fingerprint.local.stored import LocalPrint, unpack
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.local.comparer import LocalComparer
from fanal.engine.match.local.confidence import needed_points
from fanal.engine.match.local.geometry import agree, apply, clipped, within
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import LocalMatch, find
from leaves import leaves

Picture = NDArray[np.uint8]
COUNT = 12
WIDTH, HEIGHT = 640, 480


def asked(picture: Picture) -> LocalPrint:
    """Return what a picture is looked up by: its stored print."""
    return unpack(local_print(picture).data)


@pytest.fixture(scope="module")
def index() -> LocalIndex:
    return LocalIndex.build([unpack(local_print(leaves(seed)).data) for seed in range(COUNT)])


def _warped(picture: Picture, matrix: NDArray[np.float64], width: int, height: int) -> Picture:
    return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA), np.uint8)


def _turned(degrees: float, zoom: float) -> NDArray[np.float64]:
    return np.vstack([cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, zoom), [0, 0, 1]])


TILT = cv2.getPerspectiveTransform(
    np.array([[0, 0], [640, 0], [640, 480], [0, 480]], np.float32),
    np.array([[60, 40], [600, 10], [560, 470], [30, 430]], np.float32),
)
EDITS = {
    "turned by 33 degrees and smaller": _turned(33, 0.6),
    "upside down": _turned(180, 1),
    "in perspective": TILT,
    "mirrored": np.array([[-1.0, 0, WIDTH - 1], [0, 1, 0], [0, 0, 1]]),
    "a part, enlarged": np.array([[2.0, 0, -400], [0, 2, -300], [0, 0, 1]]),
    "stretched": np.array([[0.75, 0, 0], [0, 1, 0], [0, 0, 1]]),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_picture_is_found_with_its_transform(index: LocalIndex, name: str) -> None:
    matrix = EDITS[name]
    found = find(index, asked(_warped(leaves(5), matrix, WIDTH, HEIGHT)))
    best = found[0]
    assert (best.picture, best.accepted) == (5, True)
    assert best.mirrored == (np.linalg.det(matrix) < 0)
    assert {match.picture for match in found if match.accepted} == {5}
    true = apply(np.linalg.inv(matrix), best.here)
    assert np.abs(apply(best.transform, best.here) - true).max() < 4
    assert np.median(np.linalg.norm(best.there - true, axis=1)) < 1.5


def test_every_part_of_a_collage_is_found_in_its_place(index: LocalIndex) -> None:
    parts = [cv2.resize(leaves(seed), (320, 240), interpolation=cv2.INTER_AREA) for seed in (3, 8, 1, 10)]
    collage = np.vstack([np.hstack(parts[:2]), np.hstack(parts[2:])]).astype(np.uint8)
    best: dict[int, LocalMatch] = {}
    for match in find(index, asked(collage)):
        if match.accepted:
            best.setdefault(match.picture, match)
    assert set(best) == {3, 8, 1, 10}
    # Nothing but the pairs of its own quarter could agree with a part.
    assert all(match.within is not None and match.points <= match.within < 0.7 * match.tried for match in best.values())
    for picture, corner in ((3, (0, 0)), (8, (320, 0)), (1, (0, 240)), (10, (320, 240))):
        outline = best[picture].outline_here(0, 0, WIDTH, HEIGHT)
        assert np.abs(outline[0] - corner).max() < 4
        assert np.abs(outline[2] - np.add(corner, (320, 240))).max() < 4


def test_one_picture_twice_in_a_query_has_two_transforms(index: LocalIndex) -> None:
    small = cv2.resize(leaves(2), (400, 300), interpolation=cv2.INTER_AREA)
    twice = np.hstack([small, small[::-1, ::-1]]).astype(np.uint8)
    mine = [match for match in find(index, asked(twice)) if match.picture == 2 and match.accepted]
    assert len(mine) == 2
    middles = sorted(float(match.outline_here(0, 0, WIDTH, HEIGHT)[:, 0].mean()) for match in mine)
    assert np.allclose(middles, [200, 600], atol=6)


def test_an_object_in_another_scene_is_found_by_a_box() -> None:
    prints = [asked(leaves(seed)) for seed in range(COUNT) if seed != 4]
    scene, place = (
        leaves(40),
        cv2.getPerspectiveTransform(
            np.array([[200, 150], [400, 150], [400, 330], [200, 330]], np.float32),
            np.array([[90, 120], [270, 100], [280, 290], [80, 270]], np.float32),
        ),
    )
    shown = _warped(leaves(4), np.asarray(place, np.float64), WIDTH, HEIGHT)
    box = np.full((180, 200), 255, np.uint8)
    mask = _warped(box, np.asarray(place @ _shift(200, 150), np.float64), WIDTH, HEIGHT)
    scene[mask > 0] = shown[mask > 0]
    scenes = LocalIndex.build([*prints, unpack(local_print(scene).data)])
    found = find(scenes, unpack(region_print(leaves(4), Region(200, 150, 200, 180)).data))
    assert found[0].picture == len(scenes) - 1
    outline = found[0].outline_there(200, 150, 200, 180)
    assert np.abs(outline - [[90, 120], [270, 100], [280, 290], [80, 270]]).max() < 8


def test_a_box_is_judged_alike_however_what_it_is_compared_with_came_in() -> None:
    kept = [[local_print(leaves(seed))] for seed in range(COUNT)]
    asked = [region_print(leaves(4), Region(200, 150, 200, 180))]
    at_once, in_turn, alone = LocalComparer(), LocalComparer(), LocalComparer(among=(everything := LocalComparer()))
    for comparer in (at_once, everything):
        for owner, prints in enumerate(kept):
            comparer.put(owner, prints)
    for owner, prints in enumerate(kept):
        in_turn.put(owner, prints)
        list(in_turn.search(asked))
    alone.put(4, kept[4])
    first, second, third = (
        {found.owner: found.link.confidence for found in comparer.search(asked)}
        for comparer in (at_once, in_turn, alone)
    )
    assert first == second
    assert third == {4: first[4]}


def _shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def test_an_unknown_picture_has_no_accepted_match(index: LocalIndex) -> None:
    for seed in range(100, 110):
        assert not [match for match in find(index, asked(leaves(seed))) if match.accepted]


def test_nothing_is_found_by_nothing_or_in_nothing(index: LocalIndex) -> None:
    grey = np.full((HEIGHT, WIDTH), 128, np.uint8)
    assert find(index, asked(grey)) == []
    assert find(LocalIndex.build([]), asked(leaves(1))) == []
    assert find(LocalIndex.build([unpack(local_print(grey).data)]), asked(leaves(1))) == []


def test_threads_change_nothing(index: LocalIndex) -> None:
    query = asked(leaves(7))
    one, two = find(index, query), find(index, query, threads=2)
    assert [(match.picture, match.points) for match in one] == [(match.picture, match.points) for match in two]


def test_more_pairs_ask_for_more_points() -> None:
    asked = [needed_points(tried) for tried in (10, 100, 300, 600)]
    assert asked == sorted(set(asked))


def test_in_a_part_only_the_pairs_there_count_and_how_many_such_parts_there_are() -> None:
    asked = needed_points(400)
    assert needed_points(400, within=400) == asked
    assert needed_points(40) < needed_points(400, within=40) < asked, "there are ten such places"
    assert all(needed_points(50, within=inside) <= needed_points(50) for inside in range(51))


def test_pairs_beyond_the_edges_of_a_picture_cannot_agree() -> None:
    third = np.diag([3.0, 3.0, 1.0])
    places = np.array([[10, 10], [200, 150], [215, 10], [400, 100], [-10, 10]], np.float32)
    assert within(third, places, np.array([640, 480])) == 3, "hardly beyond is not beyond"


def test_points_on_a_line_prove_nothing() -> None:
    x = np.linspace(0, 600, 40, dtype=np.float32)
    line = np.stack([x, np.full_like(x, 50), np.full_like(x, 5), np.zeros_like(x)], axis=1)
    assert agree(line, line, 640, 6) is None
    square = line.copy()
    square[::2, 1] = 400
    assert agree(square, square, 640, 6) is not None


def test_a_corner_beyond_the_horizon_leaves_numbers_that_can_be_kept() -> None:
    outline = np.array([[10.0, 10.0], [np.inf, np.inf], [90.0, 60.0], [10.0, 60.0]])
    seen = clipped(outline, (0, 0, 50, 50))
    assert len(seen) >= 3
    assert np.isfinite(seen).all()
    assert clipped(np.full((4, 2), np.inf), (0, 0, 50, 50)).shape == (0, 2)
