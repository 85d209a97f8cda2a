"""The link that like frames make: of two pictures, a picture and a film, or two films."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint import pdq, video
from fanal.engine.fingerprint.prints import IN_THUMBNAIL, cell_at
from fanal.engine.fingerprint.video import INTERVAL
from fanal.engine.match import confidence, explain
from fanal.engine.match.frames.alignment import Segment, proof, shared_segments
from fanal.engine.match.frames.pairs import FramePairs
from fanal.engine.match.frames.table import FrameHits
from fanal.engine.match.link import Link, Span
from fanal.engine.match.orientation import Orientation


def link(hits: FrameHits, usable: int) -> Link | None:
    """Return the link that these like frames make; none where only parts of two collages are alike.

    Pages and screens are cut into parts as collages are, and many carry the same picture: a part proves something where
    it is the whole of another picture, or a frame of a film.

    `usable` is how many frames of enough quality the shorter of two films has; it says nothing of pictures.
    """
    cells = _in_cells(hits.query_times), _in_cells(hits.times)
    hits = hits.kept(~(cells[0] & cells[1]))
    if not len(hits.distances):
        return None
    # Below zero is a thumbnail or a cell of a collage, and a picture has no time at all.
    films = hits.kept((hits.query_times >= 0) & (hits.times >= 0))
    return _films(films, usable) if len(films.distances) else _pictures(hits)


def _pictures(hits: FrameHits) -> Link:
    """Return the link of two pictures, or of a picture and the second of a film nearest to it."""
    in_cells = _in_cells(hits.query_times) | _in_cells(hits.times)
    best = int(np.lexsort((hits.times, hits.query_times, hits.orientations, hits.distances, in_cells))[0])
    distance, orientation = int(hits.distances[best]), Orientation(int(hits.orientations[best]))
    time, query_time = float(hits.times[best]), float(hits.query_times[best])
    segments: tuple[tuple[Span, Span], ...] = ()
    if query_time == IN_THUMBNAIL or time == IN_THUMBNAIL:
        why = explain.explain_thumbnail(
            distance, orientation, here=query_time == IN_THUMBNAIL, there=time == IN_THUMBNAIL
        )
    elif time >= 0:
        why = explain.explain_picture_in_film(distance, orientation, time)
        segments = (((0.0, 0.0), (time, time + INTERVAL)),)
    elif query_time >= 0:
        why = explain.explain_film_of_picture(distance, orientation, query_time)
        segments = (((query_time, query_time + INTERVAL), (0.0, 0.0)),)
    else:
        why = explain.explain_pictures(distance, orientation)
    sure, accepted = confidence.pdq_confidence(distance), confidence.pdq_accepted(distance)
    why = explain.explain_cell(why, here=cell_at(query_time), there=cell_at(time))
    return Link(pdq.TECHNIQUE, sure, accepted, why, distance, orientation, segments)


def _in_cells(times: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(times < IN_THUMBNAIL)


def _films(hits: FrameHits, usable: int) -> Link:
    """Return the link of two films: the orientation in which most frames agree."""
    orientation, segments, pairs = max(_aligned(hits), key=lambda found: (_support(found[1]), -found[0]))
    segments = sorted(segments, key=lambda segment: segment.query)
    distances = [distance for segment in segments for distance in segment.distances]
    first, proved = segments[0], proof(segments, pairs, usable)
    return Link(
        video.TECHNIQUE,
        confidence.film_confidence(distances, proved, usable),
        confidence.film_accepted(proved, usable),
        explain.explain_films(distances, orientation, first.query[0], first.reference[0]),
        round(float(np.median(distances))),
        orientation,
        tuple((segment.query, segment.reference) for segment in segments),
    )


def _aligned(hits: FrameHits) -> Iterator[tuple[Orientation, list[Segment], FramePairs]]:
    for orientation in np.unique(hits.orientations):
        part = hits.kept(hits.orientations == orientation)
        pairs = FramePairs(part.query_times, part.times, part.distances)
        yield Orientation(int(orientation)), shared_segments(pairs, hits.samples), pairs


def _support(segments: Sequence[Segment]) -> int:
    return sum(len(segment.distances) for segment in segments)
