"""A film's own planes lead to the same luma as its picture."""

import numpy as np
import pytest

from fanal.engine.fingerprint.luma import FilmColour, Matrix, film_luma

RGB = np.random.default_rng(7).uniform(0, 255, (3, 64, 64))
LUMA = np.tensordot([0.299, 0.587, 0.114], RGB, 1)


@pytest.mark.parametrize("matrix", Matrix)
@pytest.mark.parametrize("full", [False, True])
def test_planes_of_every_standard_give_the_luma_of_the_picture(matrix: Matrix, full: bool) -> None:
    red, blue = matrix.value
    own = np.tensordot([red, 1 - red - blue, blue], RGB, 1)
    to_blue, to_red = (RGB[2] - own) / (2 - 2 * blue), (RGB[0] - own) / (2 - 2 * red)
    low, span, chroma = (0, 255, 255) if full else (16, 219, 224)
    planes = [own * span / 255 + low, to_blue * chroma / 255 + 128, to_red * chroma / 255 + 128]
    luma, cb, cr = (plane.astype(np.float32) for plane in planes)
    np.testing.assert_allclose(film_luma(luma, (cb, cr), FilmColour(matrix, full)), LUMA, atol=1e-3)


def test_grey_films_need_no_chroma() -> None:
    black, white = np.float32(16), np.float32(235)
    plane = np.array([[black, white]], np.float32)
    np.testing.assert_allclose(film_luma(plane, None, FilmColour(Matrix.BT709)), [[0, 255]], atol=1e-4)
