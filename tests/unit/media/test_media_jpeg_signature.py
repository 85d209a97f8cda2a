"""How a JPEG is coded: the quality of standard tables, and tables that are a camera's own."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fanal.engine.media import jpeg
from fanal.engine.media.jpeg_signature import Signature, signature_of
from hostile.wellformed import scene

OWN = [list(range(1, 65)), list(range(3, 67))]


def coded(mode: str = "RGB", seed: int = 0, **options: object) -> Signature:
    pixels = Image.fromarray(scene(shift=seed)).convert(mode)
    out = io.BytesIO()
    pixels.save(out, "JPEG", **options)
    found = jpeg.read_head(out.getvalue()).signature
    assert found is not None
    return found


@pytest.mark.parametrize("quality", [10, 35, 50, 75, 83, 92, 100])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_quality_of_standard_tables_is_read_back(quality: int, mode: str) -> None:
    found = coded(mode, quality=quality)
    assert (found.quality, found.standard) == (quality, True)


def test_tables_of_ones_own_are_rare_and_near_some_quality() -> None:
    found = coded(qtables=OWN)
    assert not found.standard
    assert 1 <= found.quality <= 100


def test_sampling_and_huffman_tables_are_told() -> None:
    assert [coded(subsampling=n).subsampling for n in (0, 1, 2)] == ["4:4:4", "4:2:2", "4:2:0"]
    assert coded("L").subsampling == "grey"
    assert coded().default_huffman
    assert coded("L").default_huffman
    assert not coded(optimize=True).default_huffman


def test_the_name_is_that_of_the_coding_not_of_the_picture() -> None:
    assert coded(qtables=OWN).name == coded(qtables=OWN, seed=40).name
    others = [coded(qtables=OWN, subsampling=0), coded(qtables=OWN, optimize=True), coded(qtables=OWN[::-1]), coded()]
    assert len({coded(qtables=OWN).name, *(other.name for other in others)}) == 5


@settings(deadline=None)
@given(st.binary(max_size=700), st.binary(max_size=300), st.lists(st.integers(0, 255), max_size=6))
def test_any_tables_are_read_without_a_fault(quantisation: bytes, huffman: bytes, factors: list[int]) -> None:
    found = signature_of(b"\0" + quantisation, huffman, factors, [0xDB, 0xC4])
    assert found is None or (1 <= found.quality <= 100 and len(found.name) == 16)


def test_deep_tables_are_read() -> None:
    table = b"\x10" + np.arange(1, 65, dtype=">u2").tobytes()
    assert signature_of(table, b"", [0x11], []) is not None
