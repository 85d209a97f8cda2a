"""Prints of a still picture."""

from fanal.engine.fingerprint.pdq import TECHNIQUE, pdq_prints
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sampling import Plane


def image_prints(pixels: Plane, full_size: tuple[int, int] | None = None) -> tuple[Print, ...]:
    """Return all prints of a picture as it is stored: an orientation that EXIF asks for is not applied.

    That is what makes hashes exchangeable with others; the search covers all eight orientations anyway.
    `pixels` and `full_size` are as for `fanal.engine.fingerprint.pdq.pdq_prints`.
    """
    pdq = pdq_prints(pixels, full_size)
    return (Print(TECHNIQUE, pdq.hash, quality=pdq.quality, turned=pdq.turned),)
