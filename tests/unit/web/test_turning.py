"""Whatever was done to a picture, and however cameras say it lies: turned to match, it lies like the other."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from fanal.casework.evidence.models import Content
from fanal.doors.web.turning import css_matrix, turn_between
from fanal.engine.match.orientation import Orientation
from fanal.engine.media.examine import examine
from world import picture

DONE = {
    Orientation.SAME: None,
    Orientation.LEFT: Image.Transpose.ROTATE_90,
    Orientation.HALF: Image.Transpose.ROTATE_180,
    Orientation.RIGHT: Image.Transpose.ROTATE_270,
    Orientation.UPSIDE_DOWN: Image.Transpose.FLIP_TOP_BOTTOM,
    Orientation.MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Orientation.MAIN_DIAGONAL: Image.Transpose.TRANSPOSE,
    Orientation.OTHER_DIAGONAL: Image.Transpose.TRANSVERSE,
}
EXIF_ORIENTATION = 0x0112
STORED = picture(7, (96, 64))


def turned(orientation: Orientation) -> Image.Image:
    """Return the stored picture with this done to it."""
    done = DONE[orientation]
    return STORED.copy() if done is None else STORED.transpose(done)


def previewed(stored: Image.Image, exif_orientation: int) -> tuple[Content, Image.Image]:
    """Return what is known of a file with these pixels, and its preview as the wall makes it."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = exif_orientation
    file = io.BytesIO()
    stored.save(file, "PNG", exif=exif)
    file.seek(0)
    found = examine(file, "picture.png")
    content = Content(family=found.family, media_type=found.media_type, facts=dict(found.facts))
    return content, Image.open(io.BytesIO(found.previews[-1].image)).convert("RGB")


def laid_over(shown: Image.Image, matrix: str) -> Image.Image:
    """Do to a picture what a browser does with a matrix of CSS about the picture's middle."""
    if not matrix:
        return shown
    found = re.fullmatch(r"matrix\((-?\d), (-?\d), (-?\d), (-?\d), 0, 0\)", matrix)
    assert found
    a, b, c, d = (int(value) for value in found.groups())
    forward = np.array([[a, c], [b, d]])
    size = np.abs(forward) @ shown.size
    back = np.linalg.inv(forward)
    shift = np.array(shown.size) / 2 - back @ (size / 2)
    rows = np.column_stack([back, shift]).ravel().tolist()
    return shown.transform((int(size[0]), int(size[1])), Image.Transform.AFFINE, rows, Image.Resampling.NEAREST)


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("exif", range(1, 9))
def test_turned_to_match_it_lies_like_the_other(orientation: Orientation, exif: int) -> None:
    first, first_shown = previewed(STORED, 1 + exif % 8)
    second, second_shown = previewed(turned(orientation), exif)
    matrix = css_matrix(turn_between(orientation, first, second).T)
    matched = laid_over(second_shown, matrix)
    assert matched.size == first_shown.size
    apart = np.abs(np.asarray(matched, float) - np.asarray(first_shown, float)).mean()
    assert apart < 6, "the previews differ by more than their compression"


def test_a_film_that_is_shown_turned_is_turned_back() -> None:
    still = Content(family="image", media_type="image/png", facts={})
    film = Content(family="video", media_type="video/mp4", facts={"rotation": 90})
    assert css_matrix(turn_between(Orientation.SAME, still, film).T) == "matrix(0, 1, -1, 0, 0, 0)"


@pytest.mark.parametrize("content", [{"media_type": "image/heif"}, {"media_type": "image/gif", "duration": 2.0}])
def test_what_is_previewed_as_it_was_fingerprinted_is_left_alone(content: dict[str, object]) -> None:
    plain = Content(family="image", media_type="image/png", facts={})
    other = Content(family="image", facts={"orientation": 6}, **content)
    assert css_matrix(turn_between(Orientation.SAME, plain, other)) == ""
