"""Compares files with a folder, without any database: what `fanal match` does."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from fanal.engine.fingerprint import digest, pdq, video
from fanal.engine.fingerprint.prints import Print, of_technique
from fanal.engine.match import confidence, explain
from fanal.engine.match.comparer import BridgingComparer, Comparer, Found
from fanal.engine.match.files.answers import Answer, Match, match_of
from fanal.engine.match.files.patterns import Patterns
from fanal.engine.match.files.seen import Seen
from fanal.engine.match.fusion import fuse
from fanal.engine.match.link import Link
from fanal.engine.match.orientation import Orientation, Size, homography
from fanal.engine.match.structure import CAUTION, too_plain
from fanal.engine.match.techniques import added, comparers, techniques

logger = logging.getLogger(__name__)


class Folder:
    """The files that queries are compared with, ready to be asked."""

    def __init__(self, files: Sequence[Seen], patterns: Sequence[Seen] = ()) -> None:
        """Hold the files, and pictures of patterns that are seen everywhere and do not count."""
        self._files = files
        self._patterns = Patterns(patterns)
        self._by_content: dict[bytes, list[int]] = defaultdict(list)
        for position, seen in enumerate(files):
            if seen.digests is not None:
                self._by_content[seen.digests.sha256].append(position)
        self._comparers = {technique: make() for technique, make in comparers(techniques()).items()}
        for technique, comparer in list(self._comparers.items()):
            with self._guarded(technique):
                for position, seen in enumerate(files):
                    prints = of_technique(seen.prints, technique)
                    if prints:
                        comparer.put(position, prints)

    def ask(self, query: Seen, threads: int = 1) -> Answer:
        """Return what is linked to a query, surest first, one match for each file; never the query itself."""
        links: dict[int, list[Link]] = defaultdict(list)
        for position, link in (*self._exact(query), *self._like(query, threads)):
            if self._files[position].place != query.place:
                links[position].append(link)
        matches = [self._match(query, position, found) for position, found in links.items()]
        caution = CAUTION if too_plain(query.prints) else ""
        return Answer(query.name, tuple(sorted(matches, key=_surest_first)), query.fault, caution)

    def _exact(self, query: Seen) -> Iterator[tuple[int, Link]]:
        for position in self._by_content.get(query.digests.sha256, ()) if query.digests else ():
            why = explain.explain_exact()
            yield position, Link(digest.TECHNIQUE, confidence.EXACT, accepted=True, why=why, distance=0)

    def _like(self, query: Seen, threads: int) -> Iterator[tuple[int, Link]]:
        for technique, comparer in list(self._comparers.items()):
            prints = of_technique(query.prints, technique)
            if prints:
                found: list[tuple[int, Link]] = []
                with self._guarded(technique):
                    found += self._asked(comparer, query, prints, threads)
                yield from found

    def _asked(self, comparer: Comparer, query: Seen, prints: Sequence[Print], threads: int) -> Iterator[Found]:
        if not query.is_part or not isinstance(comparer, BridgingComparer):
            return comparer.search(prints, threads)
        others = {position for position, seen in enumerate(self._files) if seen.place != query.place}
        return comparer.search_through(prints, others.__contains__, threads)

    @contextmanager
    def _guarded(self, technique: str) -> Iterator[None]:
        """Say what an added technique raises, and go on without it: it must not cost what the others find."""
        try:
            yield
        except Exception as fault:
            if technique not in {one.name for one in added()}:
                raise
            del self._comparers[technique]
            logger.warning("%s is left out: it failed while comparing: %s: %s", technique, type(fault).__name__, fault)

    def _match(self, query: Seen, position: int, links: list[Link]) -> Match:
        there = self._files[position]
        placed = [_placed(self._patterns.left_of(link, query, there), query, there) for link in links]
        return match_of(there.name, fuse(placed))


def _surest_first(match: Match) -> tuple[float, int, str]:
    return (-match.confidence, match.distance or 0, match.reference)


def _placed(link: Link, query: Seen, there: Seen) -> Link:
    """Return a link with what only the files tell: how the whole of one lies in the other, and that it is a part."""
    if query.is_part and link.technique in {pdq.TECHNIQUE, video.TECHNIQUE}:
        link = replace(link, why=explain.explain_part(link.why))
    # How a thumbnail lies in another picture says nothing of the pixels beside it, and a cell's place is told.
    if link.why.kind in explain.OF_THUMBNAILS or link.why.cell or link.why.cell_there or link.transform is not None:
        return link
    if link.technique not in {digest.TECHNIQUE, pdq.TECHNIQUE}:
        return link
    return replace(link, transform=_transform(query, there, link.orientation))


def _transform(query: Seen, there: Seen, orientation: Orientation) -> tuple[float, ...] | None:
    """Return the homography between two pictures whose sizes are known."""
    size, there_size = _size(query), _size(there)
    if size is None or there_size is None:
        return None
    from_corner = np.array([[1, 0, -query.corner[0]], [0, 1, -query.corner[1]], [0, 0, 1]], float)
    matrix = homography(orientation, size, there_size) @ from_corner
    return tuple(round(float(value), 6) for value in matrix.ravel())


def _size(seen: Seen) -> Size | None:
    known = seen.knowledge
    return (known.width, known.height) if known and known.width and known.height else None
