"""The loop over a spectrogram that picks its peaks, compiled. Imported late: only who hears sounds pays for it.

The signature is given, so that importing this module leaves nothing to compile, as in `fingerprint/kernel.py`.
"""

from typing import Any, cast

import numpy as np
from numba import types
from numpy.typing import NDArray

from fanal.engine.compiled import inlined, kernel
from fanal.engine.fingerprint.sound.picking import Picking

_LEVELS = types.Array(types.float32, 2, "C", readonly=True)
_SIGNATURE = types.Array(types.float32, 2, "C")(
    _LEVELS, _LEVELS, types.int64, types.int64, types.int64, types.int64, types.float64, types.float64
)


def _is_highest(levels: Any, t: int, f: int, across: int, along: int) -> bool:
    """Tell whether nothing near is louder; of equal ones the first in time, then the lowest, counts as higher."""
    level = levels[t, f]
    for u in range(max(0, t - across), min(len(levels), t + across + 1)):
        for g in range(f - along, f + along + 1):
            other = levels[u, g]
            if other > level or (other == level and (u < t or (u == t and g < f))):
                return False
    return True


def _between(levels: Any, t: int, f: int) -> float:
    """Return where the top of the parabola through a bin and its neighbours is, in bins."""
    left, level, right = levels[t, f - 1], levels[t, f], levels[t, f + 1]
    bend = left - 2 * level + right
    return f + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def _thinned(found: Any, span: int, most: int) -> Any:
    """Return the peaks that have fewer than `most` stronger ones within `span` frames; of equals, the first."""
    kept = np.empty(found.shape, np.float32)
    total, first = 0, 0
    for i in range(len(found)):
        while found[first, 0] < found[i, 0] - span:
            first += 1
        stronger, j = 0, first
        while j < len(found) and found[j, 0] <= found[i, 0] + span and stronger < most:
            stronger += found[j, 2] > found[i, 2] or (found[j, 2] == found[i, 2] and j < i)
            j += 1
        if stronger < most:
            kept[total] = found[i]
            total += 1
    return kept[:total].copy()


def _pick(
    levels: Any, surround: Any, across: int, along: int, span: int, most: int, salience: float, floor: float
) -> Any:
    frames, bins = levels.shape
    found = np.empty((1024, 3), np.float32)
    count = 0
    for t in range(frames):
        for f in range(along, bins - along):
            level = levels[t, f]
            if level < floor or level - surround[t, f] < salience or not highest(levels, t, f, across, along):
                continue
            if count == len(found):
                larger = np.empty((2 * count, 3), np.float32)
                larger[:count] = found
                found = larger
            found[count, 0], found[count, 1], found[count, 2] = t, between(levels, t, f), level - surround[t, f]
            count += 1
    return thinned(found[:count], span, most)


highest: Any = inlined(_is_highest)
between: Any = inlined(_between)
thinned: Any = inlined(_thinned)
_pick_compiled: Any = kernel(_SIGNATURE)(_pick)


def pick(levels: NDArray[np.float32], surround: NDArray[np.float32], picking: Picking) -> NDArray[np.float32]:
    """Return float32[n, 3]: frame, bin (with its fraction) and salience of each peak, in order. Releases the GIL.

    `levels` [frames, bins] are logarithms to base 2 of the power; `surround` is their mean in the neighbourhood.
    In any `span` frames there are at most `most` peaks, wherever the sound begins: a peak stays if fewer than `most`
    stronger ones lie within `span` frames of it.
    """
    return cast("NDArray[np.float32]", _pick_compiled(levels, surround, *picking))
