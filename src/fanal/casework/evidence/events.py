"""News from evidence."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VisibilityWidened:
    """More agencies see a submission, in the transaction in which this is told."""

    submission: UUID


@dataclass(frozen=True, slots=True)
class VisibilityNarrowed:
    """Fewer agencies see a submission, in the transaction in which this is told."""

    submission: UUID


@dataclass(frozen=True, slots=True)
class ExhibitsRemoved:
    """An agency's exhibits are taken away for good, in the transaction in which this is told."""

    exhibits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContentsErased:
    """Nobody submits the bytes of these contents any more: they are erased in the transaction in which this is told.

    Whatever was made of these bytes is to be let go of now. May be told again: then there is nothing left to do.
    """

    contents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContentsReceived:
    """Exhibits were written for these contents, in the transaction in which this is told."""

    submission: UUID
    contents: tuple[int, ...]
    fresh: tuple[int, ...]
    """Those among them whose bytes nobody had submitted before: they wait to be examined."""
