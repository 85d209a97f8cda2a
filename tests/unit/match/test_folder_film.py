"""Alignment of films on numbers alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.match.frames.alignment import FramePairs, shared_segments

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
