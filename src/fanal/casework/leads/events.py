"""News from leads."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LeadsProposed:
    """These leads are new, in the transaction in which this is told."""

    leads: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class LeadsErased:
    """These leads go with the bytes that they were about, in the transaction in which this is told."""

    leads: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class LeadJudged:
    """The state of a lead changed."""

    lead: UUID
    state: str
