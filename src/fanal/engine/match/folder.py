"""Compares files with a folder, without any database: what `fanal match` does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from fanal.engine.fingerprint import techniques
from fanal.engine.match import confidence, explain
from fanal.engine.match.answers import Answer, Match
from fanal.engine.match.film import FramePairs, Segment, shared_segments
from fanal.engine.match.frames import FrameHits, FrameIndex, FrameTable, frame_table
from fanal.engine.match.orientation import Orientation, Size, homography
from fanal.engine.match.seen import Seen

_INTERVAL = 1.0


class Folder:
    """The files that queries are compared with, ready to be asked."""

    def __init__(self, files: Sequence[Seen]) -> None:
        self._files = files
        self._by_content: dict[bytes, list[int]] = defaultdict(list)
        for position, seen in enumerate(files):
            if seen.digests is not None:
                self._by_content[seen.digests.sha256].append(position)
        self._index = FrameIndex(frame_table(files))
        self._usable = np.bincount(self._index.table.owners, minlength=len(files))

    def ask(self, query: Seen, threads: int = 1) -> Answer:
        """Return what is linked to a query, surest first, one match for each file; never the query itself."""
        exact = list(self._exact(query))
        known = {position for position, _ in exact}
        resembling = [(position, match) for position, match in self._like(query, threads) if position not in known]
        matches = sorted((match for _, match in exact + resembling), key=_surest_first)
        return Answer(query.name, tuple(matches), query.fault)

    def _exact(self, query: Seen) -> Iterator[tuple[int, Match]]:
        for position in self._by_content.get(query.digests.sha256, ()) if query.digests else ():
            there = self._files[position]
            if there.place != query.place:
                match = Match(
                    there.name,
                    techniques.EXACT.name,
                    confidence.EXACT,
                    accepted=True,
                    why=explain.explain_exact(),
                    distance=0,
                    transform=_transform(query, there, Orientation.SAME),
                )
                yield position, match

    def _like(self, query: Seen, threads: int) -> Iterator[tuple[int, Match]]:
        table = frame_table([query])
        if not len(table.owners):
            return
        for hits in self._index.search(table, threads):
            there = self._files[hits.owner]
            if there.place == query.place:
                continue
            films = hits.kept(~np.isnan(hits.query_times) & ~np.isnan(hits.times))
            if len(films.distances):
                yield hits.owner, _films(there, films, self._usable_frames(table, hits.owner))
            else:
                yield hits.owner, _pictures(query, there, hits)

    def _usable_frames(self, query: FrameTable, owner: int) -> int:
        return int(min(len(query.owners), self._usable[owner]))


def _surest_first(match: Match) -> tuple[float, int, str]:
    return (-match.confidence, match.distance or 0, match.reference)


def _pictures(query: Seen, there: Seen, hits: FrameHits) -> Match:
    """Return the match of two pictures, or of a picture and the second of a film nearest to it."""
    best = int(np.lexsort((hits.times, hits.query_times, hits.orientations, hits.distances))[0])
    distance, orientation = int(hits.distances[best]), Orientation(int(hits.orientations[best]))
    time, query_time = float(hits.times[best]), float(hits.query_times[best])
    segments: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    if not np.isnan(time):
        why = explain.explain_picture_in_film(distance, orientation, time)
        segments = (((0.0, 0.0), (time, time + _INTERVAL)),)
    elif not np.isnan(query_time):
        why = explain.explain_film_of_picture(distance, orientation, query_time)
        segments = (((query_time, query_time + _INTERVAL), (0.0, 0.0)),)
    else:
        why = explain.explain_pictures(distance, orientation)
    return Match(
        there.name,
        techniques.PDQ.name,
        confidence.pdq_confidence(distance),
        confidence.pdq_accepted(distance),
        why,
        distance,
        _transform(query, there, orientation),
        segments,
    )


def _films(there: Seen, hits: FrameHits, usable: int) -> Match:
    """Return the match of two films: the orientation in which most frames agree."""
    orientation, segments = max(_aligned(hits), key=lambda found: (_support(found[1]), -found[0]))
    segments = sorted(segments, key=lambda segment: segment.query)
    distances = [distance for segment in segments for distance in segment.distances]
    first = segments[0]
    return Match(
        there.name,
        techniques.VIDEO.name,
        confidence.film_confidence(distances, usable),
        confidence.film_accepted(_support(segments), usable),
        explain.explain_films(distances, orientation, first.query[0], first.reference[0]),
        round(float(np.median(distances))),
        segments=tuple((segment.query, segment.reference) for segment in segments),
    )


def _aligned(hits: FrameHits) -> Iterator[tuple[Orientation, list[Segment]]]:
    for orientation in np.unique(hits.orientations):
        part = hits.kept(hits.orientations == orientation)
        yield Orientation(int(orientation)), shared_segments(FramePairs(part.query_times, part.times, part.distances))


def _support(segments: Sequence[Segment]) -> int:
    return sum(len(segment.distances) for segment in segments)


def _transform(query: Seen, there: Seen, orientation: Orientation) -> tuple[float, ...] | None:
    """Return the homography between two pictures whose sizes are known."""
    sizes = [
        (seen.knowledge.width, seen.knowledge.height) if seen.knowledge else (None, None) for seen in (query, there)
    ]
    (width, height), (there_width, there_height) = sizes
    if not (width and height and there_width and there_height):
        return None
    matrix = homography(orientation, (width, height), (there_width, there_height))
    return tuple(round(float(value), 6) for value in matrix.ravel())


def _size(seen: Seen) -> Size | None:
    known = seen.knowledge
    return (known.width, known.height) if known and known.width and known.height else None
