"""What a comparison of files answers, in the shape that `fanal match --json` prints."""

from dataclasses import dataclass
from typing import Any

from fanal.engine.match.files.seen import Fault

Span = tuple[float, float]
"""Seconds from and to."""


@dataclass(frozen=True, slots=True)
class Match:
    """One file of the reference that a query is linked to."""

    reference: str
    technique: str
    confidence: float
    accepted: bool
    """Our verdict at the published operating point; what is not accepted is a suggestion."""
    why: str
    distance: int | None = None
    transform: tuple[float, ...] | None = None
    """Nine numbers, row by row: the homography from pixels of the query to those of the reference."""
    segments: tuple[tuple[Span, Span], ...] = ()
    """Stretches in seconds: of the query, of the reference."""

    def plain(self) -> dict[str, Any]:
        """Return the match as JSON knows it; what does not apply is left out."""
        found: dict[str, Any] = {
            "reference": self.reference,
            "technique": self.technique,
            "confidence": self.confidence,
            "accepted": self.accepted,
        }
        if self.distance is not None:
            found["distance"] = self.distance
        if self.transform is not None:
            found["transform"] = list(self.transform)
        if self.segments:
            found["segments"] = [{"query": list(query), "reference": list(there)} for query, there in self.segments]
        return {**found, "why": self.why}


@dataclass(frozen=True, slots=True)
class Answer:
    """All that was found for one query, surest first."""

    query: str
    matches: tuple[Match, ...] = ()
    fault: Fault | None = None
    """Why the query could not be read; equal bytes are found all the same."""

    def plain(self) -> dict[str, Any]:
        """Return the answer as JSON knows it."""
        answer: dict[str, Any] = {"query": self.query, "matches": [match.plain() for match in self.matches]}
        if self.fault is not None:
            answer["error"] = {"code": self.fault.code, "message": self.fault.message}
        return answer
