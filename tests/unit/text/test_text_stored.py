"""Pages of text are kept as prints: what was read comes back, and no other bytes are taken for a page."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.line import Line, Page
from fanal.engine.text.stored import LONGEST_LINE, MOST_BYTES, MOST_LINES, TECHNIQUE, page_of, print_of
from lettering import page

SPOTS = st.tuples(st.integers(-9, 70_000), st.integers(-9, 70_000)).map(lambda spot: (float(spot[0]), float(spot[1])))
TEXTS = st.text(min_size=1, max_size=40).filter(str.isprintable)
LINES = st.builds(Line, TEXTS, st.tuples(SPOTS, SPOTS, SPOTS, SPOTS), st.integers(0, 100).map(lambda part: part / 100))
PAGES = st.builds(
    Page, st.integers(1, 90_000), st.integers(1, 90_000), st.lists(LINES, max_size=9).map(tuple), st.floats(0, 9e3)
)


@given(PAGES)
def test_what_was_read_comes_back(read: Page) -> None:
    assert page_of(print_of(read)) == read


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_and_never_crash(data: bytes) -> None:
    with suppress(ValueError):
        kept = page_of(Print(TECHNIQUE, data))
        assert all(one.text.isprintable() and 0 <= one.confidence <= 1 for one in kept.lines)


def test_a_page_that_is_cut_off_or_tampered_with_is_refused() -> None:
    whole = print_of(page("Café 12", "Foix"))
    for length in range(len(whole.data)):
        cut = replace(whole, data=whole.data[:length])
        with suppress(ValueError):
            assert len(page_of(cut).lines) < 2
    with pytest.raises(ValueError, match="not as it is written"):
        page_of(replace(whole, data=whole.data.replace(b"Foix", b"Fo\nx")))


def test_a_page_is_never_larger_than_a_print_may_be() -> None:
    read = page(*(["漢" * (LONGEST_LINE + 50)] * (MOST_LINES + 50)))
    made = print_of(read)
    assert len(made.data) <= MOST_BYTES
    kept = page_of(made).lines
    assert kept
    assert {one.text for one in kept} == {"漢" * LONGEST_LINE}


@pytest.mark.parametrize(
    ("corners", "direction"),
    [
        (((0, 0), (9, 0), (9, 2), (0, 2)), 0),
        (((9, 0), (9, 9), (7, 9), (7, 0)), 90),
        (((9, 9), (0, 9), (0, 7), (9, 7)), 180),
        (((0, 9), (0, 0), (2, 0), (2, 9)), -90),
    ],
)
def test_the_direction_follows_from_the_corners(
    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]], direction: int
) -> None:
    assert Line("x", corners, 1.0).direction == direction
