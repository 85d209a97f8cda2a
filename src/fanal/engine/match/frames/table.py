"""The prints of many files as one table that can be searched: each row a picture, or one second of a film."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint import pdq
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.frames.alignment import Samples

ORIENTATIONS = 1 + len(pdq.TURNS)
STILL = np.nan
"""The time of a picture."""


class FrameTable(NamedTuple):
    """Rows of prints that may take part in matching."""

    owners: NDArray[np.int64]
    """[n] position of the file in the list that the table was made from."""
    times: NDArray[np.float64]
    """[n] seconds; `STILL` for pictures."""
    hashes: NDArray[np.uint8]
    """[n, 8, 32] in the order of `Orientation`."""


class FrameHits(NamedTuple):
    """Like frames of one query and one file of the reference, all arrays of one length."""

    owner: int
    query_times: NDArray[np.float64]
    orientations: NDArray[np.int64]
    times: NDArray[np.float64]
    distances: NDArray[np.int64]
    samples: Samples = Samples()
    """When the two films were looked at at all, where that is known."""

    def kept(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> "FrameHits":
        """Return those that a mask, or positions, pick out."""
        return FrameHits(
            self.owner,
            self.query_times[mask],
            self.orientations[mask],
            self.times[mask],
            self.distances[mask],
            self.samples,
        )


def frame_table(files: Sequence[Iterable[Print]]) -> FrameTable:
    """Return the rows of files, given by their prints; those under the quality gate are left out."""
    owners: list[int] = []
    times: list[float] = []
    hashes: list[bytes] = []
    for owner, prints in enumerate(files):
        for found in prints:
            if found.technique == pdq.TECHNIQUE and (found.quality or 0) >= pdq.QUALITY_GATE:
                owners.append(owner)
                times.append(STILL if found.time is None else found.time)
                hashes.append(found.data + found.turned)
    packed = np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, ORIENTATIONS, pdq.HASH_BYTES)
    return FrameTable(np.array(owners, np.int64), np.array(times), packed)
