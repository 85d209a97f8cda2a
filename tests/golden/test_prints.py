"""The same picture has the same print on every machine and in every year: prints as they were when version 1 was made.

A change here is a change of technique: give it another version instead of other golden values.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.pdq import PdqResult, pdq_prints
from pdq_reference import rgb
from shared import shared

GOLDEN = json.loads((Path(__file__).parent / "prints.json").read_text())


def tiles(height: int, width: int) -> NDArray[np.uint8]:
    """Return a picture made by whole numbers alone, alike wherever it is made."""
    x, y = np.meshgrid(np.arange(width) * 61 // width, np.arange(height) * 47 // height)
    red, green, blue = (x * 37 + y * 59 + x * y * 11), (x * x * 3 + y * 91), (y * y * 5 + x * 17 + 40)
    return np.dstack([red % 256, green % 199, blue % 256]).astype(np.uint8)


def told(result: PdqResult) -> dict[str, object]:
    return {"hash": result.hash.hex(), "quality": result.quality, "turned": result.turned.hex()}


@pytest.mark.parametrize("size", GOLDEN["tiles"])
def test_invented_pictures(size: str) -> None:
    height, width = map(int, size.split("x"))
    assert told(pdq_prints(tiles(height, width))) == GOLDEN["tiles"][size]


@pytest.mark.parametrize("name", GOLDEN["lossless"])
def test_lossless_pictures(name: str) -> None:
    assert told(pdq_prints(rgb(shared("conformance", "pdq", "modes", name)))) == GOLDEN["lossless"][name]


@pytest.mark.parametrize("shrunk", GOLDEN["reduced"])
def test_reduced_decodes(shrunk: str) -> None:
    height, width, divisor = map(int, shrunk.split("x"))
    pixels = tiles(height, width)[::divisor, ::divisor]
    assert told(pdq_prints(pixels, (height, width))) == GOLDEN["reduced"][shrunk]
