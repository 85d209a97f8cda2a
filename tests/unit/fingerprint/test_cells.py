"""Collages: which pictures are cut apart, which are left whole, and what is told of a cell."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fanal.engine.fingerprint.cells import cells_of
from fanal.engine.fingerprint.image import image_prints
from fanal.engine.fingerprint.prints import IN_THUMBNAIL, Cell, cell_at, in_cell
from fanal.engine.fingerprint.region import Region
from pdq_reference import landscape

WHITE, BLACK = 255, 0


def page(height: int, width: int, colour: int, *pictures: tuple[int, int, np.ndarray]) -> np.ndarray:
    """Return a page of one colour with pictures at (x, y)."""
    pixels = np.full((height, width, 3), colour, np.uint8)
    for x, y, picture in pictures:
        pixels[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return pixels


def nine(colour: int, gutter: int = 6) -> np.ndarray:
    step = 200 + gutter
    places = [(step * column + gutter, step * row + gutter) for row in range(3) for column in range(3)]
    size = 3 * step + gutter
    return page(size, size, colour, *((x, y, landscape(i, 200, 200)) for i, (x, y) in enumerate(places)))


@pytest.mark.parametrize("colour", [WHITE, BLACK, 128])
@pytest.mark.parametrize("gutter", [3, 6, 40])
def test_a_collage_of_nine_is_cut_apart(colour: int, gutter: int) -> None:
    step = 200 + gutter
    expected = [(step * x + gutter, step * y + gutter) for y in range(3) for x in range(3)]
    found = cells_of(nine(colour, gutter))
    assert [cell[:2] for cell in found] == expected
    assert {cell[2:] for cell in found} == {(200, 200)}


def test_cells_need_not_be_equal_nor_fill_their_place() -> None:
    wide, tall, small = landscape(1, 150, 600), landscape(2, 500, 280), landscape(3, 180, 300)
    pixels = page(680, 600, WHITE, (0, 0, wide), (0, 160, tall), (295, 300, small))
    assert cells_of(pixels) == [Region(0, 0, 600, 150), Region(0, 160, 280, 500), Region(295, 300, 300, 180)]


def test_a_grey_collage_is_cut_apart_as_a_coloured_one() -> None:
    pixels = nine(WHITE)
    assert cells_of(pixels[..., 1].copy()) == cells_of(pixels)


def test_what_rings_in_a_compressed_collage_is_no_part_of_its_pictures() -> None:
    step, small = 206, landscape(9, 120, 200)
    pixels = nine(WHITE)
    pixels[step + 6 : step + 206, step + 6 : step + 206] = WHITE
    pixels[step + 46 : step + 166, step + 6 : step + 206] = small
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=30)
    found = np.array(cells_of(np.asarray(Image.open(file))))
    off = np.abs(found - (step + 6, step + 46, 200, 120)).max(axis=1).min()
    assert off <= 2


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_is_no_collage(seed: int) -> None:
    assert cells_of(landscape(seed, 480, 640)) == []


def test_a_border_a_sky_and_a_caption_cut_nothing() -> None:
    framed = page(500, 700, WHITE, (30, 30, landscape(1, 440, 640)))
    sky = landscape(2, 480, 640).astype(float)
    fading = np.linspace(0, 1, 240)[:, None, None]
    sky[:240] = 230 * (1 - fading) + sky[:240] * fading
    captioned = page(460, 640, WHITE, (0, 60, landscape(3, 400, 640)), (40, 10, landscape(4, 40, 560)))
    assert [cells_of(pixels) for pixels in (framed, sky.astype(np.uint8), captioned)] == [[], [], []]


def test_a_collage_has_a_print_of_each_cell_and_of_the_whole() -> None:
    prints = [one for one in image_prints(nine(WHITE)) if one.technique == "pdq/1"]
    assert prints[0].time is None
    cells = [cell_at(one.time) for one in prints[1:]]
    assert cells[4] == Cell(34, 34, 32, 32)
    assert len(set(cells)) == 9
    assert all(len(one.turned) == 7 * 32 for one in prints)


def test_a_cell_that_shows_too_little_has_no_print() -> None:
    flat = np.full((200, 200, 3), 90, np.uint8)
    pixels = page(200, 620, WHITE, (0, 0, landscape(1, 200, 200)), (210, 0, flat), (420, 0, landscape(2, 200, 200)))
    assert len(cells_of(pixels)) == 3
    assert [cell_at(one.time) for one in image_prints(pixels)[1:3]] == [Cell(0, 0, 32, 100), Cell(68, 0, 32, 100)]


@given(st.builds(Cell, st.integers(0, 99), st.integers(0, 99), st.integers(1, 100), st.integers(1, 100)))
def test_the_time_of_a_print_tells_its_cell(cell: Cell) -> None:
    assert cell_at(in_cell(cell)) == cell


@pytest.mark.parametrize("time", [None, 0.0, 12.5, IN_THUMBNAIL])
def test_other_times_tell_no_cell(time: float | None) -> None:
    assert cell_at(time) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 5), (2, 4000, 3), (300, 300, 4)])
def test_small_odd_and_plain_pictures_have_no_cells(shape: tuple[int, ...]) -> None:
    assert cells_of(np.full(shape, 200, np.uint8)) == []
