"""Which pictures are worth a closer look is what their definition says, however the votes are counted."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from fanal.engine.match.local.evidence import of_hits
from fanal.engine.match.local.index import MOST_BITS
from fanal.engine.match.local.votes import Votes, candidates

PICTURES, FEATURES, QUERIES = 60, 40, 50


def drawn_votes(dice: np.random.Generator, *, known: bool) -> Votes:
    """Return votes for features of pictures that have forty each, several of one feature for one picture among them."""
    query = np.sort(dice.integers(0, QUERIES, 3000)).astype(np.int32)
    feature = dice.integers(0, PICTURES * FEATURES, len(query)).astype(np.int32)
    # A few pictures are met far more often than others.
    feature[::3] = dice.integers(0, 5 * FEATURES, len(feature[::3]))
    bits = dice.integers(0, MOST_BITS + 1, len(query)).astype(np.int32)
    worth = dice.uniform(0.1, 6, len(query)) if known else None
    return Votes(query, feature, feature // FEATURES, bits, worth)


def fullest_corner(cells: dict[tuple[int, int], float]) -> float:
    """Return the most that four neighbouring cells hold together; turns go round, zooms do not."""
    return max(
        sum(cells.get(((turn + a) % 12, zoom + b), 0.0) for a in (0, -1) for b in (0, -1))
        for turn in range(12)
        for zoom in range(16)
    )


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("most", [2, 6, 50])
def test_the_most_promising_pictures_are_those_whose_votes_agree(known: bool, most: int) -> None:
    dice = np.random.default_rng(11)
    votes = drawn_votes(dice, known=known)
    here, there = (
        np.stack([2 ** dice.uniform(0, 4, count), dice.uniform(0, 2 * math.pi, count)], axis=1).astype(np.float32)
        for count in (QUERIES, PICTURES * FEATURES)
    )
    best: dict[tuple[int, int], int] = {}
    for number, pair in enumerate(zip(votes.query.tolist(), votes.picture.tolist(), strict=True)):
        if pair not in best or votes.bits[number] < votes.bits[best[pair]]:
            best[pair] = number
    often = Counter(query for query, _ in best)
    cells: dict[int, dict[tuple[int, int], float]] = defaultdict(lambda: defaultdict(float))
    for (query, picture), number in best.items():
        rare = math.log1p(PICTURES / often[query]) * math.exp(-((votes.bits[number] / 24) ** 2))
        weight = rare / math.sqrt(FEATURES + 30) if votes.worth is None else votes.worth[number]
        (scale, turn), (other_scale, other_turn) = here[query], there[votes.feature[number]]
        turned = int(np.float64((other_turn - turn) / (2 * math.pi) * 12) % 12) % 12
        zoomed = int(np.clip(np.log2(other_scale / scale) * 2 + 8, 0, 15 - 0.001))
        cells[picture][turned, zoomed] += weight
    order = sorted(cells, key=lambda picture: -fullest_corner(cells[picture]))
    sizes = np.full(PICTURES, FEATURES, np.int64)
    assert candidates(votes, here, there, sizes, most).tolist() == order[:most]


def test_no_vote_makes_no_candidate() -> None:
    nothing = np.empty(0, np.int32)
    none = Votes(nothing, nothing, nothing, nothing)
    empty = np.empty((0, 2), np.float32)
    assert candidates(none, empty, empty, np.full(3, 10, np.int64), 5).tolist() == []


def test_hits_that_prove_little_are_left_out_and_the_others_keep_what_they_prove() -> None:
    dice = np.random.default_rng(12)
    votes = drawn_votes(dice, known=False)
    levels, sizes = dice.uniform(-4, 4, QUERIES), dice.integers(0, 1600, PICTURES)
    all_of_them = of_hits(votes.query, votes.bits, votes.picture, levels, sizes, 1e-9)
    assert all_of_them[0].tolist() == list(range(len(votes.query)))
    some, worth = of_hits(votes.query, votes.bits, votes.picture, levels, sizes, 0.1)
    assert some.tolist() == np.flatnonzero(all_of_them[1] > 0.1).tolist()
    assert worth.tolist() == all_of_them[1][some].tolist()
    assert 0 < len(some) < len(votes.query)
    nothing = np.empty(0, np.int32)
    assert of_hits(nothing, nothing, nothing, levels, sizes, 0.1)[0].tolist() == []
