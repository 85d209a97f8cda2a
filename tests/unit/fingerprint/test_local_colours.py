"""The colour at each feature: what is read, what is stored, and what is not known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.colours import STEP, UNKNOWN, colours_at
from fanal.engine.fingerprint.local.prints import local_print, region_print
from fanal.engine.fingerprint.local.stored import STORED_FEATURES, unpack
from fanal.engine.fingerprint.region import Region
from leaves import leaves

HEAD = 24


def _coloured(seed: int) -> NDArray[np.uint8]:
    return np.dstack([leaves(seed), leaves(seed + 100), leaves(seed + 200)])


def _steps(red: int, green: int, blue: int) -> list[float]:
    light = np.log(np.array([red, green, blue]) + 16)
    return [float(light[0] - light[1]) / STEP, float(light[2] - (light[0] + light[1]) / 2) / STEP]


def test_a_colour_is_that_of_the_pixels_about_a_feature_also_in_a_reduced_decode() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, :100], pixels[:, 100:] = (200, 40, 90), (30, 60, 220)
    places, scales = np.array([[50, 50], [150, 50], [199, 0]], np.float32), np.full(3, 10, np.float32)
    found = colours_at(pixels, places, scales, (100, 200))
    assert found is not None
    assert np.abs(found[0] - _steps(200, 40, 90)).max() <= 0.5
    assert np.abs(found[1:] - np.array(_steps(30, 60, 220))).max() <= 0.5
    larger = colours_at(pixels, places * 4, scales * 4, (400, 800))
    assert larger is not None
    assert (larger == found).all()


def test_a_grey_or_brown_picture_has_no_colours() -> None:
    grey = leaves(1)
    brown = (np.dstack([grey] * 3) * np.array([1, 0.8, 0.6])).astype(np.uint8)
    plain = local_print(grey).data
    assert local_print(grey, pixels=grey).data == plain
    assert local_print(grey, pixels=np.dstack([grey] * 3)).data == plain
    assert unpack(local_print(brown[..., 1], pixels=np.dstack([brown[..., 1]] * 3)).data).colours is None
    assert (unpack(plain).tints == UNKNOWN).all()


def test_a_print_with_colours_is_an_earlier_one_and_two_bytes_a_feature() -> None:
    pixels = _coloured(2)
    plane = leaves(2)
    earlier, now = local_print(plane).data, local_print(plane, pixels=pixels).data
    assert len(now) <= HEAD + 25 * STORED_FEATURES
    before, after = unpack(earlier), unpack(now)
    assert after.colours is not None
    assert after.colours.shape == (len(before), 2)
    assert now[4 : len(earlier)] == earlier[4:]
    assert (after.width, after.box, after.is_part) == (before.width, before.box, False)
    assert (after.mirrored.tints == after.colours).all()
    with pytest.raises(ValueError, match="not the stored form"):
        unpack(now[:-1])


def test_a_box_has_the_colours_that_lie_in_it() -> None:
    pixels = _coloured(3)
    found = unpack(region_print(leaves(3), Region(100, 80, 200, 160), pixels).data)
    assert found.colours is not None
    where = np.round(found.places).astype(int)
    small = found.scales < 2
    said = np.array([_steps(*pixels[y, x].tolist()) for x, y in where[small]])
    assert np.corrcoef(found.colours[small, 0], said[:, 0])[0, 1] > 0.8
