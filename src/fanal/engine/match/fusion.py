"""One verdict on a pair from all techniques that speak of it.

Techniques look at the same pixels, so they are wrong together more often than independent witnesses would be: their
confidences are not multiplied. The surest decides, and one more that speaks for itself halves what doubt is left. That
one camera made both says nothing of what they show: it leads only where nothing else speaks, and makes nothing surer.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from fanal.engine.fingerprint import video
from fanal.engine.fingerprint.local import stored
from fanal.engine.match.link import Link
from fanal.engine.match.stretches import joined
from fanal.engine.match.techniques import OWN

_SUREST = 0.9999
_SIGHT = frozenset({video.TECHNIQUE, stored.TECHNIQUE})
"""Techniques that see the same stretches of film: what one misses of a stretch, the other may have."""

_OF_SOURCE = {technique.name for technique in OWN if not technique.shows_same}
_ORDER = {technique.name: place for place, technique in enumerate(OWN)}


class Fused(NamedTuple):
    """What all techniques together say of a pair."""

    links: tuple[Link, ...]
    """The surest first; what is accepted stands before what is not."""
    confidence: float
    accepted: bool

    @property
    def best(self) -> Link:
        """The link that leads."""
        return self.links[0]


def fuse(links: Iterable[Link]) -> Fused:
    """Return the verdict on one pair from its links, of which there is at least one."""
    ranked = tuple(sorted(links, key=lambda one: (not one.accepted, *precedence(one.technique, one.confidence))))
    best = ranked[0]
    confidence = best.confidence
    others = {one.technique for one in ranked[1:] if one.accepted} - {best.technique} - _OF_SOURCE
    if best.accepted and confidence < _SUREST:
        confidence = min(_SUREST, 1 - (1 - confidence) / 2 ** len(others))
    seen = [one.segments for one in ranked if one.accepted and one.technique in _SIGHT]
    if best.technique in _SIGHT and len(seen) > 1:
        ranked = (replace(best, segments=joined(seen)), *ranked[1:])
    return Fused(ranked, round(confidence, 4), best.accepted)


def precedence(technique: str, confidence: float) -> tuple[bool, float, tuple[int, str]]:
    """Return what sorts findings of one pair: what shows the same before what has one source, the surest first."""
    return technique in _OF_SOURCE, -confidence, _place(technique)


def _place(technique: str) -> tuple[int, str]:
    """Of techniques that are equally sure, those that are easier to explain lead; added ones come last."""
    return _ORDER.get(technique, len(_ORDER)), technique
