"""From what techniques say of pairs, and from equal bytes, to proposals: one a pair, with the reason in a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from fanal.casework.evidence.queries import agencies_holding, sizes_of
from fanal.casework.leads.boxes import Size, finding_of, prints_of_box, seen_elsewhere
from fanal.casework.leads.counting import Areas, areas_of, resting_on
from fanal.casework.leads.findings import Box, Finding, Proposal
from fanal.casework.prints.queries import links_by, links_of
from fanal.engine.fingerprint.camera import TECHNIQUE as CAMERA
from fanal.engine.fingerprint.digest import TECHNIQUE as EXACT
from fanal.engine.match import confidence
from fanal.engine.match.explain import explain_held
from fanal.engine.match.fusion import Fused, fuse, precedence
from fanal.engine.match.link import Link
from fanal.engine.match.orientation import Orientation
from fanal.kit.portions import portions

MOST_LEADS_A_CONTENT = 100
"""The surest so many are proposed for one content: a picture that lies there 10,000 times must not drown the rest."""

LINKS_AT_ONCE = 500

Accepted = tuple[int, Fused]
"""Another content, and what is said of the two."""


def resembling(contents: Iterable[int], technique: str = "") -> Iterator[Proposal]:
    """Yield what links these contents to others by their fingerprints, at the published operating points.

    By all of our own techniques, or by the one that is named: an added one, or what was made later than the others.
    A pair that shares nothing but what is seen everywhere is not proposed.
    """
    each = ((one, links_by(technique, one)) for one in contents) if technique else links_of(contents)
    linked = (one for one in ((content, _accepted(links)) for content, links in each) if one[1])
    for portion in portions(linked, lambda one: len(one[1]), LINKS_AT_ONCE):
        owners = {one for content, accepted in portion for one in (content, *(owner for owner, _ in accepted))}
        sizes, areas = sizes_of(owners), areas_of(owners)
        for content, accepted in portion:
            proposals = (_proposal(content, owner, fused, sizes) for owner, fused in accepted)
            counting = (one for one in proposals if not areas or _counts(one, areas))
            yield from islice(counting, MOST_LEADS_A_CONTENT)


def _accepted(links: Mapping[int, Sequence[Link]]) -> list[Accepted]:
    verdicts = ((owner, fuse(said)) for owner, said in links.items())
    return sorted(((owner, fused) for owner, fused in verdicts if _is_lead(fused.best)), key=_surest_first)


def _counts(one: Proposal, areas: Areas) -> bool:
    return resting_on([said.plain() for said in one.findings], one.contents, areas) is None


def _is_lead(link: Link) -> bool:
    """Tell whether a link is proposed: what is accepted, and the hint of a rare coding, one for two submissions."""
    return link.accepted or link.technique == CAMERA


def _surest_first(found: Accepted) -> tuple[float, int, int]:
    owner, fused = found
    return (-fused.confidence, fused.best.distance or 0, owner)


def _proposal(content: int, owner: int, fused: Fused, sizes: Mapping[int, Size]) -> Proposal:
    left, right = min(content, owner), max(content, owner)
    forward = content < owner
    said = {link.technique: link if forward else link.reversed for link in reversed(fused.links) if _is_lead(link)}
    ranked = sorted(said.values(), key=lambda link: precedence(link.technique, link.confidence))
    findings = tuple(finding_of(link, sizes.get(left), sizes.get(right)) for link in ranked)
    return Proposal((left, right), findings)


def of_part(content: int, box: tuple[float, float, float, float]) -> list[dict[str, object]]:
    """Return where else the part of a picture within a box (shares of its size) is seen, as a search keeps its hits.

    Raises MediaRefused when the picture cannot be read, and what the vault raises.
    """
    found = seen_elsewhere(content, prints_of_box(content, Box(*box)))
    return [{"content": owner, "accepted": accepted, **said.plain()} for owner, accepted, said in found]


def equal(contents: Sequence[int]) -> Iterator[Proposal]:
    """Yield a proposal for each content whose very bytes, or digests, several agencies submitted."""
    for content, agencies in agencies_holding(contents).items():
        if agencies > 1:
            reason = explain_held()
            detail: dict[str, object] = {"orientation": int(Orientation.SAME), "reason": reason.plain()}
            finding = Finding(EXACT, 0, confidence.EXACT, str(reason), detail)
            yield Proposal((content, content), (finding,))
