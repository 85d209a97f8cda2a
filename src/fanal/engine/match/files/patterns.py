"""Pictures of patterns that are seen everywhere: what of a file shows them does not count."""

from collections.abc import Sequence

from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.prints import of_technique
from fanal.engine.match.files.seen import Seen
from fanal.engine.match.link import Link, Spot
from fanal.engine.match.local.comparer import LocalComparer
from fanal.engine.match.ubiquitous import without

Outlines = Sequence[Sequence[Spot]]


class Patterns:
    """Patterns to be found in files, by their local features."""

    def __init__(self, pictures: Sequence[Seen] = ()) -> None:
        self._comparer = LocalComparer()
        self._known: dict[str, Outlines] = {}
        for number, seen in enumerate(pictures):
            self._comparer.put(number, of_technique(seen.prints, TECHNIQUE))

    def left_of(self, link: Link, query: Seen, there: Seen) -> Link:
        """Return what is left of a link of two files without the patterns that either shows."""
        if not len(self._comparer) or not link.points:
            return link
        return without(link, self._in(query), self._in(there))

    def _in(self, seen: Seen) -> Outlines:
        """Return the outlines, in pixels of a file's picture, of the patterns in it."""
        key = f"{seen.place} {seen.corner} {seen.knowledge and (seen.knowledge.width, seen.knowledge.height)}"
        if key not in self._known:
            found = self._comparer.search(of_technique(seen.prints, TECHNIQUE))
            links = [found_one.link for found_one in found if found_one.link.accepted]
            self._known[key] = [one.here for link in links for one in (link, *link.parts) if one.here]
        return self._known[key]
