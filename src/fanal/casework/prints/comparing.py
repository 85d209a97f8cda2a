"""Live comparers: one a technique and process, fed by the rows, and nothing but a function of them."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from fanal.casework.prints import feed
from fanal.casework.prints.feed import Position
from fanal.casework.prints.models import Print
from fanal.core.access.database.binary import ask_in_binary
from fanal.engine.fingerprint.prints import Print as FoundPrint
from fanal.engine.match.comparer import Comparer, Found
from fanal.kit.portions import some_at_once

logger = logging.getLogger(__name__)

CONTENTS_AT_ONCE = 200
PRINTS = """
SELECT content_id, technique, data, quality, time, turned FROM prints_print
 WHERE content_id = ANY(%s::bigint[]) AND technique = ANY(%s::text[])
 ORDER BY feed
"""


class LiveComparer:
    """All prints of one technique, by content.

    `refresh` takes in what was committed since the last time, so whoever refreshes and then searches finds all that was
    committed before, and nothing that was removed before. Threads may search while another refreshes.
    """

    def __init__(self, technique: str, make: Callable[[], Comparer]) -> None:
        self.technique = technique
        self._make = make
        self._lock = threading.Lock()
        self._comparer = make()
        self._at: Position | None = None
        self._contents: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._comparer)

    def refresh(self) -> int:
        """Take in what was committed since the last time; return how many contents were looked at anew."""
        with self._lock:
            head = feed.head(self.technique)
            before = self._at
            if before is None or before.generation != head.generation:
                # What was removed up to now is in no row that will be read from now on.
                self._comparer, self._contents = self._make(), {}
                before = Position(head.generation, 0, head.removed)
            touched = self._touched(before, head)
            for some in some_at_once(touched, CONTENTS_AT_ONCE):
                self._take_in(some)
            self._at = head
            return len(touched)

    @property
    def comparer(self) -> Comparer:
        """What holds all that was taken in so far."""
        return self._comparer

    def search(self, prints: Sequence[FoundPrint], threads: int = 1) -> Iterator[Found]:
        """Yield the contents that share something with these prints."""
        return self._comparer.search(prints, threads)

    def _touched(self, before: Position, head: Position) -> list[int]:
        """Return the contents whose prints came or went between two positions."""
        gone = feed.removed(self.technique, before.removed, head.removed).tolist()
        touched = {self._contents.pop(number) for number in gone if number in self._contents}
        rows = Print.objects.filter(technique=self.technique, feed__gt=before.added, feed__lte=head.added)
        for number, content in rows.values_list("feed", "content_id").iterator(feed.CHUNK):
            self._contents[number] = content
            touched.add(content)
        return sorted(touched)

    def _take_in(self, contents: Sequence[int]) -> None:
        found = prints_of(contents, self.technique)
        for content in contents:
            prints = found.get(content)
            try:
                self._comparer.put(content, prints or ())
            except ValueError as fault:
                # One print that is none must not keep all others from being compared.
                logger.warning("A print by %s of content %s is left out: %s", self.technique, content, fault)
                self._comparer.drop(content)


def prints_of(contents: Sequence[int], technique: str) -> dict[int, list[FoundPrint]]:
    """Return the prints that contents have of a technique, in the order in which they were written."""
    each = prints_of_each(contents, [technique])
    return {content: prints[technique] for content, prints in each.items()}


def prints_of_each(contents: Iterable[int], techniques: Iterable[str]) -> dict[int, dict[str, list[FoundPrint]]]:
    """Return the prints that contents have of techniques, by technique, in the order in which they were written."""
    found: dict[int, dict[str, list[FoundPrint]]] = {}
    rows = ask_in_binary(PRINTS, [list(contents), list(techniques)])
    for content, technique, data, quality, time, turned in rows:
        made = FoundPrint(technique, bytes(data), quality, time, bytes(turned))
        found.setdefault(content, {}).setdefault(technique, []).append(made)
    return found
