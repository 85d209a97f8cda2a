"""Points in what is seen everywhere do not count."""

from dataclasses import replace

import numpy as np
import pytest

from fanal.engine.match.explain import explain_shown
from fanal.engine.match.link import Link
from fanal.engine.match.ubiquitous import covered, left_over, outside, without

SQUARE = [[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]]
POINTS = np.array([[0.1, 0.1], [0.505, 0.2], [0.6, 0.2], [0.9, 0.9]])


def test_points_within_an_outline_and_at_its_edge_are_told_from_others() -> None:
    assert outside(POINTS, [SQUARE]).tolist() == [False, False, True, True]
    assert outside(POINTS, [SQUARE[::-1]]).tolist() == [False, False, True, True]
    assert outside(POINTS, []).all()
    assert outside(POINTS, [SQUARE[:2]]).all()
    assert outside(np.empty((0, 2)), [SQUARE]).tolist() == []


@pytest.mark.parametrize(("outline", "whole"), [(SQUARE, False), ([[-1, -1], [2, -1], [2, 2], [-1, 2]], True)])
def test_a_pattern_may_be_the_whole_picture(outline: list[list[float]], whole: bool) -> None:
    assert covered([outline]) is whole


def test_what_is_left_stands_for_all_points() -> None:
    pairs = np.concatenate([POINTS, POINTS[::-1]], axis=1)
    assert left_over(pairs, 100, [SQUARE], []) == 50
    assert left_over(pairs, 100, [SQUARE], [SQUARE]) == 0
    assert left_over(pairs, 100, [], []) == 100


def link(points: int, needed: int) -> Link:
    places = tuple((float(x), 50.0, float(x), 50.0) for x in range(0, 100, 2))
    why = explain_shown(points, mirrored=False)
    return Link("local/1", 0.96, True, why, agreeing=points, needed=needed, points=places)


def test_a_link_is_what_is_left_of_it() -> None:
    half = [[[0.0, 0.0], [48.0, 0.0], [48.0, 100.0], [0.0, 100.0]]]
    strong, weak = without(link(40, 10), half, []), without(link(40, 30), half, [])
    assert (strong.accepted, weak.accepted) == (True, False)
    assert strong.agreeing == weak.agreeing == 20
    assert weak.confidence < strong.confidence <= 0.99
    assert without(link(40, 10), [], []) == link(40, 10)
    whole = replace(link(40, 10), points=())
    assert without(whole, half, half) == whole
