"""A reason says how much of two pictures agrees, and what is laid over pictures alone links none."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.match.explain import reason_from
from fanal.engine.match.extent import Extent
from fanal.engine.match.link import Link
from fanal.engine.match.local.comparer import LocalComparer
from leaves import leaves

Plane = NDArray[np.uint8]
SCENE = leaves(1, 800, 600)


def linked(query: Plane, reference: Plane) -> Link:
    comparer = LocalComparer()
    comparer.put(1, [local_print(reference)])
    (found,) = comparer.search([local_print(query)])
    return found.link


def with_thing(seed: int, corner: tuple[int, int]) -> Plane:
    """Return a scene in which the same small thing lies, each time elsewhere."""
    scene = leaves(seed, 800, 600)
    x, y = corner
    scene[y : y + 180, x : x + 180] = leaves(99, 180, 180, 200)
    return scene


def turned(degrees: int) -> Plane:
    """Return the scene turned clockwise about its middle."""
    return np.asarray(cv2.warpAffine(SCENE, cv2.getRotationMatrix2D((400, 300), -degrees, 1), (800, 600)), np.uint8)


@pytest.mark.parametrize(
    ("query", "reference", "extent", "said"),
    [
        (SCENE, cv2.resize(SCENE, (500, 375)), Extent.WHOLE, "The same picture or view: "),
        (SCENE, SCENE[:, ::-1].copy(), Extent.WHOLE, "The same picture or view, mirrored: "),
        (SCENE[100:420, 250:650].copy(), SCENE, Extent.INNER, "This picture is a part of the other: "),
        (SCENE, SCENE[100:420, 250:650].copy(), Extent.OUTER, "The other picture is a part of this one: "),
        (SCENE[:, :560].copy(), SCENE[:, 240:].copy(), Extent.OVERLAP, "Both show parts of the same picture or view: "),
        (with_thing(2, (100, 90)), with_thing(3, (420, 300)), Extent.THING, "The same place or thing is in both "),
        (SCENE, turned(20), Extent.WHOLE, "The same picture or view, turned by 20° to the right: "),
    ],
)
def test_a_reason_says_how_much_agrees(query: Plane, reference: Plane, extent: Extent, said: str) -> None:
    link = linked(query, reference)
    assert link.accepted
    assert (link.why.extent, str(link.why)[: len(said)]) == (extent, said)
    assert link.why.reversed.reversed == link.why
    assert reason_from(link.why.plain()) == link.why


def test_the_other_side_reads_it_the_other_way_round() -> None:
    there = linked(SCENE, turned(20)).why.reversed
    assert "turned by 20° to the left" in str(there)
    assert linked(SCENE[100:420, 250:650].copy(), SCENE).why.reversed.extent is Extent.OUTER


def framed(seed: int, size: tuple[int, int] = (800, 600)) -> Plane:
    """Return a picture in a player: a bar with buttons along its lower edge, a title along its upper one."""
    picture = leaves(seed, 800, 600)
    picture[540:] = leaves(77, 800, 60, 300)
    picture[:40] = leaves(78, 800, 40, 200)
    return np.asarray(cv2.resize(picture, size), np.uint8)


def test_a_frame_that_lies_around_many_pictures_links_none_of_them() -> None:
    comparer = LocalComparer()
    for seed in range(10, 30):
        comparer.put(seed, [local_print(framed(seed, (800, 600) if seed % 2 else (640, 480)))])
    found = list(comparer.search([local_print(framed(50))]))
    assert found
    assert not any(one.link.accepted for one in found)
    assert all(one.link.why.extent is Extent.EDGES and one.link.confidence <= 0.3 for one in found)


def test_a_picture_within_the_frame_is_found_for_itself() -> None:
    comparer = LocalComparer()
    for seed in range(10, 20):
        comparer.put(seed, [local_print(framed(seed))])
    again = [found.owner for found in comparer.search([local_print(framed(12, (700, 525)))]) if found.link.accepted]
    assert again == [12]


def saved(picture: Plane, quality: int) -> Plane:
    """Return a picture as a JPEG file gives it back."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def bars(picture: Plane) -> None:
    picture[520:] = leaves(77, 800, 80, 300)
    picture[:50] = leaves(78, 800, 50, 200)


