"""A line of print links no two pictures: what links them is alike across two dimensions."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.match.link import Link
from fanal.engine.match.local.comparer import LocalComparer
from fanal.engine.match.local.lines import on_one_line
from leaves import leaves

Plane = NDArray[np.uint8]
WORDS = "nobody knew the harbour light"
OTHER_WORDS = "another day under the bridge"
SIZE = (800, 600)


def printed(seed: int, words: str, top: int) -> Plane:
    """Return an invented picture with a line of print over it, white on a black band."""
    shown = Image.fromarray(leaves(seed, *SIZE))
    drawing = ImageDraw.Draw(shown)
    drawing.rectangle((0, top - 6, SIZE[0], top + 56), fill=0)
    drawing.text((30, top), words, fill=255, font=ImageFont.load_default(48))
    return np.asarray(shown)


def linked(query: Plane, reference: Plane) -> Link | None:
    comparer = LocalComparer()
    comparer.put(1, [local_print(reference)])
    return next((found.link for found in comparer.search([local_print(query)])), None)


@pytest.mark.parametrize("words", [WORDS, OTHER_WORDS])
@pytest.mark.parametrize("top", [90, 300])
def test_a_line_of_print_links_nothing(words: str, top: int) -> None:
    found = linked(printed(1, WORDS, 90), printed(2, words, top))
    assert found is None or not found.accepted


def test_the_same_words_are_a_suggestion_that_says_what_is_alike() -> None:
    found = linked(printed(1, WORDS, 90), printed(2, WORDS, 300))
    assert found is not None
    assert found.agreeing >= found.needed, "as many points as a link would need"
    assert not found.accepted
    assert found.confidence <= 0.3
    assert "printed words" in str(found.why)


def test_a_copy_is_linked_whatever_is_printed_over_it() -> None:
    found = linked(printed(1, WORDS, 90), printed(1, OTHER_WORDS, 400))
    assert found is not None
    assert found.accepted


def test_a_strip_of_a_picture_is_linked() -> None:
    """Its points lie along a line in the picture that it was cut from, but not in itself."""
    found = linked(leaves(1, *SIZE), leaves(1, *SIZE)[250:310].copy())
    assert found is not None
    assert found.accepted


def test_a_line_is_thin_and_long_in_both() -> None:
    across = np.stack([np.linspace(0, 700, 12), np.arange(12) % 3 * 10.0], axis=1).astype(np.float32)
    spread = across * np.array([1, 20], np.float32)
    compact = across * np.array([0.05, 1], np.float32)
    assert on_one_line(across, across, SIZE, SIZE)
    assert on_one_line(across[:, ::-1], across, SIZE, SIZE), "upright as well"
    assert not on_one_line(across, spread, SIZE, SIZE)
    assert not on_one_line(compact, compact, SIZE, SIZE), "a small thing is no line"
