"""Local features: what is found, and its stored form."""

import numpy as np
import pytest

from fanal.engine.fingerprint.local.features import local_features
from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.local.region import region_features
from fanal.engine.fingerprint.local.stored import LOW_TEXTURE, STORED_FEATURES, TECHNIQUE, pack, unpack
from fanal.engine.fingerprint.local.words import (
    SIGNATURE_BITS,
    WORDS,
    mirrored,
    mirrored_signatures,
    mirrored_words,
    nearest_words,
    projection,
    recalled,
    signatures,
    words,
)
from fanal.engine.fingerprint.region import Region
from leaves import leaves


def test_a_stored_print_has_a_bounded_size() -> None:
    stored = local_print(leaves(1))
    assert stored.technique == TECHNIQUE
    assert len(unpack(stored.data)) == STORED_FEATURES
    assert len(stored.data) <= 36_864


def test_the_same_picture_has_the_same_print() -> None:
    assert local_print(leaves(2)).data == local_print(leaves(2)).data


def test_what_is_stored_is_what_was_found() -> None:
    found = local_features(leaves(3, 1000, 700), STORED_FEATURES)
    stored = unpack(pack(found))
    assert (stored.width, stored.height) == (1000, 700)
    assert np.abs(stored.places - found.places).max() < 0.3
    assert np.abs(np.log2(stored.scales / found.scales)).max() < 0.04
    turned = np.abs(np.angle(np.exp(1j * (stored.directions - found.directions))))
    assert turned.max() < 0.02
    assert (stored.signatures == signatures(found.looks)).all()
    assert (stored.words == nearest_words(found.looks, 1)[:, 0]).all()


def test_features_lie_within_the_picture_and_have_length_one() -> None:
    found = local_features(leaves(4, 300, 500), 1200)
    assert len(found) > 300
    assert found.places.min() >= 0
    assert (found.places < [300, 500]).all()
    assert np.allclose(np.linalg.norm(found.looks, axis=1), 1, atol=0.01)


def test_features_of_a_reduced_decode_are_in_pixels_of_the_stored_picture() -> None:
    picture = leaves(5, 600, 400)
    whole, reduced = local_features(picture, 100), local_features(picture, 100, full_size=(1600, 2400))
    assert (reduced.width, reduced.height) == (2400, 1600)
    assert np.allclose(reduced.places + 0.5, (whole.places + 0.5) * 4, atol=0.01)
    assert np.allclose(reduced.scales, whole.scales * 4, rtol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (9, 9), (2000, 10)])
def test_a_picture_of_nothing_says_so(shape: tuple[int, int]) -> None:
    stored = unpack(local_print(np.full(shape, 77, np.uint8)).data)
    assert len(stored) < LOW_TEXTURE
    assert stored.low_texture


def test_the_mirrored_picture_has_the_mirrored_descriptors() -> None:
    picture = leaves(6)
    flipped = np.ascontiguousarray(picture[:, ::-1])
    here, there = local_features(picture, 200, side=640), local_features(flipped, 200, side=640)
    alike = mirrored(here.looks) @ there.looks.T
    partner = alike.argmax(axis=1)
    same = np.abs(640 - 1 - here.places[:, 0] - there.places[partner, 0]) < 1.5
    assert same.mean() > 0.8
    assert np.allclose(mirrored(mirrored(here.looks)), here.looks)


def test_a_box_has_features_within_it_only_and_more_than_the_whole_shows_there() -> None:
    picture, box = leaves(7, 1200, 900), Region(300, 200, 240, 180)
    near, far = region_features(picture, box), local_features(picture, STORED_FEATURES)
    x, y = near.places.T
    assert x.min() >= 300
    assert y.min() >= 200
    assert x.max() < 540
    assert y.max() < 380
    x, y = far.places.T
    assert len(near) > 3 * ((x >= 300) & (x < 540) & (y >= 200) & (y < 380)).sum()
    assert not len(region_features(picture, Region(5000, 0, 10, 10)))


def test_the_basis_of_signatures_is_orthogonal_and_exact() -> None:
    basis = projection().astype(np.float64)
    assert np.abs(basis @ basis.T - np.eye(SIGNATURE_BITS)).max() < 1e-6
    whole = basis * 64 * np.sqrt(2)
    assert np.abs(whole - np.round(whole)).max() < 1e-5


def test_words_and_signatures_of_the_mirror_image_follow_from_themselves() -> None:
    looks = local_features(leaves(8), 300).looks
    mirror = mirrored(looks)
    assert (mirrored_words(nearest_words(looks, 1)) == nearest_words(mirror, 1)).all()
    # A difference of exactly nothing is the one thing that cannot turn round.
    apart = np.bitwise_count(mirrored_signatures(signatures(looks)) ^ signatures(mirror)).sum()
    assert apart <= len(looks) * SIGNATURE_BITS / 500


def test_what_is_recalled_of_a_descriptor_is_near_it() -> None:
    looks = local_features(leaves(9), 300).looks
    found = recalled(nearest_words(looks, 1)[:, 0], signatures(looks))
    likeness = (found * looks).sum(axis=1) / np.linalg.norm(found, axis=1)
    assert likeness.mean() > 0.9
    assert (
        np.mean(
            [first in near for first, near in zip(nearest_words(looks, 2)[:, 1], nearest_words(found, 8), strict=True)]
        )
        > 0.7
    )


def test_words_are_the_nearest_centres() -> None:
    looks = local_features(leaves(8), 50).looks
    halves = words().halves
    far = [((looks[:, None, i * 64 : i * 64 + 64] - halves[i]) ** 2).sum(axis=2) for i in (0, 1)]
    total = (far[0][:, :, None] + far[1][:, None, :]).reshape(len(looks), WORDS)
    near = nearest_words(looks, 8)
    assert (near[:, 0] == total.argmin(axis=1)).all()
    kept = np.take_along_axis(total, near, axis=1)
    assert (np.diff(kept, axis=1) >= -1e-6).all()
    assert np.allclose(kept[:, :2], np.sort(total, axis=1)[:, :2], atol=1e-5)


@pytest.mark.parametrize("data", [b"", b"1234567", bytes(8 + 22), bytes(8 + 24)])
def test_other_bytes_are_no_print(data: bytes) -> None:
    with pytest.raises(ValueError, match="not the stored form"):
        unpack(data)