def frame(picture: Plane) -> None:
    inner = picture.copy()
    picture[:] = leaves(79, 800, 600)
    picture[75:525, 100:700] = cv2.resize(inner, (600, 450))


def bars_seen_through(picture: Plane) -> None:
    shown = picture.copy()
    bars(shown)
    picture[:] = cv2.addWeighted(picture, 0.25, shown, 0.75, 0)


def logos(picture: Plane) -> None:
    picture[20:90, 20:220] = leaves(80, 200, 70, 120)
    picture[510:580, 560:780] = leaves(81, 220, 70, 120)


def captions(picture: Plane) -> None:
    for words, at in (("CAM 03 HARBOUR", (15, 45)), ("14:07:33", (600, 45)), ("nobody knew the light", (200, 580))):
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 7)
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_DUPLEX, 1.1, 255, 2)


def bars_and_a_button(picture: Plane) -> None:
    bars(picture)
    cv2.circle(picture, (400, 300), 60, 20, -1)
    cv2.fillPoly(picture, [np.array([[380, 265], [380, 335], [440, 300]], np.int32)], 240)


def tools(picture: Plane) -> None:
    """Put a picture into a window with two kinds of buttons: its bars are like themselves shifted."""
    inner = picture.copy()
    picture[:] = 225
    picture[90:540, 90:740] = cv2.resize(inner, (650, 450))
    icons, dice = [leaves(seed, 44, 44, 14) for seed in (90, 91)], np.random.default_rng(0)
    along = [(36, 10 + step * 56) for step in range(14)]
    aside = [(100 + step * 54, 20) for step in range(8)]
    below = [(550, 10 + step * 56) for step in range(14)]
    for top, left in along + aside + below:
        picture[top : top + 44, left : left + 44] = icons[dice.integers(2)]


KINDS = [bars, frame, bars_seen_through, logos, captions, bars_and_a_button, tools]


@pytest.mark.parametrize("over", KINDS)
@pytest.mark.parametrize("qualities", [(95, 95), (90, 50)])
def test_what_is_laid_over_links_no_two_pictures(over: Callable[[Plane], None], qualities: tuple[int, int]) -> None:
    one, other = leaves(10, 800, 600), leaves(11, 800, 600)
    over(one)
    over(other)
    link = linked(saved(one, qualities[0]), saved(other, qualities[1]))
    assert (link.accepted, link.why.extent) == (False, Extent.EDGES)
    assert link.confidence <= 0.3


def watched(seed: int, *, wide: int, noise: float = 3) -> Plane:
    """Return the scene as a camera that does not move sees it, once somebody else stands in its middle."""
    mask = np.zeros(SCENE.shape, np.uint8)
    cv2.ellipse(mask, (400, 330), (wide, 250), 0, 0, 360, 255, -1)
    cv2.rectangle(mask, (400 - wide // 2, 330), (400 + wide // 2, 600), 255, -1)
    seen = np.where(mask > 0, leaves(seed, 800, 600), SCENE)
    grain = np.random.default_rng(seed).normal(0, noise, SCENE.shape)
    return saved(np.asarray(np.clip(seen + grain, 0, 255), np.uint8), 80)


@pytest.mark.parametrize("wide", [280, 310, 330])
def test_a_room_that_a_fixed_camera_sees_is_linked_whoever_stands_in_it(wide: int) -> None:
    link = linked(watched(20, wide=wide), watched(21, wide=wide))
    assert link.accepted
    assert link.why.extent in (Extent.WHOLE, Extent.THING)
