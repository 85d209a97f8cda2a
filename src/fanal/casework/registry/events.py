"""News from the registry."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CluesSighted:
    """These sightings are new, in the transaction in which this is told."""

    sightings: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SightingJudged:
    """The state of a sighting changed."""

    sighting: UUID
    state: str
