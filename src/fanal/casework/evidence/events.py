"""News from evidence."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VisibilityWidened:
    """More agencies see a submission, in the transaction in which this is told."""

    submission: UUID


@dataclass(frozen=True, slots=True)
class ContentsReceived:
    """Exhibits were written for these contents, in the transaction in which this is told."""

    submission: UUID
    contents: tuple[int, ...]
    fresh: tuple[int, ...]
    """Those among them whose bytes nobody had submitted before: they wait to be examined."""
