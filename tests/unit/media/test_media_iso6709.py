"""Places as films write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.media.iso6709 import place_of


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("+42.9650+001.6050+380.5/", (42.965, 1.605, 380.5)),
        ("-41.5+174.76/", (-41.5, 174.76, None)),
        ("+4257.9+00136.3/", (42.965, 1.605, None)),
        ("+425754-0013618CRSWGS_84/", (42.965, -1.605, None)),
    ],
)
def test_degrees_minutes_and_seconds(said: str, place: tuple[float, float, float | None]) -> None:
    found = place_of(said)
    assert found is not None
    assert found == pytest.approx(place)


@pytest.mark.parametrize("said", ["", "Foix", "+91.0+001.0/", "+10.0+181.0/", "+00.00+000.00/", "42.9,1.6", "+4+5/"])
def test_what_is_no_place_is_none(said: str) -> None:
    assert place_of(said) is None


@settings(deadline=None)
@given(st.text(alphabet="+-0123456789./CRS", max_size=40))
def test_any_words_are_read_without_a_fault(said: str) -> None:
    found = place_of(said)
    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)
