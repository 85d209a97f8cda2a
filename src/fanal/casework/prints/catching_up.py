"""What added techniques have not been asked about yet, and how far each is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef

from fanal.casework.evidence.queries import contents_without
from fanal.casework.prints.models import Computed, Print
from fanal.engine.match.techniques import named
from fanal.engine.media.findings import Print as FoundPrint
from fanal.engine.media.refusals import Refusal

Waiting = list[tuple[int, bytes, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an added technique is with what was submitted."""

    technique: str
    asked: int
    """Contents that it was asked about."""
    refused: int
    """Of these, those on which it failed."""
    prints: int
    lacking: int
    """Contents that it reads and was not asked about yet."""
    installed: bool
    """Where it is not, its prints and its leads stay as they are, and nothing new is compared by it."""


def lacking(
    technique: str, among: Iterable[int] | None = None, most: int | None = None, but_not: Iterable[int] = ()
) -> Waiting:
    """Return contents that a technique reads and was not asked about: id, SHA-256, a name. None if it is not there."""
    known = named(technique)
    if known is None:
        return []
    asked = Computed.objects.filter(content=OuterRef("pk"), technique=technique)
    return contents_without(asked, known.reads, among=among, most=most, but_not=but_not)


def sorted_out(
    made: Mapping[int, tuple[FoundPrint, ...] | Refusal],
) -> tuple[dict[int, tuple[FoundPrint, ...]], dict[int, Refusal]]:
    """Return what was made, and what was refused."""
    found = {content: prints for content, prints in made.items() if not isinstance(prints, Refusal)}
    refused = {content: refusal for content, refusal in made.items() if isinstance(refusal, Refusal)}
    return found, refused


def standings(installed: Iterable[str]) -> list[Standing]:
    """Return how far each added technique is, by name: those installed, and those that were and left prints behind."""
    here = set(installed)
    counted = Computed.objects.values_list("technique").annotate(asked=Count("pk"), failed=Count("refusal"))
    asked = {technique: (all_of_them, refused) for technique, all_of_them, refused in counted.order_by()}
    return [
        Standing(
            name,
            *asked.get(name, (0, 0)),
            prints=Print.objects.filter(technique=name).count(),
            lacking=len(lacking(name)),
            installed=name in here,
        )
        for name in sorted(here | set(asked))
    ]
