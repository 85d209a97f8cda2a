"""Countries and towns of points, borders included."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.origin.place import place_at, place_of


@pytest.mark.parametrize(
    ("point", "country", "town"),
    [
        ((42.965, 1.605), "FR", "Foix"),
        ((42.507, 1.521), "AD", "Andorra la Vella"),
        ((-41.29, 174.78), "NZ", "Mount Cook"),
        ((47.5596, 7.5886), "CH", "Basel"),
        ((47.5930, 7.6200), "DE", "Weil am Rhein"),
        ((36.14, -5.352), "GI", "Gibraltar"),
        ((1.492, 103.741), "MY", "Kampung Larkin Lama"),
        ((64.15, -21.94), "IS", "Reykjavík"),
    ],
)
def test_country_and_town(point: tuple[float, float], country: str, town: str) -> None:
    found = place_at(*point)
    assert (found.country, found.town) == (country, town)
    assert found.kilometres < 5


def test_a_near_border_is_told_and_a_far_one_is_not() -> None:
    assert place_at(43.738, 7.424).neighbours == ("FR",)
    assert place_at(48.5734, 7.80).neighbours == ("DE",)
    assert place_at(42.965, 1.605).neighbours == ()


def test_at_sea_and_at_the_ends_of_the_earth() -> None:
    assert place_at(0, -30).country == ""
    for point in ((90, 180), (-90, -180), (0, 180), (0, -180)):
        assert place_at(*point).kilometres >= 0


def test_a_place_needs_both_numbers_within_bounds() -> None:
    assert place_of({"gps_latitude": 42.9}) is None
    assert place_of({"gps_latitude": "42.9", "gps_longitude": 1.6}) is None
    assert place_of({"gps_latitude": 99, "gps_longitude": 1}) is None
    assert place_of({"gps_latitude": 42.965, "gps_longitude": 1.605}) == place_at(42.965, 1.605)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_has_a_nearest_town_and_a_sound_country(latitude: float, longitude: float) -> None:
    found = place_at(latitude, longitude)
    assert found.town
    assert found.country == "" or (len(found.country) == 2 and found.country.isupper())
    assert found.country not in found.neighbours
