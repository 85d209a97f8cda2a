"""When a file was made, how that is known, and what speaks against it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.origin.moment import Basis, Doubt, moment_of
from fanal.engine.origin.place import place_at

TAKEN = {"time_taken": "2015:07:04 12:11:10"}
ZONED = {**TAKEN, "time_taken_zone": "+02:00"}
SATELLITES = {"gps_date": "2015:07:04", "gps_time": "10:11:03"}


def at(hour: int, minute: int = 11, second: int = 10) -> datetime:
    return datetime(2015, 7, 4, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "basis", "instant", "doubts"),
    [
        ({**TAKEN, "time_taken_zone": "+02:00"}, Basis.STATED, at(10), ()),
        ({"time_taken": "2015:07:04 10:11:10", "time_taken_zone": "+00:00"}, Basis.STATED, at(10), ()),
        ({"time_taken": "2015-07-04T12:11:10+0200"}, Basis.STATED, at(10), ()),
        ({**TAKEN, **SATELLITES}, Basis.SATELLITES, at(10), ()),
        (TAKEN, Basis.CLOCK, None, (Doubt.NO_ZONE,)),
        (SATELLITES, Basis.SATELLITES_ALONE, at(10, 11, 3), ()),
        ({"container_time": "2015-07-04T10:11:10.000000Z"}, Basis.CONTAINER, at(10), (Doubt.LOCAL_CONTAINER,)),
        ({"xmp_created": "2015-07-04T12:11:10+02:00"}, Basis.PROGRAM, at(10), ()),
        (
            {**TAKEN, "time_taken_zone": "+02:00", "time_changed": "2016:01:01 00:00:00"},
            Basis.STATED,
            at(10),
            (Doubt.CHANGED_LATER,),
        ),
    ],
)
def test_how_it_is_known(
    facts: dict[str, str], basis: Basis, instant: datetime | None, doubts: tuple[Doubt, ...]
) -> None:
    found = moment_of(facts)
    assert found is not None
    assert (found.basis, found.instant, found.doubts) == (basis, instant, doubts)


def test_the_place_gives_the_zone_and_the_satellites_may_disagree() -> None:
    foix = place_at(42.965, 1.605)
    found = moment_of(TAKEN, offset_at=foix.offset_at)
    assert found is not None
    assert (found.basis, found.instant) == (Basis.PLACE, at(10))
    wrong = moment_of({**TAKEN, "time_taken_zone": "+02:00", "gps_date": "2015:07:04", "gps_time": "07:11:10"})
    assert wrong is not None
    assert (wrong.doubts, wrong.apart) == ((Doubt.SATELLITES_DISAGREE,), 3.0)
    wrong = moment_of({**TAKEN, **SATELLITES, "gps_time": "07:11:10"}, offset_at=foix.offset_at)
    assert wrong is not None
    assert (wrong.basis, wrong.doubts, wrong.apart) == (Basis.PLACE, (Doubt.SATELLITES_DISAGREE,), 3.0)


@pytest.mark.parametrize("clock", ["1970:01:01 00:04:11", "2000:01:01 00:00:00", "1980:01:06 00:00:00"])
def test_a_clock_that_was_reset_is_told(clock: str) -> None:
    found = moment_of({"time_taken": clock, "time_taken_zone": "+00:00"})
    assert found is not None
    assert Doubt.RESET in found.doubts


def test_what_is_younger_than_its_submission_is_told() -> None:
    stated = {**TAKEN, "time_taken_zone": "+02:00"}
    assert (found := moment_of(stated, submitted=at(9))) is not None
    assert found.doubts == (Doubt.FUTURE,)
    assert (found := moment_of(stated, submitted=at(11))) is not None
    assert found.doubts == ()
    assert (found := moment_of(TAKEN, submitted=at(9))) is not None
    assert Doubt.FUTURE not in found.doubts


def test_the_time_of_the_file_is_the_last_resort() -> None:
    found = moment_of({"time_taken": "0000:00:00 00:00:00"}, changed=at(3))
    assert found is not None
    assert (found.basis, found.instant, found.doubts) == (Basis.FILE, at(3), (Doubt.COPIED,))
    assert moment_of({"time_taken": "    :  :     :  :  "}) is None


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["time_taken", "time_taken_zone", "gps_date", "gps_time", "container_time", "time_changed"]),
        st.one_of(
            st.text(max_size=30), st.from_regex(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d([+-]\d\d:?\d\d)?", fullmatch=True)
        ),
    )
)
def test_any_words_are_a_moment_or_none(facts: dict[str, str]) -> None:
    found = moment_of(facts, submitted=at(9), offset_at=place_at(42.9, 1.6).offset_at)
    assert found is None or found.instant is None or found.instant - found.written.replace(tzinfo=UTC) < timedelta(1)
