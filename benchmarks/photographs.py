"""Photographs of the open evaluation set, at the sizes that cameras make."""

import os
import random
from io import BytesIO
from pathlib import Path

from PIL import Image

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).resolve().parents[2] / "shared")
ORIGINALS = SHARED / "eval" / "base" / "orig"


def photographs(count: int, megapixels: float, seed: int) -> list[bytes]:
    """Return `count` photographs of about this size, as JPEG."""
    dice = random.Random(seed)
    made = []
    for path in dice.sample(sorted(ORIGINALS.iterdir()), count):
        with Image.open(path) as opened:
            factor = (megapixels * 1e6 / (opened.width * opened.height)) ** 0.5
            shape = (round(opened.width * factor), round(opened.height * factor))
            picture = opened.convert("RGB").resize(shape, Image.Resampling.BICUBIC)
        out = BytesIO()
        picture.save(out, "JPEG", quality=dice.choice([75, 85, 92]))
        made.append(out.getvalue())
    return made
