"""What a marked part proves: how its features are weighed, and when a third picture may vouch."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.colours import UNKNOWN
from fanal.engine.fingerprint.local.stored import LocalPrint
from fanal.engine.match.local import index as indexes
from fanal.engine.match.local.around import around
from fanal.engine.match.local.boxed import Shown, Sighting, sighting
from fanal.engine.match.local.confidence import PART_EVIDENCE, needed_evidence
from fanal.engine.match.local.index import Hits
from fanal.engine.match.local.search import LocalMatch
from fanal.engine.match.local.through import vouched

FRAME = (640, 480)
BOX = (100, 100, 200, 150)


def _features(places: NDArray[np.float64]) -> NDArray[np.float32]:
    count = len(places)
    return np.concatenate([places, np.full((count, 1), 4.0), np.zeros((count, 1))], axis=1).astype(np.float32)


def _seen(
    places: NDArray[np.float64],
    differing: int,
    level: float = 0.0,
    here: NDArray[np.int8] | None = None,
    there: NDArray[np.int8] | None = None,
) -> Sighting | None:
    """Return what features at these places prove that lie alike in both, their marks so many bits apart."""
    random = np.random.default_rng(1)
    marks = random.integers(0, 2**63, (len(places), 2), dtype=np.uint64)
    other = marks ^ np.array([(1 << differing) - 1, 0], np.uint64)
    rows = np.arange(len(places))
    unknown = np.full((len(places), 2), UNKNOWN, np.int8)
    pairs = np.stack([rows, rows, np.full(len(rows), differing)], axis=1)
    moved = _features(places + np.array([30.0, 20.0]))
    return sighting(
        Shown(_features(places), marks, unknown if here is None else here),
        Shown(moved, other, unknown if there is None else there),
        FRAME,
        pairs,
        np.full(len(places), level),
    )


def _spread(count: int) -> NDArray[np.float64]:
    return np.random.default_rng(2).uniform((100, 100), (300, 250), (count, 2))


def test_few_features_that_look_alike_and_lie_alike_prove_a_thing() -> None:
    seen = _seen(_spread(8), 12)
    assert seen is not None
    assert seen.evidence > PART_EVIDENCE
    assert np.abs(seen.transform - [[1, 0, 30], [0, 1, 20], [0, 0, 1]]).max() < 1


def test_features_that_look_less_alike_prove_less() -> None:
    close, far = _seen(_spread(8), 12), _seen(_spread(8), 32)
    assert close is not None
    assert far is not None
    assert far.evidence < close.evidence / 2


def test_features_that_are_met_everywhere_prove_less_and_rare_ones_more() -> None:
    common, usual, rare = (_seen(_spread(8), 16, level) for level in (3.0, 0.0, -3.0))
    assert common is not None
    assert usual is not None
    assert rare is not None
    assert common.evidence < usual.evidence - 15
    assert rare.evidence > usual.evidence + 5


def _painted(count: int) -> NDArray[np.int8]:
    return np.random.default_rng(5).integers(-60, 60, (count, 2), dtype=np.int8)


def test_each_feature_in_the_colour_of_its_partner_proves_more_in_any_light() -> None:
    colours = _painted(10)
    plain = _seen(_spread(10), 20)
    same, cast = (_seen(_spread(10), 20, here=colours, there=colours + np.int8(light)) for light in (0, 25))
    assert plain is not None
    assert same is not None
    assert cast is not None
    assert same.evidence >= plain.evidence + 10
    assert cast.evidence >= plain.evidence + 10


def test_features_in_the_colours_of_others_prove_less_but_little_less() -> None:
    colours = _painted(10)
    plain, other = _seen(_spread(10), 20), _seen(_spread(10), 20, here=colours, there=colours[::-1].copy())
    assert plain is not None
    assert other is not None
    assert plain.evidence - 3 <= other.evidence < plain.evidence


def test_a_thing_of_one_colour_and_colours_that_are_not_known_prove_nothing() -> None:
    one = np.full((10, 2), 30, np.int8)
    plain, even, unknown = (
        _seen(_spread(10), 20),
        _seen(_spread(10), 20, here=one, there=one + np.int8(9)),
        _seen(_spread(10), 20, here=_painted(10)),
    )
    assert plain is not None
    assert even is not None
    assert unknown is not None
    assert even.evidence == pytest.approx(plain.evidence)
    assert unknown.evidence == plain.evidence


def test_more_evidence_is_asked_for_among_more_pictures() -> None:
    needed = [needed_evidence(pictures) for pictures in (1, 250, 2_500, 100_000, 6_000_000)]
    assert needed[0] == needed[1] == PART_EVIDENCE
    assert needed[1:] == sorted(set(needed[1:]))
    few, many = (replace(_match(30, 0), among=pictures) for pictures in (250, 1_000_000))
    assert few.accepted
    assert not many.accepted
    assert replace(_match(80, 0), among=1_000_000).accepted


def test_how_common_a_feature_is_is_told_by_what_is_met() -> None:
    limits = np.full(3, 34)
    query = np.repeat(np.arange(3), (5, 400, 20_000)).astype(np.int32)
    hits = Hits(query, np.zeros(len(query), np.int32), np.full(len(query), 34, np.int32), limits, 2_000_000)
    seldom, usual, often = around(3, [hits], 1000).levels
    assert seldom < usual < often
    nothing = around(2, [], 0)
    assert nothing.pictures == 0
    assert np.abs(nothing.levels).max() < 0.01


def test_features_on_a_line_prove_nothing_however_many() -> None:
    line = np.stack([np.linspace(100, 400, 30), np.full(30, 120.0)], axis=1)
    seen = _seen(line, 12)
    assert seen is None or seen.evidence < PART_EVIDENCE


def _frame(points: int) -> NDArray[np.float64]:
    along, none = np.linspace(20, 180, points), np.zeros(points)
    sides = [(along, none), (along, none + 200), (none, along), (none + 200, along)]
    return np.concatenate([np.stack(side, axis=1) for side in sides]) + 100


def test_more_features_along_the_sides_of_a_frame_prove_no_more() -> None:
    few, many = _seen(_frame(3), 20), _seen(_frame(7), 20)
    assert few is not None
    assert many is not None
    assert many.evidence <= few.evidence


def _match(evidence: float, shift: float) -> LocalMatch:
    points = np.zeros((6, 2), np.float32)
    transform = np.array([[1.0, 0, shift], [0, 1, 0], [0, 0, 1]])
    return LocalMatch(0, 6, 20, transform, False, points, points, evidence=evidence)


def test_a_third_picture_vouches_for_what_has_something_to_say_for_itself() -> None:
    first, second = _match(90, 10), _match(60, 20)
    sure = vouched(_match(20, 30), first, second, BOX)
    assert sure is not None
    assert sure.accepted
    assert sure.evidence == pytest.approx(50)


@pytest.mark.parametrize(
    ("direct", "first", "second"),
    [
        (_match(1, 30), _match(90, 10), _match(60, 20)),
        (_match(20, 30), _match(90, 10), _match(26, 20)),
        (_match(20, 300), _match(90, 10), _match(60, 20)),
        (replace(_match(20, 30), evidence=None), _match(90, 10), _match(60, 20)),
    ],
    ids=["nothing of its own", "the second step is unsure", "another place", "a whole picture"],
)
def test_nothing_is_linked_through_another_without_reason(
    direct: LocalMatch, first: LocalMatch, second: LocalMatch
) -> None:
    assert vouched(direct, first, second, BOX) is None


def test_of_what_looks_like_very_many_the_likest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "COMMON", 5)
    words, marks = np.zeros(1, np.int64), np.zeros((1, 2), np.uint64)
    one = LocalPrint(640, 480, (0, 0, 640, 480), *_place(), words, marks)
    differing = (30, 3, 9, 21, 0, 12, 6, 6, 27)
    others = [replace(one, signatures=np.array([[(1 << bits) - 1, 0]], np.uint64)) for bits in differing]
    hits = indexes.LocalIndex.build(others).look_up(one)
    assert sorted(hits.bits) == [0, 3, 6, 6, 9]


def _place() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    return np.full((1, 2), 50, np.float32), np.full(1, 4, np.float32), np.zeros(1, np.float32)
