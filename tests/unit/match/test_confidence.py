"""Confidence falls with distance, and the operating point is the published one."""

from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.match import confidence


def test_it_never_rises_with_the_distance() -> None:
    values = [confidence.pdq_confidence(distance) for distance in range(257)]
    assert values == sorted(values, reverse=True)
    assert all(0 <= value < confidence.EXACT for value in values)


def test_the_operating_point_is_31_bits() -> None:
    assert confidence.pdq_accepted(31)
    assert not confidence.pdq_accepted(32)
    assert confidence.pdq_confidence(31) >= 0.95


@given(st.lists(st.integers(0, 31), min_size=1, max_size=10), st.integers(1, 100))
def test_more_agreeing_frames_never_make_films_less_sure(distances: list[int], usable: int) -> None:
    more = [*distances, *distances]
    sure = [confidence.film_confidence(some, len(some), usable) for some in (more, distances)]
    assert sure[0] >= sure[1]


def test_how_many_frames_films_need() -> None:
    assert [confidence.film_frames_needed(usable) for usable in (1, 2, 3, 4, 5, 100)] == [1, 1, 2, 2, 2, 2]
