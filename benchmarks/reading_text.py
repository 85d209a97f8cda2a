"""How well text is read that we draw ourselves: by size, contrast, angle and damage; and what reading costs.

python -m benchmarks.reading_text
"""

import io
import time
from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fanal.doors.demo.lettering import face
from fanal.engine.media.reading.read import lines_of
from fanal.engine.text.plain import plain

Pixels = NDArray[np.uint8]
TEXTS = (
    "Boulangerie du Marché",
    "Tel. +33 5 61 65 12 34",
    "www.haute-lisane.fr",
    "Ausfahrt freihalten!",
    "Zakaz parkowania",
    "Serial XK-40719-B2",
)
SIZES = (8, 10, 12, 16, 24, 40)
GROUND = 200


def page(size: int, ink: int = 30) -> Pixels:
    """Return a picture of 1280 × 960 with the texts at a height of capitals of about 0.73 `size` pixels."""
    image = Image.new("RGB", (1280, 960), (GROUND, GROUND, GROUND))
    drawing = ImageDraw.Draw(image)
    for number, text in enumerate(TEXTS):
        drawing.text((150, 120 + 120 * number), text, font=face("sans", size), fill=(ink, ink, ink))
    return np.array(image)


def tilted(pixels: Pixels, degrees: float) -> Pixels:
    """Return the picture as a board seen from the side, turned about its upright axis by so many degrees."""
    height, width = pixels.shape[:2]
    far = 1.6 * width
    turn = np.radians(degrees)
    corners = np.array(
        [[-width / 2, -height / 2], [width / 2, -height / 2], [width / 2, height / 2], [-width / 2, height / 2]]
    )
    depth = far + corners[:, 0] * np.sin(turn)
    seen = np.stack([corners[:, 0] * np.cos(turn), corners[:, 1]], axis=1) * (far / depth)[:, None]
    there = (seen + np.array([width / 2, height / 2])).astype(np.float32)
    here = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(here, there)
    return np.asarray(
        cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(GROUND,) * 3), np.uint8
    )


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Return the picture turned."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.8)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(GROUND,) * 3), np.uint8
    )


def saved(pixels: Pixels, quality: int) -> Pixels:
    """Return the picture after noise and a strong JPEG."""
    noise = np.random.default_rng(0).normal(0, 8, pixels.shape)
    held = io.BytesIO()
    Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(held, "JPEG", quality=quality)
    return np.array(Image.open(held).convert("RGB"))


def blurred(pixels: Pixels) -> Pixels:
    """Return the picture out of focus."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2), np.uint8)


def _after(edit: Callable[[Pixels], Pixels], size: int) -> Pixels:
    return edit(page(size))


def conditions() -> Iterator[tuple[str, Callable[[int], Pixels]]]:
    """Yield names and makers of pictures from a size of letters."""
    yield "plain", page
    for ink, name in ((140, "grey on grey, 1.9 : 1"), (170, "grey on grey, 1.4 : 1"), (186, "grey on grey, 1.15 : 1")):
        yield name, partial(page, ink=ink)
    for degrees in (30, 45, 60):
        yield f"seen at {degrees}° from the side", partial(_after, partial(tilted, degrees=degrees))
    for degrees in (10, 45, 90, 180):
        yield f"turned by {degrees}°, 0.8 ×", partial(_after, partial(turned, degrees=degrees))
    for quality in (40, 15):
        yield f"noise 8, JPEG {quality}", partial(_after, partial(saved, quality=quality))
    yield "blurred, sigma 2", partial(_after, blurred)


def share_read(pixels: Pixels) -> float:
    """Return the share of the texts that are read right, but for case, accents and punctuation."""
    read = {plain(line.text) for line in lines_of(pixels)}
    return sum(plain(text) in read for text in TEXTS) / len(TEXTS)


def main() -> None:
    """Print the table and the cost."""
    lines_of(page(24))
    print("| share of lines read right | " + " | ".join(f"{size} px" for size in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for name, make in conditions():
        print(f"| {name} | " + " | ".join(f"{share_read(make(size)):.0%}" for size in SIZES) + " |", flush=True)
    for name, pixels in (("no text", np.full((960, 1280, 3), GROUND, np.uint8)), ("six lines", page(24))):
        spent = []
        for _ in range(5):
            before = time.process_time()
            lines_of(pixels)
            spent.append(time.process_time() - before)
        print(f"{name}: {np.median(spent):.2f} s of processor time")


if __name__ == "__main__":
    main()
