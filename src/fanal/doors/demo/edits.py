"""What happens to pictures on their way around the world: crops, captions, mirrors, colours, frames."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

from fanal.doors.demo.lettering import write
from fanal.doors.demo.plan import Edit
from fanal.doors.demo.surfaces import Pixels


def apply(picture: Pixels, edits: tuple[Edit, ...]) -> Pixels:
    """Return `picture` after all `edits`, in order."""
    for edit in edits:
        picture = np.ascontiguousarray(_KINDS[edit.kind](picture, edit))
    return picture


def _resize(picture: Pixels, edit: Edit) -> Pixels:
    """`amount` times as many pixels a side."""
    return np.asarray(cv2.resize(picture, None, fx=edit.amount, fy=edit.amount, interpolation=cv2.INTER_AREA), np.uint8)


def _recompress(picture: Pixels, edit: Edit) -> Pixels:
    """Once through JPEG of quality `amount`."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(edit.amount)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]


def _mirror(picture: Pixels, _edit: Edit) -> Pixels:
    return picture[:, ::-1]


def _quarter(picture: Pixels, edit: Edit) -> Pixels:
    """`amount` quarter turns."""
    return np.rot90(picture, int(edit.amount))


def _tilt(picture: Pixels, edit: Edit) -> Pixels:
    """Turned by `amount` degrees, with white corners as scanners leave them."""
    rows, columns = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), edit.amount, 1.0)
    return np.asarray(
        cv2.warpAffine(picture, turn, (columns, rows), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8
    )


def _crop(picture: Pixels, edit: Edit) -> Pixels:
    """`amount` of each side cut away, a little more at the right."""
    rows, columns = picture.shape[:2]
    x, y = int(columns * edit.amount / 2), int(rows * edit.amount / 2)
    return picture[y : rows - y, x : columns - int(x * 1.4)]


def _caption(picture: Pixels, edit: Edit) -> Pixels:
    """A line of text over the lower edge."""
    image = Image.fromarray(np.ascontiguousarray(picture))
    wide, high = image.size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, high * 0.88, wide, high), fill=(20, 22, 26))
    write(draw, (wide / 2, high * 0.94), edit.text, high * 0.055, (244, 242, 236), "bold", wide * 0.92)
    return np.array(image)


def _warm(picture: Pixels, edit: Edit) -> Pixels:
    """Warmer (positive) or colder colours, with more contrast."""
    shifted = picture.astype(np.float32) * np.array([1 + edit.amount, 1, 1 - edit.amount], np.float32)
    return np.asarray(np.clip((shifted - 118) * 1.12 + 122, 0, 255), np.uint8)


def _grey(picture: Pixels, _edit: Edit) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _viewer(picture: Pixels, _edit: Edit) -> Pixels:
    """A screenshot of a picture viewer showing it."""
    rows, columns = picture.shape[:2]
    screen = np.full((int(rows * 1.3), int(columns * 1.25), 3), (38, 40, 44), np.uint8)
    top, left = int(rows * 0.14), int(columns * 0.16)
    screen[top : top + rows, left : min(left + columns, screen.shape[1])] = picture[:, : screen.shape[1] - left]
    bar = int(rows * 0.07)
    screen[:bar] = (58, 62, 68)
    screen[:, : int(columns * 0.1)] = (48, 50, 55)
    for index, colour in enumerate(((228, 96, 84), (236, 190, 80), (110, 190, 110))):
        cv2.circle(screen, (bar // 2 + index * bar, bar // 2), bar // 4, colour, -1, cv2.LINE_AA)
    for index in range(6):
        y = top + index * rows // 6
        screen[y : y + rows // 9, columns // 60 : int(columns * 0.085)] = (70, 74, 80)
    return screen


_KINDS: dict[str, Callable[[Pixels, Edit], Pixels]] = {
    "resize": _resize,
    "recompress": _recompress,
    "mirror": _mirror,
    "quarter": _quarter,
    "tilt": _tilt,
    "crop": _crop,
    "caption": _caption,
    "warm": _warm,
    "grey": _grey,
    "viewer": _viewer,
}
