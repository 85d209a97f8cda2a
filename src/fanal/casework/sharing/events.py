"""News from sharing."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """Another agency learnt that this one holds contents which it may not see."""

    agency: UUID
    asker: UUID
    contents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkCollides:
    """An agency claims what others work on, or what was judged the same as that."""

    claim: UUID
    others: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ClaimsLapsed:
    """Nobody renewed these claims."""

    claims: tuple[UUID, ...]
