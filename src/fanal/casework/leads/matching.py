"""From like frames, and from equal bytes, to proposals: one a pair, with the reason in a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from fanal.casework.evidence.queries import agencies_holding
from fanal.casework.leads.actions import Proposal
from fanal.casework.prints.queries import near, usable_frames
from fanal.engine.fingerprint.techniques import EXACT
from fanal.engine.match import confidence
from fanal.engine.match.explain import explain_held
from fanal.engine.match.frames.link import link
from fanal.engine.match.frames.table import FrameHits
from fanal.engine.match.link import Link
from fanal.engine.match.orientation import Orientation

MOST_LEADS_A_CONTENT = 100
"""The surest so many are proposed for one content: a picture that lies there 10,000 times must not drown the rest."""


def resembling(contents: Iterable[int]) -> Iterator[Proposal]:
    """Yield what links these contents to others by their fingerprints, at the published operating point."""
    for content in contents:
        hits = list(near(content))
        usable = usable_frames([content, *(found.owner for found in hits)])
        links = [(found.owner, _link(content, found, usable)) for found in hits]
        accepted = sorted(((owner, made) for owner, made in links if made.accepted), key=_surest_first)
        for owner, made in islice(accepted, MOST_LEADS_A_CONTENT):
            yield _proposal(content, owner, made)


def _link(content: int, hits: FrameHits, usable: Mapping[int, int]) -> Link:
    return link(hits, min(usable.get(content, 0), usable.get(hits.owner, 0)))


def _surest_first(found: tuple[int, Link]) -> tuple[float, int, int]:
    owner, made = found
    return (-made.confidence, made.distance or 0, owner)


def _proposal(content: int, owner: int, made: Link) -> Proposal:
    forward = content < owner
    orientation = made.orientation if forward else made.orientation.inverse
    segments = [list(map(list, pair if forward else pair[::-1])) for pair in made.segments]
    reason = made.why if forward else made.why.reversed
    return Proposal(
        contents=(content, owner),
        technique=made.technique,
        distance=made.distance,
        confidence=made.confidence,
        why=str(reason),
        detail={"orientation": int(orientation), "segments": segments, "reason": reason.plain()},
    )


def equal(contents: Sequence[int]) -> Iterator[Proposal]:
    """Yield a proposal for each content whose very bytes, or digests, several agencies submitted."""
    for content, agencies in agencies_holding(contents).items():
        if agencies > 1:
            reason = explain_held()
            detail = {"orientation": int(Orientation.SAME), "reason": reason.plain()}
            yield Proposal((content, content), EXACT.name, 0, confidence.EXACT, str(reason), detail)
