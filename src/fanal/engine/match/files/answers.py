"""What a comparison of files answers, in the shape that `fanal match --json` prints."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from fanal.engine.fingerprint import digest, pdq, video
from fanal.engine.fingerprint.local.stored import TECHNIQUE as LOCAL
from fanal.engine.match.files.seen import Fault
from fanal.engine.match.fusion import Fused
from fanal.engine.match.link import Link, Span, Spot

Box = tuple[int, int, int, int]
"""x, y, width and height in whole pixels of the query."""

_SENSES = {pdq.TECHNIQUE: "sight", video.TECHNIQUE: "sight", LOCAL: "sight"}
"""What techniques look at, where several look at the same: one sentence is enough."""


class Part(NamedTuple):
    """One more place of the query at which the reference is seen."""

    points: int
    transform: tuple[float, ...] | None
    box: Box | None


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
    points: int | None = None
    """Points, or peaks of sound, that agree."""
    box: Box | None = None
    """The part of the query that the reference shows."""
    segments: tuple[tuple[Span, Span], ...] = ()
    """Stretches in seconds: of the query, of the reference."""
    parts: tuple["Part", ...] = ()
    """Further places of the same pair, as collages have."""

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
        if self.points is not None:
            found["points"] = self.points
        if self.box is not None:
            found["box"] = list(self.box)
        if self.segments:
            found["segments"] = [{"query": list(query), "reference": list(there)} for query, there in self.segments]
        if self.parts:
            found["parts"] = [_plain_part(part) for part in self.parts]
        return {**found, "why": self.why}


def match_of(reference: str, fused: Fused) -> Match:
    """Return what is told of one file that a query is linked to."""
    best = fused.best
    return Match(
        reference,
        best.technique,
        fused.confidence,
        fused.accepted,
        _why(fused),
        best.distance,
        best.transform,
        best.agreeing or None,
        _box(best.here),
        best.segments,
        tuple(Part(part.agreeing, part.transform, _box(part.here)) for part in best.parts),
    )


def _why(fused: Fused) -> str:
    """Return the sentence of the surest technique, and after it those of others that look at something else."""
    said: dict[str, Link] = {}
    for link in fused.links:
        if link is fused.best or (link.accepted and fused.best.technique != digest.TECHNIQUE):
            said.setdefault(_SENSES.get(link.technique, link.technique), link)
    return " ".join(str(link.why) for link in said.values())


def _box(outline: tuple[Spot, ...]) -> Box | None:
    """Return the bounds of an outline."""
    if not outline:
        return None
    left, top = (min(spot[axis] for spot in outline) for axis in (0, 1))
    right, bottom = (max(spot[axis] for spot in outline) for axis in (0, 1))
    return round(left), round(top), round(right - left), round(bottom - top)


def _plain_part(part: Part) -> dict[str, Any]:
    plain: dict[str, Any] = {"points": part.points}
    if part.transform is not None:
        plain["transform"] = list(part.transform)
    if part.box is not None:
        plain["box"] = list(part.box)
    return plain


@dataclass(frozen=True, slots=True)
class Answer:
    """All that was found for one query, surest first."""

    query: str
    matches: tuple[Match, ...] = ()
    fault: Fault | None = None
    """Why the query could not be read; equal bytes are found all the same."""
    caution: str = ""
    """Why little can be found, in a sentence; empty where there is no reason for doubt."""

    def plain(self) -> dict[str, Any]:
        """Return the answer as JSON knows it."""
        answer: dict[str, Any] = {"query": self.query, "matches": [match.plain() for match in self.matches]}
        if self.fault is not None:
            answer["error"] = {"code": self.fault.code, "message": self.fault.message}
        if self.caution:
            answer["caution"] = self.caution
        return answer
