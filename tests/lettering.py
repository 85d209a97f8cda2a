"""Pages of text without pictures, and pictures with lettering, for tests of what is read."""

import io

from PIL import Image, ImageDraw

from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.line import Line, Page
from fanal.engine.text.stored import print_of


def line(text: str, top: float = 0.0, confidence: float = 0.98) -> Line:
    """Return a level line."""
    return Line(text, ((10, top), (200, top), (200, top + 20), (10, top + 20)), confidence)


def page(*texts: str, confidence: float = 0.98, time: float | None = None) -> Page:
    """Return a page with these lines below one another."""
    lines = tuple(line(text, 30.0 * number, confidence) for number, text in enumerate(texts))
    return Page(640, 480, lines, time)


def page_print(*texts: str, confidence: float = 0.98) -> Print:
    """Return the print of a page with these lines."""
    return print_of(page(*texts, confidence=confidence))


def sign(*texts: str, size: float = 40.0, turn: int = 0) -> Image.Image:
    """Return a picture of a sign, its lettering in Pillow's own font; `turn` in degrees to the left."""
    picture = Image.new("RGB", (800, 120 + 90 * len(texts)), (225, 220, 200))
    drawing = ImageDraw.Draw(picture)
    for number, text in enumerate(texts):
        drawing.text((60, 60 + 90 * number), text, fill=(30, 40, 80), font_size=size)
    return picture.rotate(turn, expand=True) if turn else picture


def as_file(picture: Image.Image, form: str = "PNG", orientation: int = 1) -> io.BytesIO:
    """Return a picture as an open file, with an Exif orientation where it has one."""
    exif = Image.Exif()
    exif[274] = orientation
    held = io.BytesIO()
    picture.save(held, form, **({"exif": exif} if orientation != 1 else {}))
    held.seek(0)
    return held
