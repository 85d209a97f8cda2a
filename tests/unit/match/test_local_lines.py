"""A line of print links no two pictures: what links them is alike across two dimensions."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fanal.engine.fingerprint.image import grey_of
from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.link import Link
from fanal.engine.match.local.comparer import LocalComparer
from fanal.engine.match.local.inward import Features
from fanal.engine.match.local.lines import nothing_else, on_one_line
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


def coast(seed: int, *, many_colours: bool = True) -> Plane:
    """Return an invented picture, in colours, of a coast between sea and sky, where nothing is to be seen."""
    dice = np.random.default_rng(seed)
    sky = np.linspace(90, 170, SIZE[1], dtype=np.float32)[:, None, None] * np.array([1.0, 0.9, 0.8], np.float32)
    shown = np.repeat(sky, SIZE[0], axis=1)
    land = leaves(seed, SIZE[0], 40).astype(np.float32)[..., None]
    tints = dice.uniform(0.3, 1.0, (20, 3)) if many_colours else np.full((20, 3), (1.0, 0.9, 0.8))
    shown[280:320] = land * np.repeat(tints, SIZE[0] // 20, axis=0)
    return shown.astype(np.uint8)


def linked(query: Plane, reference: Plane) -> Link | None:
    comparer = LocalComparer()
    comparer.put(1, [stored(reference)])
    return next((found.link for found in comparer.search([stored(query)])), None)


def stored(shown: Plane) -> Print:
    """Return the print of a grey picture, or of one in colours."""
    return local_print(shown) if shown.ndim == 2 else local_print(grey_of(shown), pixels=shown)


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


def test_a_coast_is_linked_by_its_colours() -> None:
    """The picture has nothing else to be known by."""
    cropped = coast(3)[60:520, 90:720].copy()
    found = linked(cropped, coast(3))
    assert found is not None
    assert found.accepted


def test_a_line_of_one_colour_is_a_suggestion() -> None:
    found = linked(coast(3, many_colours=False)[60:520, 90:720].copy(), coast(3, many_colours=False))
    assert found is not None
    assert not found.accepted
    assert "along one line" in str(found.why)


def test_a_coast_in_other_colours_is_a_suggestion() -> None:
    """As a line of print is that lies over other pictures."""
    found = linked(coast(3)[60:520, 90:720, ::-1].copy(), coast(3))
    assert found is None or not found.accepted


def test_a_line_is_all_there_is_or_not() -> None:
    dice = np.random.default_rng(5)
    along = np.stack([dice.uniform(50, 750, 60), dice.uniform(290, 310, 60)], axis=1)
    beside = dice.uniform((50, 50), (750, 250), (30, 2))
    still = np.eye(3)

    def picture(places: NDArray[np.float64]) -> Features:
        geometry = np.concatenate([places, np.ones_like(places)], axis=1).astype(np.float32)
        return Features(geometry, np.zeros((len(places), 2), np.uint64), np.zeros((len(places), 2), np.int8), SIZE)

    points = along[:20].astype(np.float32)
    assert nothing_else(picture(along), points, still, SIZE)
    assert not nothing_else(picture(np.concatenate([along, beside])), points, still, SIZE)
    up = np.array([[1.0, 0, 0], [0, 1, -260], [0, 0, 1]])
    assert nothing_else(picture(np.concatenate([along, beside])), points, up, SIZE), "the other shows no more of it"
