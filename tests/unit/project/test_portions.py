"""Many things, some at a time: what of them is held together."""

from hypothesis import given
from hypothesis import strategies as some

from fanal.kit.portions import portions, some_at_once


@given(some.lists(some.integers(0, 9)), some.integers(1, 20))
def test_portions_hold_all_in_order_and_end_once_they_weigh_enough(weights: list[int], enough: int) -> None:
    found = list(portions(weights, lambda one: one, enough))
    assert [one for portion in found for one in portion] == weights
    assert all(sum(portion[:-1]) < enough <= sum(portion) for portion in found[:-1])
    assert all(portion and sum(portion[:-1]) < enough for portion in found[-1:])


@given(some.lists(some.integers()), some.integers(1, 20))
def test_so_many_at_once_and_in_the_end_what_is_left(each: list[int], most: int) -> None:
    found = list(some_at_once(each, most))
    assert [one for portion in found for one in portion] == each
    assert all(len(portion) == most for portion in found[:-1])
    assert all(0 < len(portion) <= most for portion in found[-1:])
