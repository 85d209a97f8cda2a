"""The likely country: reasons add up, copies of one reason do not, and every weight can be read."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.estimate.country import ROUTES_AT, WEIGHTS, Reason, ReasonKind, likely_countries
from fanal.engine.origin.zones import countries_at
from fanal.engine.text.pointers import PointerKind

REASONS = st.builds(
    Reason,
    st.sampled_from(list(ReasonKind)),
    st.sampled_from(["FR", "NZ", "BE"]),
    st.sampled_from(["", "a", "b", "c"]),
    st.integers(1, 20),
    st.floats(0, 1),
)


def test_the_catalogue_object_of_one_country_is_enough_and_where_it_was_found_is_not() -> None:
    found = likely_countries(
        [Reason(ReasonKind.ORIGIN, "NZ", "NZ unit"), Reason(ReasonKind.REFERENCE, "FR", "Shampoo bottle", 1, 0.97)]
    )
    assert [(one.country, one.routes) for one in found] == [("FR", True), ("NZ", False)]
    assert found[0].reasons[0].quote == "Shampoo bottle"


@pytest.mark.parametrize("kind", [ReasonKind.CLUE, ReasonKind.DOMAIN, ReasonKind.CITY, ReasonKind.LANGUAGE])
def test_what_is_weak_needs_a_second_witness(kind: ReasonKind) -> None:
    alone = likely_countries([Reason(kind, "FR", "x")])[0]
    both = likely_countries([Reason(kind, "FR", "x"), Reason(ReasonKind.REFERENCE, "FR", "y", 1, 0.8)])[0]
    assert not alone.routes
    assert both.routes
    assert both.score > max(alone.score, WEIGHTS[ReasonKind.REFERENCE] * 0.8)


def test_ten_lines_of_one_page_are_no_certainty() -> None:
    lines = [Reason(ReasonKind.LANGUAGE, "FR", str(line)) for line in range(10)]
    assert likely_countries(lines)[0].score < ROUTES_AT
    assert likely_countries([Reason(ReasonKind.PHONE, "FR", "1")] * 10)[0].reasons == (
        Reason(ReasonKind.PHONE, "FR", "1"),
    )


def test_what_points_to_many_says_less_of_each() -> None:
    one, four = Reason(ReasonKind.REFERENCE, "FR", "x"), Reason(ReasonKind.REFERENCE, "FR", "x", of=4)
    assert four.weight == pytest.approx(one.weight / 2)


def test_every_kind_has_a_weight_and_text_has_its_own() -> None:
    assert set(WEIGHTS) == set(ReasonKind)
    assert {ReasonKind(kind.value) for kind in PointerKind} <= set(ReasonKind)
    assert all(0 < weight < 1 for weight in WEIGHTS.values())


@given(st.lists(REASONS, max_size=12), st.randoms(use_true_random=False))
def test_order_plays_no_role_and_more_reasons_never_say_less(reasons: list[Reason], dice: object) -> None:
    shuffled = list(reasons)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    found = likely_countries(reasons)
    assert found == likely_countries(shuffled)
    assert all(0 <= one.score < 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    more = {one.country: one.score for one in likely_countries([*reasons, Reason(ReasonKind.PHONE, "FR", "more")])}
    assert all(more[one.country] >= one.score - 1e-12 for one in found)


def test_a_zone_points_to_the_countries_whose_clocks_stood_there() -> None:
    summer, winter = map(datetime.fromisoformat, ("2015-01-10T12:00", "2015-07-10T12:00"))
    assert "NZ" in countries_at(13 * 60, summer)
    assert "NZ" not in countries_at(13 * 60, winter)
    assert countries_at(345, winter) == ("NP",)
    assert countries_at(0, winter) == ()
    assert countries_at(7, winter) == ()
