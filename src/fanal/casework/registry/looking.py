"""Looks for all clues in new contents, and for a new clue in all contents; both by one measure."""

import logging
import threading
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from fanal.casework.leads.boxes import seen_elsewhere, seen_in
from fanal.casework.leads.findings import Finding
from fanal.casework.prints.comparing import prints_of
from fanal.casework.registry.models import Clue, CluePrint
from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.prints import Print

logger = logging.getLogger(__name__)

Seen = tuple[UUID, int, Finding]
"""A clue, the content it is seen in, and what the technique says."""


class LiveClues:
    """The prints of all clues that are looked for, in one small comparer. A pure function of the rows.

    A clue's print never changes, so which clues there are says all.
    """

    def __init__(self) -> None:
        from fanal.engine.match.local.comparer import LocalComparer  # late: kernels take time to load

        self._lock = threading.Lock()
        self._comparer = LocalComparer()
        self._held: set[int] = set()

    def __len__(self) -> int:
        return len(self._held)

    def refresh(self) -> None:
        """Take in what was kept, and forget what was withdrawn, up to now."""
        with self._lock:
            rows = CluePrint.objects.filter(technique=TECHNIQUE, clue__withdrawn_at__isnull=True)
            there = {clue.int for clue in rows.values_list("clue", flat=True)}
            for number in self._held - there:
                self._comparer.drop(number)
            fresh = rows.filter(clue__in=[UUID(int=number) for number in there - self._held])
            for clue, data, quality in fresh.values_list("clue", "data", "quality"):
                try:
                    self._comparer.put(clue.int, [Print(TECHNIQUE, bytes(data), quality)])
                except ValueError as fault:
                    # One print that is none must not keep all others from being looked for.
                    logger.warning("The print of clue %s is left out: %s", clue, fault)
            self._held = there

    def likely(self, prints: Iterable[Print]) -> list[UUID]:
        """Return the clues that share points with a content's prints: those worth a closer look."""
        return [UUID(int=found.owner) for found in self._comparer.search(list(prints))]


@cache
def live_clues() -> LiveClues:
    """Return this process's live clues."""
    return LiveClues()


def clues_in(contents: Iterable[int]) -> list[Seen]:
    """Return which clues are seen in these contents. All that was committed before the call is found."""
    some = list(contents)
    clues = live_clues()
    clues.refresh()
    if not len(clues):
        return []
    prints = prints_of(some, TECHNIQUE)
    seen: list[Seen] = []
    for content in some:
        likely = clues.likely(prints.get(content, ()))
        if likely:
            kept = Clue.objects.filter(pk__in=likely).exclude(content=content)
            asked = {clue.pk.int: (clue.content_id, asked_of(clue)) for clue in kept}
            seen += [(UUID(int=number), content, said) for number, said in seen_in(content, asked).items()]
    return seen


def contents_with(clue: Clue) -> list[Seen]:
    """Return in which contents a clue is seen. All that was committed before the call is found."""
    found = seen_elsewhere(clue.content_id, asked_of(clue))
    return [(clue.pk, content, said) for content, accepted, said in found if accepted]


def asked_of(clue: Clue) -> list[Print]:
    """Return what a clue is looked for by."""
    kept = clue.prints.order_by("technique").values_list("technique", "data", "quality")
    return [Print(technique, bytes(data), quality) for technique, data, quality in kept]
