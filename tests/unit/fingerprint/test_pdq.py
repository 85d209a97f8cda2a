"""PDQ against its reference implementation, the published hashes, and its own symmetry."""

import csv
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.fingerprint.pdq import HASH_BYTES, QUALITY_GATE, RADIUS, SMALLEST_SIDE, TURNS, pdq_prints
from pdq_reference import distance, landscape, reference, rgb
from shared import shared

PICTURES = sorted(path for path in shared("conformance", "pdq").glob("*/*") if path.is_file())
SAME_MEDIA_AS_PUBLISHED = 10


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def published() -> Iterator[tuple[Path, bytes]]:
    with shared("conformance", "pdq", "expected.csv").open() as file:
        for row in csv.DictReader(file):
            folder, name = row["FilePath"].split("/")[-2:]
            path = shared("conformance", "pdq") / folder / name
            if path.exists():
                yield path, bytes.fromhex(row["Hash"])


@pytest.mark.parametrize("path", PICTURES, ids=named)
def test_same_pixels_same_hash_as_the_reference(path: Path) -> None:
    pixels = rgb(path)
    ours, theirs = pdq_prints(pixels), reference(pixels)
    assert ours.hash == theirs.hash
    assert ours.quality == theirs.quality
    # A flat picture's frequencies are rounding noise: the reference itself is not sure of the bits of its turns.
    assert distance(ours.turned, theirs.turned) <= (0 if ours.quality >= QUALITY_GATE else 8)


@given(st.integers(0, 2**32 - 1), st.integers(64, 300), st.integers(64, 300))
def test_same_invented_pixels_same_hash_as_the_reference(seed: int, height: int, width: int) -> None:
    pixels = landscape(seed, height, width)
    ours, theirs = pdq_prints(pixels), reference(pixels)
    assert abs(ours.quality - theirs.quality) <= 1
    # A frequency that equals the median to the last digit may fall to either side: one pair of bits.
    assert distance(ours.hash, theirs.hash) <= 2


@pytest.mark.parametrize(
    ("path", "known"), list(published()), ids=lambda value: named(value) if isinstance(value, Path) else ""
)
def test_published_hashes(path: Path, known: bytes) -> None:
    ours = pdq_prints(rgb(path))
    assert ours.quality >= 80
    assert distance(ours.hash, known) <= SAME_MEDIA_AS_PUBLISHED


def test_published_hashes_are_there() -> None:
    assert len(list(published())) >= 12


def test_edits_of_one_photograph_are_alike() -> None:
    hashes = [pdq_prints(rgb(path)).hash for path in PICTURES if path.parent.name == "bridge-mods"]
    assert len(hashes) == 12
    assert max(distance(left, right) for left, right in combinations(hashes, 2)) <= RADIUS


def test_pixel_modes_of_one_photograph_are_alike() -> None:
    prints = [pdq_prints(rgb(path)) for path in PICTURES if path.parent.name == "modes"]
    good = [result.hash for result in prints if result.quality >= QUALITY_GATE]
    assert len(good) >= 10
    assert max(distance(left, right) for left, right in combinations(good, 2)) <= RADIUS


def test_unrelated_pictures_are_not_alike_in_any_orientation() -> None:
    prints = [pdq_prints(rgb(path)) for path in PICTURES if path.parent.name == "labelme-subset"]
    for left, right in combinations(prints, 2):
        eight = left.hash + left.turned
        nearest = min(distance(eight[at : at + HASH_BYTES], right.hash) for at in range(0, len(eight), HASH_BYTES))
        assert nearest > RADIUS


TURNED = {
    "rotate-90": lambda pixels: np.rot90(pixels, 1),
    "rotate-180": lambda pixels: np.rot90(pixels, 2),
    "rotate-270": lambda pixels: np.rot90(pixels, 3),
    "flip-x": np.flipud,
    "flip-y": np.fliplr,
    "flip-plus": lambda pixels: pixels.swapaxes(0, 1),
    "flip-minus": lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
}


@given(st.integers(0, 2**32 - 1), st.sampled_from(TURNS), st.sampled_from([(257, 257), (257, 383), (601, 321)]))
def test_a_turned_picture_has_the_turned_hash(seed: int, turn: str, size: tuple[int, int]) -> None:
    # Odd sides and odd windows: others PDQ samples a little beside the middle, in the reference too.
    pixels = landscape(seed, *size)
    at = TURNS.index(turn) * HASH_BYTES
    told = pdq_prints(pixels).turned[at : at + HASH_BYTES]
    assert distance(told, pdq_prints(np.ascontiguousarray(TURNED[turn](pixels))).hash) <= 2


def test_published_rotations_are_all_found_by_one_of_the_eight() -> None:
    original = pdq_prints(rgb(shared("conformance", "pdq", "dih", "bridge-1-original.jpg")))
    eight = [original.hash, *(original.turned[at : at + 32] for at in range(0, 7 * 32, 32))]
    found = set()
    for path in sorted(shared("conformance", "pdq", "dih").iterdir()):
        distances = [distance(one, pdq_prints(rgb(path)).hash) for one in eight]
        assert min(distances) <= SAME_MEDIA_AS_PUBLISHED
        found.add(int(np.argmin(distances)))
    assert found == set(range(8))


@given(st.integers(1, 12), st.integers(1, 12))
def test_tiny_pictures_have_a_defined_hash(height: int, width: int) -> None:
    result = pdq_prints(landscape(1, height, width))
    assert len(result.hash) == 32
    assert len(result.turned) == 7 * 32
    if min(height, width) < SMALLEST_SIDE:
        assert result == (bytes(32), 0, bytes(7 * 32))


def test_half_of_the_bits_are_set() -> None:
    result = pdq_prints(landscape(2))
    assert [int.from_bytes(result.hash, "big").bit_count()] == [128]


def test_alpha_is_left_out_and_grey_is_luma() -> None:
    pixels = landscape(3)
    clear = np.dstack([pixels, np.zeros(pixels.shape[:2], np.uint8)])
    assert pdq_prints(clear) == pdq_prints(pixels)
    grey = pixels[:, :, 0]
    assert distance(pdq_prints(grey).hash, pdq_prints(np.dstack([grey] * 3)).hash) <= 2


def test_memory_order_does_not_matter() -> None:
    pixels = landscape(4)
    assert pdq_prints(np.asfortranarray(pixels)) == pdq_prints(pixels)


@pytest.mark.parametrize("shape", [(10,), (10, 10, 2), (10, 10, 3, 1)])
def test_other_arrays_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        pdq_prints(np.zeros(shape, np.uint8))
