"""PDQ, the published perceptual hash of pictures, from a luma plane.

Source: Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019, and its reference
implementation. A picture is blurred and sampled to 64 × 64, its 16 × 16 lowest frequencies but the constant ones are
compared with their median: 256 bits. The hash of every rotation and mirror follows from the same frequencies.
"""

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.luma import mix_of
from fanal.engine.fingerprint.sampling import SAMPLES, Plane, axis_weights

TECHNIQUE = "pdq/1"
QUALITY_GATE = 50
"""Below it a hash is kept but takes no part in matching: a flat picture's bits are decided by noise."""
RADIUS = 31
"""Bits that two hashes of the same picture may differ by, as published."""
MIN_REDUCED_SIDE = 256
"""The shorter side of a reduced decode must have at least this many pixels, see `pdq_prints`."""
SMALLEST_SIDE = 5
"""As published: a smaller picture has the hash of zeros, of quality 0."""
HASH_BYTES = 32

TURNS = ("rotate-90", "rotate-180", "rotate-270", "flip-x", "flip-y", "flip-plus", "flip-minus")
"""The order of the seven other orientations in `PdqResult.turned`, that of the reference implementation."""

_FREQUENCIES = 16


class PdqResult(NamedTuple):
    """The PDQ of one picture in all eight orientations."""

    hash: bytes
    """32 bytes, most significant bit first: `hash.hex()` is what others publish."""
    quality: int
    """0 to 100."""
    turned: bytes
    """7 × 32 bytes in the order of `TURNS`."""


def _cosines() -> NDArray[np.float64]:
    frequency = np.arange(1, _FREQUENCIES + 1)[:, None]
    position = 2 * np.arange(SAMPLES)[None, :] + 1
    return np.asarray(np.sqrt(2.0 / SAMPLES) * np.cos(np.pi / (2 * SAMPLES) * frequency * position))


def _signs() -> NDArray[np.float64]:
    """Return [7, 16, 16]: what a turn does to the sign of each frequency, before the transposition."""
    rows = np.where(np.arange(_FREQUENCIES) % 2, 1.0, -1.0)[:, None] * np.ones((1, _FREQUENCIES))
    both = -rows * -rows.T
    plain = np.ones((_FREQUENCIES, _FREQUENCIES))
    return np.stack([rows.T, both, rows, rows, rows.T, plain, both])


_COSINES = _cosines()
_SIGNS = _signs()
_TRANSPOSED = [0, 2, 5, 6]
_STRAIGHT = [1, 3, 4]


def pdq_prints(pixels: Plane, full_size: tuple[int, int] | None = None) -> PdqResult:
    """Return the PDQ of a picture; identical to the reference's on the same values at quality 50 or more.

    `pixels` is a luma plane [height, width] or [height, width, 3] of red, green, blue (or 4: the last is left out, as
    the reference does with alpha), values 0 to 255, best as uint8 and C-contiguous.
    `full_size` is (height, width) of the stored picture when `pixels` is a reduced decode of it (1/2, 1/4 or 1/8 as
    JPEG decoders give it). Reduce only as far as both sides of `pixels` keep `MIN_REDUCED_SIDE` pixels or more; then
    the hash is within 10 bits of that of the full decode.
    A picture with a side under 5 pixels has quality 0 and a hash of zeros. Raises ValueError for other shapes.
    """
    if min(full_size or pixels.shape[:2]) < SMALLEST_SIDE:
        return PdqResult(bytes(HASH_BYTES), 0, bytes(HASH_BYTES * len(TURNS)))
    return prints_of_grid(shrink(pixels, full_size))


def shrink(pixels: Plane, full_size: tuple[int, int] | None = None) -> NDArray[np.float32]:
    """Return float32[64, 64]: PDQ's blurred samples of a picture, the part before the frequencies.

    It is linear, so planes of a film may be shrunk one by one (chroma with its own, smaller plane and the picture's
    `full_size`) and combined afterwards. Raises ValueError for arrays that are no picture.
    """
    from fanal.engine.fingerprint import kernel  # late: loading the compiler takes half a second

    mix = mix_of(pixels)
    rows = axis_weights((full_size or pixels.shape)[0], pixels.shape[0])
    columns = axis_weights((full_size or pixels.shape)[1], pixels.shape[1])
    flat = cast("Plane", np.ascontiguousarray(pixels).reshape(pixels.shape[0], -1))
    return kernel.grid(flat, mix, rows, columns)


def prints_of_grid(grid: NDArray[np.float32]) -> PdqResult:
    """Return the PDQ of float32[64, 64] samples of luma."""
    spectrum = _COSINES @ grid.astype(np.float64) @ _COSINES.T
    turned = _SIGNS * spectrum
    turned[_TRANSPOSED] = turned[_TRANSPOSED].transpose(0, 2, 1)
    eight = np.concatenate([spectrum[None], turned]).reshape(8, -1).astype(np.float32)
    # The published median of the 256 is the lower of the two in the middle.
    medians = np.partition(eight, 127, axis=1)[:, 127:128]
    # Published hashes are written from the highest frequency to the lowest.
    packed = np.packbits((eight > medians)[:, ::-1], axis=1).tobytes()
    return PdqResult(packed[:HASH_BYTES], _quality(grid), packed[HASH_BYTES:])


def _quality(grid: NDArray[np.float32]) -> int:
    """Return 0 to 100: how much of the 64 × 64 samples is edges that count, as published."""
    steps = 0
    for axis in (0, 1):
        percent = np.diff(grid, axis=axis) * np.float32(100) / np.float32(255)
        steps += int(np.abs(percent.astype(np.int64)).sum())
    return min(steps // 90, 100)
