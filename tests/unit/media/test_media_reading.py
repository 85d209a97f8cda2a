"""Text is read in pictures and films, whichever way it runs, and its corners lie in the stored pixels."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.reading import models
from fanal.engine.media.reading.models import TextUnread
from fanal.engine.media.reading.read import read
from fanal.engine.sandbox.policy import Policy
from fanal.engine.sandbox.reading import reading_sandbox
from fanal.engine.text.line import Line
from fanal.engine.text.stored import pages_of
from hostile.wellformed import whole_files
from lettering import as_file, sign

WORDS = "Port Lanterne 0471"
Placed = Callable[[float, float, float, float], tuple[float, float]]
STORED: dict[int, tuple[Image.Transpose, Placed]] = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, lambda x, y, width, height: (width - x, y)),
    3: (Image.Transpose.ROTATE_180, lambda x, y, width, height: (width - x, height - y)),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, lambda x, y, width, height: (x, height - y)),
    5: (Image.Transpose.TRANSPOSE, lambda x, y, width, height: (y, x)),
    6: (Image.Transpose.ROTATE_90, lambda x, y, width, height: (y, width - x)),
    7: (Image.Transpose.TRANSVERSE, lambda x, y, width, height: (height - y, width - x)),
    8: (Image.Transpose.ROTATE_270, lambda x, y, width, height: (height - y, x)),
}
"""How a picture is stored that an Exif orientation makes upright, and where its pixels lie then."""


def lines_in(file: io.BytesIO) -> list[Line]:
    """Return all lines read in a file."""
    return [line for page in pages_of(read(file, "x").prints) for line in page.lines]


def test_lines_of_a_sign_are_read_in_their_order() -> None:
    lines = lines_in(as_file(sign(WORDS, "+33 5 61 65 12 34", "www.lanterne.fr")))
    assert [line.text for line in lines] == [WORDS, "+33 5 61 65 12 34", "www.lanterne.fr"]
    assert all(line.confidence > 0.9 for line in lines)
    (left, top), _, (right, bottom), _ = lines[0].corners
    assert (left, top) == pytest.approx((60, 62), abs=14)
    assert right > left + 300
    assert bottom == pytest.approx(104, abs=14)


@pytest.mark.parametrize(("turn", "direction"), [(90, -90), (180, 180), (270, 90), (20, -20)])
def test_a_line_is_read_whichever_way_it_runs(turn: int, direction: int) -> None:
    (line,) = lines_in(as_file(sign(WORDS, turn=turn)))
    assert line.text == WORDS
    assert line.direction == pytest.approx(direction, abs=3)


@pytest.mark.parametrize("orientation", STORED)
def test_corners_lie_in_the_stored_pixels_whatever_the_exif_orientation(orientation: int) -> None:
    stand, placed = STORED[orientation]
    upright = sign(WORDS)
    (line,) = lines_in(as_file(upright.transpose(stand), "JPEG", orientation))
    (plain,) = lines_in(as_file(upright, "JPEG"))
    assert line.text == plain.text == WORDS
    for spot, (x, y) in zip(line.corners, plain.corners, strict=True):
        assert spot == pytest.approx(placed(x, y, *upright.size), abs=6)


def test_a_picture_without_text_has_no_print() -> None:
    assert read(as_file(sign()), "x").prints == ()


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0 broken", b"GIF89a"], ids=["jpeg", "gif"])
def test_what_is_broken_is_refused(data: bytes) -> None:
    with pytest.raises(MediaRefused):
        read(io.BytesIO(data), "x")


def test_what_shows_nothing_has_no_print() -> None:
    for name in ("sound.wav", "x"):
        assert read(io.BytesIO(b"hello"), name).prints == ()


def test_every_kind_is_read_behind_the_wall_as_before_it() -> None:
    files = {name: data for name, data in whole_files().items() if name.startswith(("still", "film"))}
    shown = as_file(sign(WORDS, "keeper@lighthouse.example.org")).getvalue()
    with reading_sandbox(Policy.CONFINED) as box:
        assert box.describe().holds
        within = box.examine(shown, "x")
        assert within == read(io.BytesIO(shown), "x")
        assert [line.text for line in pages_of(within.prints)[0].lines] == [WORDS, "keeper@lighthouse.example.org"]
        for data in files.values():
            assert box.examine(data, "x") == read(io.BytesIO(data), "x")
        with pytest.raises(MediaRefused):
            box.examine(b"\xff\xd8\xff\xe0 broken", "x")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert models.folder() is None
    with pytest.raises(TextUnread) as unread:
        reading_sandbox(Policy.CONFINED)
    assert "fanal[ocr]" in unread.value.hint
