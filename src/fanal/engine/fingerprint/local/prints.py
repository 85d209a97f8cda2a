"""`local/1`: robust local features. What is stored of a picture, and what a picture is looked up by.

The stored print has few features in a small form; a query has more, found closer, in full. The comparison is not
symmetric: a stored collage shows less of each of its parts than the collage shows as a query.
"""

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.features import STORED_SIDE, Features, local_features
from fanal.engine.fingerprint.local.stored import STORED_FEATURES, TECHNIQUE, pack
from fanal.engine.fingerprint.prints import Print

QUERY_FEATURES = 1200
QUERY_SIDE = 896
DENSE_FEATURES = 1200
DENSE_SIDE = 1024
"""For stores that are searched for objects in the background and may hold 27 kB a picture."""


def local_print(
    plane: NDArray[np.uint8],
    full_size: tuple[int, int] | None = None,
    *,
    features: int = STORED_FEATURES,
    side: int = STORED_SIDE,
) -> Print:
    """Return the stored print of a grey picture, uint8[height, width]; its quality is its number of features / 3.5.

    `full_size` is (height, width) of the stored picture when `plane` is a reduced decode of it.
    """
    found = local_features(plane, features, side, full_size)
    return Print(TECHNIQUE, pack(found, features), quality=min(100, len(found) * 100 // STORED_FEATURES))


def query_features(plane: NDArray[np.uint8], full_size: tuple[int, int] | None = None) -> Features:
    """Return what a grey picture is looked up by: more features than are stored, in full."""
    return local_features(plane, QUERY_FEATURES, QUERY_SIDE, full_size)
