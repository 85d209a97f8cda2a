"""Local features of a part of a picture that an officer has boxed, looked for closer than in the whole picture."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.features import Features, local_features
from fanal.engine.fingerprint.region import Region

REGION_FEATURES = 1000
_CLOSER = 2.0
"""A box is enlarged so many times: what is small in it may be large in another picture."""
_SMALLEST_SIDE, _LARGEST_SIDE = 160, 1024
_MARGIN = 0.15
"""What lies around a box is looked at too, so that features at its edge see their surroundings; none lies outside."""


def region_features(plane: NDArray[np.uint8], region: Region, budget: int = REGION_FEATURES) -> Features:
    """Return up to `budget` features within a box of a grey picture, uint8[height, width], in the picture's pixels."""
    aside, above = round(region.width * _MARGIN), round(region.height * _MARGIN)
    left, top = max(0, region.x - aside), max(0, region.y - above)
    right, bottom = region.x + region.width + aside, region.y + region.height + above
    part = np.ascontiguousarray(plane[top:bottom, left:right])
    height, width = plane.shape[:2]
    if min(part.shape) == 0:
        return local_features(plane[:1, :1], 0, full_size=(height, width))
    side = min(_LARGEST_SIDE, max(_SMALLEST_SIDE, round(_CLOSER * max(part.shape))))
    found = local_features(part, budget, side)
    places = found.places + np.array([left, top], np.float32)
    x, y = places.T
    inside = (x >= region.x) & (y >= region.y) & (x < region.x + region.width) & (y < region.y + region.height)
    return replace(
        found,
        width=width,
        height=height,
        places=places[inside],
        scales=found.scales[inside],
        directions=found.directions[inside],
        looks=found.looks[inside],
    )
