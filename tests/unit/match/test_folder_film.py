"""Alignment of films on numbers alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.match.confidence import film_accepted
from fanal.engine.match.frames import alignment
from fanal.engine.match.frames.alignment import Samples, shared_segments
from fanal.engine.match.frames.pairs import FramePairs
from fanal.engine.match.stretches import joined

Chance = list[tuple[int, int, int]]


def pairs(*triples: tuple[float, float, int]) -> FramePairs:
    query, reference, distance = zip(*triples, strict=True) if triples else ((), (), ())
    return FramePairs(np.array(query, float), np.array(reference, float), np.array(distance, int))


@given(
    st.integers(0, 500),
    st.integers(2, 60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 600), st.integers(20, 31)), max_size=20),
)
def test_a_row_at_one_pace_is_found_among_chance_pairs(
    offset: int, length: int, chance: list[tuple[int, int, int]]
) -> None:
    row = [(float(second), float(second + offset), 4) for second in range(length)]
    segments = shared_segments(pairs(*row, *((float(q), float(r), d) for q, r, d in chance)))
    covered = sum(len(segment.distances) for segment in segments)
    assert covered >= length
    best = max(segments, key=lambda segment: len(segment.distances))
    if length > 3 * len(chance):
        assert best.reference[0] - best.query[0] == pytest.approx(offset, abs=1.0)


def test_a_slightly_faster_copy_keeps_together() -> None:
    row = [(float(second), second * 1.03 + 10, 6) for second in range(20)]
    segments = shared_segments(pairs(*row))
    assert sum(len(segment.distances) for segment in segments) == 20


def test_a_still_scene_pairs_with_all_and_gives_each_frame_once() -> None:
    everything = [(float(q), float(r), 0) for q in range(10) for r in range(10)]
    segments = shared_segments(pairs(*everything))
    assert sum(len(segment.distances) for segment in segments) == 10
    assert segments[0].query == (0.0, 10.0)


def test_a_gap_parts_two_segments() -> None:
    row = [(float(second), float(second), 0) for second in [*range(5), *range(20, 25)]]
    assert [segment.query for segment in shared_segments(pairs(*row))] == [(0.0, 5.0), (20.0, 25.0)]


def test_no_pairs_no_segments() -> None:
    assert shared_segments(pairs()) == []


def card(begin: float, there: float, seconds: int = 4) -> list[tuple[float, float, int]]:
    """Return the like frames of a picture that stands still in two films."""
    return [(begin + q, there + r, 0) for q in range(seconds) for r in range(seconds)]


def proof(*found: tuple[float, float, int], usable: int = 60) -> float:
    return alignment.proof(shared_segments(pairs(*found)), pairs(*found), usable)


def test_a_title_and_credits_that_two_films_share_do_not_link_them() -> None:
    assert not film_accepted(proof(*card(0, 0), *card(40, 52)), 60)


def test_a_scene_that_stands_still_longer_than_a_card_links() -> None:
    assert film_accepted(proof(*card(3, 10, seconds=12)), 60)


def test_a_film_that_is_one_still_picture_links_to_where_it_is_shown() -> None:
    assert film_accepted(proof(*card(0, 20), usable=4), 4)


def test_what_moves_links_after_two_seconds() -> None:
    assert film_accepted(proof((5.0, 8.0, 6), (6.0, 9.0, 10)), 60)


@pytest.mark.parametrize("speed", [0.8, 0.9, 1.1, 1.25])
def test_a_film_played_faster_or_slower_is_one_stretch(speed: float) -> None:
    row = [(float(second), round(speed * second + 7), 8) for second in range(60)]
    (segment,) = shared_segments(pairs(*row))
    assert segment.reference == pytest.approx((7, 7 + 60 * speed), abs=1.0)


def test_frames_at_a_cut_tell_the_offset_better_than_a_second() -> None:
    seconds = [(float(second), float(second + 3), 14) for second in range(8)]
    cuts = [(2.24, 5.64, 2), (5.6, 9.0, 2)]
    samples = Samples(np.array([0, 1, 2, 2.24, 3, 4, 5, 5.6, 6, 7, 7.3]), np.arange(0.0, 20.0))
    (segment,) = shared_segments(pairs(*seconds, *cuts), samples)
    assert segment.reference[0] - segment.query[0] == pytest.approx(3.4, abs=0.05)
    assert segment.query == (0.0, 7.3)


def test_stretches_of_two_techniques_become_one_where_they_lie_alike() -> None:
    seen = [((0.0, 4.0), (10.0, 14.0))]
    shown = [((3.0, 9.0), (13.1, 19.1)), ((20.0, 24.0), (40.0, 44.0))]
    assert joined([seen, shown]) == (((0.0, 9.0), (10.0, 19.1)), ((20.0, 24.0), (40.0, 44.0)))
