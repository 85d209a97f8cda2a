"""The same picture has the same print on every machine and in every year: prints as they were when version 1 was made.

A change here is a change of technique: give it another version instead of other golden values.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.colours import colours_at
from fanal.engine.fingerprint.local.features import local_features
from fanal.engine.fingerprint.local.words import nearest_words, signatures
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


def test_local_features() -> None:
    """To the bit: whole numbers, or fractions in one order, whatever vectors a processor has."""
    found = local_features(tiles(480, 640).mean(axis=2).astype(np.uint8), 200, side=320)
    looks = np.rint(found.looks * 512).astype(np.uint8)
    assert np.array_equal(looks, found.looks * 512)
    held: list[NDArray[Any]] = [
        found.places,
        found.scales,
        found.directions,
        looks,
        signatures(found.looks),
        nearest_words(found.looks, 1),
    ]
    assert hashlib.sha256(b"".join(each.tobytes() for each in held)).hexdigest() == GOLDEN["local"]


def test_colours_at_features() -> None:
    x, y = np.meshgrid(np.arange(5, 640, 30), np.arange(5, 480, 30))
    places = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    found = colours_at(
        tiles(480, 640), places, (1 + np.arange(len(places)) % 9).astype(np.float32) * np.float32(1.25), (480, 640)
    )
    assert found is not None
    assert hashlib.sha256(found.tobytes()).hexdigest() == GOLDEN["colours"]


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
