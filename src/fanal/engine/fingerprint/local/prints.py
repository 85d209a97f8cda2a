"""`local/1`: robust local features of a picture, of a frame of film, or of a part that an officer has marked."""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.colours import colours_at
from fanal.engine.fingerprint.local.features import STORED_SIDE, Features, local_features
from fanal.engine.fingerprint.local.region import REGION_FEATURES, region_features
from fanal.engine.fingerprint.local.stored import CORE_FEATURES, STORED_FEATURES, TECHNIQUE, pack
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.region import Region

FRAME_FEATURES = CORE_FEATURES
"""Of a frame of film: there are many, and most show what others show too."""


def local_print(
    plane: NDArray[np.uint8],
    full_size: tuple[int, int] | None = None,
    *,
    pixels: NDArray[np.uint8] | None = None,
    features: int = STORED_FEATURES,
    side: int = STORED_SIDE,
    time: float | None = None,
) -> Print:
    """Return the print of a grey picture, uint8[height, width]; its quality is its features in per cent of 350.

    `full_size` is (height, width) of the stored picture when `plane` is a reduced decode of it; `pixels` are the same
    in colour, red first; `time` is for frames.
    """
    found = local_features(plane, features, side, full_size)
    return Print(
        TECHNIQUE,
        pack(found, features, colours=_colours(found, pixels)),
        min(100, len(found) * 100 // CORE_FEATURES),
        time,
    )


def region_print(plane: NDArray[np.uint8], region: Region, pixels: NDArray[np.uint8] | None = None) -> Print:
    """Return the print of a part of a grey picture, which must be decoded in full; `pixels` are the same in colour."""
    height, width = plane.shape[:2]
    found = region_features(plane, region)
    box = (
        region.x,
        region.y,
        max(0, min(region.width, width - region.x)),
        max(0, min(region.height, height - region.y)),
    )
    data = pack(found, REGION_FEATURES, box, _colours(found, pixels))
    return Print(TECHNIQUE, data, min(100, len(found) * 100 // CORE_FEATURES))


def _colours(found: Features, pixels: NDArray[np.uint8] | None) -> NDArray[np.int8] | None:
    if pixels is None:
        return None
    return colours_at(pixels, found.places, found.scales, (found.height, found.width))
