"""Makes sure of what was found by what else was found: a scene that shows the thing asks again, with its own features.

Three scenes show one thing; the first and the third are too far apart in light and angle, the second lies between them.
What asks again is only what lies among the points that were matched, so that the room around the thing leads nowhere.
There is one step and no more; it makes sure of what was found at first hand with too little evidence, and at the same
place, and finds nothing that was not.
"""

from dataclasses import replace

import cv2
import numpy as np

from fanal.engine.fingerprint.local.stored import Box, LocalPrint
from fanal.engine.match.local.confidence import needed_evidence
from fanal.engine.match.local.geometry import apply
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import LocalMatch, corners

MOST_BRIDGES = 6
"""So many of the surest may lead to others."""
_DEARER = 1.2
"""How much more evidence is asked for at second hand."""
_GROWN = 1.15
_FEWEST_FEATURES = 6
_OF_ITS_OWN = 2 / 3
"""Share of what is asked for that a match must have of its own: what has none is never linked through another."""
_ASTRAY = 0.3
"""How far the corners may lie apart on the two ways, as a share of the thing's size."""


def asked_again(index: LocalIndex, match: LocalMatch) -> LocalPrint | None:
    """Return the features that a picture has of the thing that was matched in it; None where these are too few."""
    hull = cv2.convexHull(match.there)[:, 0].astype(np.float64)
    middle = hull.mean(axis=0)
    hull = middle + (hull - middle) * _GROWN
    rows = index.features_of(match.picture)
    geometry = index.geometry[rows]
    before, after = np.roll(hull, 1, axis=0), hull
    along, aside = after - before, geometry[:, None, :2] - before
    inside = (along[:, 0] * aside[..., 1] - along[:, 1] * aside[..., 0] >= 0).all(axis=1)
    if np.count_nonzero(inside) < _FEWEST_FEATURES:
        return None
    width, height = index.frames[match.picture].tolist()
    left, top = np.clip(np.floor(hull.min(axis=0)), 0, (width - 1, height - 1)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(hull.max(axis=0)), (left + 1, top + 1), (width, height)).astype(int).tolist()
    kept = geometry[inside]
    return LocalPrint(
        width,
        height,
        (left, top, right - left, bottom - top),
        kept[:, :2],
        kept[:, 2],
        kept[:, 3],
        index.words_of(match.picture)[inside],
        index.marks_of(match.picture)[inside],
        index.tints[rows][inside],
    )


def vouched(direct: LocalMatch, first: LocalMatch, second: LocalMatch, box: Box) -> LocalMatch | None:
    """Return a match that was not sure by itself as one that a third picture vouches for; None where it does not.

    `first` leads from the query to the third picture, `second` from there to the picture in question. Both must be
    sure, the match must have something to say for itself, and the box must come to lie in one place on both ways.
    """
    together = min(first.evidence or 0.0, second.evidence or 0.0) / _DEARER
    needed = needed_evidence(direct.among)
    if together < needed or (direct.evidence or 0.0) < _OF_ITS_OWN * needed:
        return None
    ways = direct.outline_there(*box), apply(second.transform @ first.transform, corners(*box))
    size = float(np.ptp(ways[0], axis=0).max())
    if not np.isfinite(ways[1]).all() or np.abs(ways[0] - ways[1]).max() > _ASTRAY * size:
        return None
    return replace(direct, evidence=together)
