"""Boxes in pictures."""

import numpy as np
import pytest

from fanal.engine.fingerprint.region import Region
from fanal.kit.errors import Invalid


def test_a_region_is_read_and_cut_out() -> None:
    pixels = np.arange(100, dtype=np.uint8).reshape(10, 10)
    assert Region.parse("2,3,2,1").crop(pixels).tolist() == [[32, 33]]
    assert Region.parse("8, 9, 50, 50").crop(pixels).tolist() == [[98, 99]]
    assert Region(10, 0, 5, 5).crop(pixels).size == 0


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,0,5", "0,0,5,-1", "-1,0,5,5", "1.5,0,5,5"])
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Region.parse(text)
