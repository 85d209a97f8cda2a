"""Whether each matched feature has the colour of its own partner, rather than that of another matched one.

What is one thing in two lights differs by about the same at all of its features, as colours are logarithms of ratios.
So what they differ by in common is taken off, and nothing is concluded from it; then each is compared with all that
were matched. A thing of one colour, a grey picture and a cast over all of it say nothing; one of several colours does.
"""

import math
from typing import Any

import numpy as np
from numba import types

from fanal.engine.compiled import READ_I64_ROWS, inlined, kernel
from fanal.engine.fingerprint.local.colours import STEP, UNKNOWN

_TINTS = types.Array(types.int8, 2, "C", readonly=True)
_ALIKE = 0.06 / STEP
"""Steps by which one spot differs from itself, once the light is taken off."""
_LIGHT = 0.2 / STEP
"""Steps by which the light of two pictures differs."""
_ASTRAY = 0.02
"""Share of matched features whose colour tells nothing: something lies over them, or they glint."""
_MOST_POINTS = 40
_LEAST, _MOST = -3.0, 12.0
"""What colour may take from the evidence and add to it, a logarithm of odds."""


@inlined
def _near(x: float, y: float) -> float:
    """Return how likely such a difference is, in units of what one spot differs by; few differ by very much."""
    return 1 / (1 + (x * x + y * y) / 2) ** 2


@inlined
def _between(here: Any, there: Any, partner: Any, chosen: Any, count: int) -> Any:
    """Return float64[count, 2]: by how much the others differ, which each is expected to differ by too."""
    apart, weight = np.empty((count, 2)), np.empty(count)
    for t in range(count):
        for c in range(2):
            apart[t, c] = (here[chosen[t], c] - there[partner[chosen[t]], c]) / _ALIKE
    x, y = np.median(apart[:, 0]), np.median(apart[:, 1])
    sums = np.zeros(3)
    for t in range(count):
        weight[t] = 1 / (1 + ((apart[t, 0] - x) ** 2 + (apart[t, 1] - y) ** 2) / 4.5)
        sums += weight[t] * np.array([apart[t, 0], apart[t, 1], 1.0])
    for t in range(count):
        rest = sums[2] - weight[t] + (_ALIKE / _LIGHT) ** 2
        for c in range(2):
            apart[t, c] = (sums[c] - weight[t] * apart[t, c]) / rest
    return apart


@inlined
def _proved(here: Any, there: Any, partner: Any, chosen: Any, count: int) -> float:
    count = min(count, _MOST_POINTS)
    if count == 0 or here[chosen[0], 0] == UNKNOWN or there[partner[chosen[0]], 0] == UNKNOWN:
        return 0.0
    light = _between(here, there, partner, chosen, count)
    total = 0.0
    for t in range(count):
        x, y = here[chosen[t], 0] / _ALIKE - light[t, 0], here[chosen[t], 1] / _ALIKE - light[t, 1]
        own, others = 0.0, 0.0
        for s in range(count):
            j = partner[chosen[s]]
            near = _near(x - there[j, 0] / _ALIKE, y - there[j, 1] / _ALIKE)
            others += near / count
            if s == t:
                own = near
        total += math.log((1 - _ASTRAY) * own + _ASTRAY * others) - math.log((1 - _ASTRAY) * others + _ASTRAY * own)
    return total


@inlined
def tinted(here: Any, there: Any, partner: Any, chosen: Any, count: int) -> float:
    """Return what the colours of the chosen features, the most telling first, and of their partners add to evidence."""
    return min(_MOST, max(_LEAST, _proved(here, there, partner, chosen, count)))


@kernel(types.float64(_TINTS, _TINTS, READ_I64_ROWS))
def tinted_pairs(here: Any, there: Any, pairs: Any) -> float:
    """Return what the colours of matched features prove, of many of an even choice.

    `here` and `there` are int8[n, 2], the colours of two pictures; `pairs` int64[k, 2] numbers of what was matched.
    """
    every = max(1, (pairs.shape[0] + _MOST_POINTS - 1) // _MOST_POINTS)
    count = (pairs.shape[0] + every - 1) // every
    partner, chosen = np.empty(here.shape[0], np.int64), np.empty(count, np.int64)
    for t in range(count):
        chosen[t] = pairs[t * every, 0]
        partner[chosen[t]] = pairs[t * every, 1]
    return _proved(here, there, partner, chosen, count)
