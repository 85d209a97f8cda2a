"""Like frames of some contents and all others: searched one by one, and told with few questions to the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from fanal.casework.prints.models import Print
from fanal.engine.fingerprint.pdq import HASH_BYTES, QUALITY_GATE, RADIUS, TECHNIQUE
from fanal.engine.fingerprint.prints import Print as FoundPrint
from fanal.engine.match.frames.table import ORIENTATIONS, STILL, FrameHits
from fanal.kit.portions import portions

if TYPE_CHECKING:
    from fanal.casework.prints.live import LiveIndex

HITS_AT_ONCE = 20_000
"""So many are asked for at once: a picture that lies there 10,000 times is not held together with others like it."""


class LikeFrames(NamedTuple):
    """What is like the frames of one content."""

    content: int
    hits: list[FrameHits]
    """One for each other content that has any; `owner` is its id."""
    usable: Mapping[int, int]
    """How many frames of these contents, and of others, are good enough to take part."""


class _Searched(NamedTuple):
    content: int
    times: NDArray[np.float64]
    """Of the frames that were asked for."""
    rows: NDArray[np.int64]
    """Of each hit: eight a frame, one for each orientation."""
    feeds: NDArray[np.int64]
    distances: NDArray[np.int64]


def like_frames(index: "LiveIndex", asked: Mapping[int, Sequence[FoundPrint]]) -> Iterator[LikeFrames]:
    """Yield each content, given with its own prints, in order, with what is like its frames as of the last refresh.

    Every frame is asked for in its eight orientations.
    """
    searched = (_searched(index, content, prints) for content, prints in asked.items())
    for portion in portions(searched, lambda one: len(one.feeds), HITS_AT_ONCE):
        yield from _told(portion)


def usable_frames(contents: Iterable[int]) -> dict[int, int]:
    """Return how many frames of each content are good enough to take part in matching."""
    prints = Print.objects.filter(content__in=list(contents), technique=TECHNIQUE, quality__gte=QUALITY_GATE)
    return dict(prints.values_list("content").annotate(frames=Count("feed")).order_by())


def _searched(index: "LiveIndex", content: int, prints: Sequence[FoundPrint]) -> _Searched:
    asked = [one for one in prints if (one.quality or 0) >= QUALITY_GATE]
    times = np.array([_seconds(one.time) for one in asked])
    if not asked:
        nothing = np.empty(0, np.int64)
        return _Searched(content, times, nothing, nothing, nothing)
    packed = b"".join(one.data + one.turned for one in asked)
    lims, feeds, distances = index.search(np.frombuffer(packed, np.uint8).reshape(-1, HASH_BYTES), RADIUS)
    return _Searched(content, times, np.repeat(np.arange(len(asked) * ORIENTATIONS), np.diff(lims)), feeds, distances)


def _told(portion: Sequence[_Searched]) -> Iterator[LikeFrames]:
    known = _known({feed for one in portion for feed in one.feeds.tolist()})
    usable = usable_frames({owner for owner, _ in known.values()}) if known else {}
    for one in portion:
        yield LikeFrames(one.content, list(_hits(one, known)), usable)


def _known(feeds: Iterable[int]) -> dict[int, tuple[int, float]]:
    """Return the content and the time of each print that is still there."""
    wanted = set(feeds)
    if not wanted:
        return {}
    rows = Print.objects.filter(feed__in=wanted).values_list("feed", "content_id", "time")
    return {feed: (content, _seconds(time)) for feed, content, time in rows}


def _hits(one: _Searched, known: Mapping[int, tuple[int, float]]) -> Iterator[FrameHits]:
    found = [known.get(feed, (0, STILL)) for feed in one.feeds.tolist()]
    owners, times = np.array([owner for owner, _ in found], np.int64), np.array([time for _, time in found])
    for owner in np.unique(owners[(owners != one.content) & (owners > 0)]).tolist():
        of_it = owners == owner
        rows = one.rows[of_it]
        asked_at = one.times[rows // ORIENTATIONS]
        yield FrameHits(owner, asked_at, rows % ORIENTATIONS, times[of_it], one.distances[of_it])


def _seconds(time: float | None) -> float:
    return STILL if time is None else time
