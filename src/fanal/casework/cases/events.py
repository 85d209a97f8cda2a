"""News of cases."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """Something happened in a case, in the transaction in which this is told."""

    event: UUID
    verb: str


@dataclass(frozen=True, slots=True)
class TasksDue:
    """The day of these tasks has come, and they are not done."""

    tasks: tuple[UUID, ...]
