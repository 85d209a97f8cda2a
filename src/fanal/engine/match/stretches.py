"""Stretches of time that several techniques found of one pair of films, put together."""

from collections.abc import Iterable

from fanal.engine.match.link import Span

Stretch = tuple[Span, Span]
"""Seconds of the query, and of the other."""

_GAP = 1.0
_OFF = 1.0
"""Seconds by which two techniques may differ about where a stretch lies in the other film."""


def joined(found: Iterable[Iterable[Stretch]]) -> tuple[Stretch, ...]:
    """Return the stretches of all, in order: those that overlap and lie alike in the other film become one."""
    whole: list[Stretch] = []
    for stretch in sorted(stretch for some in found for stretch in some):
        at = next((place for place, other in enumerate(whole) if _continues(other, stretch)), None)
        if at is None:
            whole.append(stretch)
        else:
            whole[at] = _hull(whole[at], stretch)
    return tuple(whole)


def _continues(before: Stretch, after: Stretch) -> bool:
    (here, there), (next_here, next_there) = before, after
    pace = (there[1] - there[0]) / (here[1] - here[0]) if here[1] > here[0] else 1.0
    expected = there[0] + pace * (next_here[0] - here[0])
    return next_here[0] <= here[1] + _GAP and abs(next_there[0] - expected) <= _OFF


def _hull(one: Stretch, other: Stretch) -> Stretch:
    (here, there), (other_here, other_there) = one, other
    return (
        (min(here[0], other_here[0]), max(here[1], other_here[1])),
        (min(there[0], other_there[0]), max(there[1], other_there[1])),
    )
