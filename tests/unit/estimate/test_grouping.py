"""Groups of what people linked: complete, but never with two in one group that somebody judged different."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.estimate.grouping import groups_of

PAIRS = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])
LINKS = st.lists(st.tuples(PAIRS, st.sampled_from([0.9, 0.95, 0.99])), max_size=25)


def test_what_is_linked_in_a_chain_belongs_together() -> None:
    assert groups_of([(4, 5, 0.9), (1, 2, 0.9), (2, 3, 0.8)], []) == [[1, 2, 3], [4, 5]]


def test_different_wins_and_the_weakest_link_gives_way() -> None:
    chain = [(1, 2, 0.99), (2, 3, 0.9), (3, 4, 0.95)]
    assert groups_of(chain, [(4, 1)]) == [[1, 2], [3, 4]]
    assert groups_of(chain, []) == [[1, 2, 3, 4]]


@given(LINKS, st.lists(PAIRS, max_size=6), st.randoms(use_true_random=False))
def test_no_group_holds_two_that_differ(links: list, different: list, dice: object) -> None:  # type: ignore[type-arg]
    # One pair has one verdict: what was judged different has no link that says same.
    same = [(*pair, sure) for pair, sure in dict(links).items() if pair not in different]
    found = groups_of(same, different)
    placed = [one for group in found for one in group]
    assert len(placed) == len(set(placed))
    assert not any(pair in different for group in found for pair in combinations(group, 2))
    if not different:
        group_of = {one: tuple(group) for group in found for one in group}
        assert all(group_of[left] == group_of[right] for left, right, _ in same)
    shuffled = list(same)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert groups_of(shuffled, different) == found
