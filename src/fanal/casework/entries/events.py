"""News of registry entries."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CountryRouted:
    """A country is now to be told of a content or an entry; in the transaction in which this is told."""

    country: str
    score: float
    confirmed: bool
    content: int | None = None
    entry: UUID | None = None


@dataclass(frozen=True, slots=True)
class EntriesChanged:
    """What people say of these entries changed: links, facts, merges, countries; or the countries of contents."""

    entries: tuple[UUID, ...]
    contents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesProposed:
    """What is proposed to the agencies that a judged lead concerns was worked out anew."""

    lead: UUID
