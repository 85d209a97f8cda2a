"""Many things, some at a time: what of them is held together."""

from hypothesis import given
from hypothesis import strategies as some

from fanal.kit.portions import portions


@given(some.lists(some.integers(0, 9)), some.integers(1, 20))
def test_portions_hold_all_in_order_and_end_once_they_weigh_enough(weights: list[int], enough: int) -> None:
    found = list(portions(weights, lambda one: one, enough))
    assert [one for portion in found for one in portion] == weights
    assert all(sum(portion[:-1]) < enough <= sum(portion) for portion in found[:-1])
    assert all(portion and sum(portion[:-1]) < enough for portion in found[-1:])
