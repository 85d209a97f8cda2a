"""Compares files with a folder, without any database: what `fanal match` does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from fanal.engine.fingerprint import techniques
from fanal.engine.match import confidence, explain
from fanal.engine.match.files.answers import Answer, Match
from fanal.engine.match.files.seen import Seen
from fanal.engine.match.frames.link import Link, link
from fanal.engine.match.frames.table import FrameIndex, FrameTable, frame_table
from fanal.engine.match.orientation import Orientation, Size, homography


class Folder:
    """The files that queries are compared with, ready to be asked."""

    def __init__(self, files: Sequence[Seen]) -> None:
        self._files = files
        self._by_content: dict[bytes, list[int]] = defaultdict(list)
        for position, seen in enumerate(files):
            if seen.digests is not None:
                self._by_content[seen.digests.sha256].append(position)
        self._index = FrameIndex(frame_table([seen.prints for seen in files]))
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
                    why=str(explain.explain_exact()),
                    distance=0,
                    transform=_transform(query, there, Orientation.SAME),
                )
                yield position, match

    def _like(self, query: Seen, threads: int) -> Iterator[tuple[int, Match]]:
        table = frame_table([query.prints])
        if not len(table.owners):
            return
        for hits in self._index.search(table, threads):
            there = self._files[hits.owner]
            if there.place != query.place:
                yield hits.owner, _match(query, there, link(hits, self._usable_frames(table, hits.owner)))

    def _usable_frames(self, query: FrameTable, owner: int) -> int:
        return int(min(len(query.owners), self._usable[owner]))


def _surest_first(match: Match) -> tuple[float, int, str]:
    return (-match.confidence, match.distance or 0, match.reference)


def _match(query: Seen, there: Seen, found: Link) -> Match:
    return Match(
        there.name,
        found.technique,
        found.confidence,
        found.accepted,
        str(explain.explain_part(found.why) if query.is_part else found.why),
        found.distance,
        None if found.technique == techniques.VIDEO.name else _transform(query, there, found.orientation),
        found.segments,
    )


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
