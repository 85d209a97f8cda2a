"""What pairs of features propose is tried on fewer pairs than all, and comes to the same."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.local.stored import unpack
from fanal.engine.match.drawn import drawn_picture
from fanal.engine.match.local.fitting import fitted
from fanal.engine.match.local.index import words_near
from fanal.engine.match.local.proposals import propose
from fanal.engine.match.local.search import both_ways

Rows = NDArray[np.float32]
SIZE = 900


def features(dice: np.random.Generator, count: int) -> Rows:
    """Return places, scales and directions, the latter all round the circle."""
    places = dice.uniform(0, SIZE, (count, 2))
    scales, turns = 2 ** dice.uniform(1, 4, (count, 1)), dice.uniform(0, 2 * math.pi, (count, 1))
    return np.concatenate([places, scales, turns], axis=1).astype(np.float32)


def seen_turned(here: Rows, turn: float, zoom: float, dice: np.random.Generator) -> Rows:
    """Return where features lie in a turned and enlarged picture, a little off."""
    cos, sin = zoom * math.cos(turn), zoom * math.sin(turn)
    there = here.copy()
    there[:, :2] = here[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + dice.normal(0, 2, (len(here), 2))
    there[:, 2] *= zoom
    there[:, 3] = (here[:, 3] + turn + dice.normal(0, 0.1, len(here))) % (2 * math.pi)
    return there


def most_agreeing(here: Rows, there: Rows) -> int:
    """Try every proposal on every pair, as it is defined; no feature has two partners here."""
    a, b = here.astype(np.float64), there.astype(np.float64)
    turn, zoom = b[:, 3] - a[:, 3], b[:, 2] / a[:, 2]
    best = 0
    for i in range(len(a)):
        cos, sin = zoom[i] * math.cos(turn[i]), zoom[i] * math.sin(turn[i])
        at = (a[:, :2] - a[i, :2]) @ np.array([[cos, sin], [-sin, cos]]) + b[i, :2]
        near = np.linalg.norm(at - b[:, :2], axis=1) <= 0.03 * SIZE + 2 * b[:, 2]
        alike = (np.cos(turn - turn[i]) >= math.cos(math.pi / 6)) & (np.abs(np.log(zoom / zoom[i])) <= math.log(1.7))
        best = max(best, int((near & alike).sum()))
    return best


@pytest.mark.parametrize("turn", [0.0, 1.0, math.pi, -0.2])
def test_the_best_proposal_is_that_of_all_pairs_wherever_the_circle_begins(turn: float) -> None:
    dice = np.random.default_rng(7)
    here = features(dice, 120)
    there = np.concatenate([seen_turned(here[:40], turn, 0.8, dice), features(dice, 80)])
    marked, promising = propose(here, there, np.array([0, 120]), np.array([SIZE]), 6)
    assert promising.tolist() == [True]
    assert marked.sum() == most_agreeing(here, there) >= 36


def test_each_picture_is_asked_for_itself_and_too_few_promise_nothing() -> None:
    dice = np.random.default_rng(8)
    here = features(dice, 60)
    there = np.concatenate([seen_turned(here[:30], 2.0, 1.5, dice), features(dice, 30)])
    marked, promising = propose(here, there, np.array([0, 30, 60]), np.array([SIZE, SIZE]), 12)
    assert promising.tolist() == [True, False]
    assert marked[:30].sum() == most_agreeing(here[:30], there[:30])
    assert not marked[30:].any()
    assert most_agreeing(here[30:], there[30:]) < 12


def test_words_near_the_mirror_image_are_those_near_the_picture_mirrored() -> None:
    plain, mirrored = both_ways(unpack(local_print(np.ascontiguousarray(drawn_picture(3)[:, :, 1])).data))
    asked = words_near(mirrored.query)
    assert len(plain.query) > 100
    assert np.mean(np.sort(asked, axis=1) == np.sort(mirrored.near, axis=1)) > 0.999


@pytest.mark.parametrize("freedom", [4, 6])
def test_least_squares_find_the_map_and_a_line_tells_of_no_affine_one(freedom: int) -> None:
    dice = np.random.default_rng(9)
    true = np.array([[0.8, -0.3, 12.0], [0.3, 0.8, -40.0], [0, 0, 1]])
    here = dice.uniform(0, SIZE, (20, 2))
    found = fitted(here, np.ascontiguousarray(here @ true[:2, :2].T + true[:2, 2]), freedom)
    assert found is not None
    assert np.allclose(found, true)
    line = np.stack([np.arange(20.0), 2 * np.arange(20.0)], axis=1)
    assert (fitted(line, line, freedom) is None) == (freedom == 6)
