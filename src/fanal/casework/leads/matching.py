"""From what techniques say of pairs, and from equal bytes, to proposals: one a pair, with the reason in a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from fanal.casework.evidence.queries import agencies_holding, sizes_of
from fanal.casework.leads.actions import Finding, Proposal
from fanal.casework.prints.queries import links_of, links_of_part, prints_of_part
from fanal.engine.fingerprint.region import Region
from fanal.engine.fingerprint.techniques import EXACT
from fanal.engine.match import confidence
from fanal.engine.match.explain import explain_held
from fanal.engine.match.fusion import Fused, fuse
from fanal.engine.match.link import Link, Spot
from fanal.engine.match.orientation import Orientation

MOST_LEADS_A_CONTENT = 100
"""The surest so many are proposed for one content: a picture that lies there 10,000 times must not drown the rest."""

Size = tuple[int, int]


def resembling(contents: Iterable[int]) -> Iterator[Proposal]:
    """Yield what links these contents to others by their fingerprints, at the published operating points."""
    for content in contents:
        verdicts = ((owner, fuse(links)) for owner, links in links_of(content).items())
        accepted = sorted(((owner, fused) for owner, fused in verdicts if fused.accepted), key=_surest_first)
        chosen = list(islice(accepted, MOST_LEADS_A_CONTENT))
        sizes = sizes_of([content, *(owner for owner, _ in chosen)])
        for owner, fused in chosen:
            yield _proposal(content, owner, fused, sizes)


def _surest_first(found: tuple[int, Fused]) -> tuple[float, int, int]:
    owner, fused = found
    return (-fused.confidence, fused.best.distance or 0, owner)


def _proposal(content: int, owner: int, fused: Fused, sizes: Mapping[int, Size]) -> Proposal:
    left, right = min(content, owner), max(content, owner)
    forward = content < owner
    said = {link.technique: link if forward else link.reversed for link in reversed(fused.links) if link.accepted}
    ranked = sorted(said.values(), key=lambda link: (-link.confidence, link.technique))
    findings = tuple(_finding(link, sizes.get(left), sizes.get(right)) for link in ranked)
    return Proposal((left, right), findings)


def _finding(link: Link, left: Size | None, right: Size | None) -> Finding:
    """Return what one technique says of a pair; places are shares of the stored pixels' width and height."""
    detail: dict[str, object] = {
        "orientation": int(link.orientation),
        "segments": [[list(here), list(there)] for here, there in link.segments],
        "reason": link.why.plain(),
    }
    if left and right and link.points:
        detail["points"] = [[*_share((a, b), left), *_share((c, d), right)] for a, b, c, d in link.points]
        detail["here"] = [_share(spot, left) for spot in link.here]
        detail["there"] = [_share(spot, right) for spot in link.there]
    return Finding(link.technique, link.distance, link.confidence, str(link.why), detail)


def _share(spot: Spot, size: Size) -> list[float]:
    return [round(spot[0] / size[0], 4), round(spot[1] / size[1], 4)]


def of_part(content: int, box: tuple[float, float, float, float]) -> list[dict[str, object]]:
    """Return where else the part of a picture within a box (shares of its size) is seen, as a search keeps its hits.

    Raises MediaRefused when the picture cannot be read, and what the vault raises.
    """
    sizes = sizes_of([content])
    width, height = sizes[content]
    x, y = int(box[0] * width), int(box[1] * height)
    region = Region(x, y, max(1, round(box[2] * width)), max(1, round(box[3] * height)))
    links = links_of_part(content, prints_of_part(content, region))
    ranked = sorted(links.items(), key=lambda found: (-found[1].confidence, -found[1].agreeing, found[0]))
    chosen = ranked[:MOST_LEADS_A_CONTENT]
    sizes |= sizes_of([owner for owner, _ in chosen])
    return [
        {"content": owner, "accepted": link.accepted, **_finding(link, sizes[content], sizes.get(owner)).plain()}
        for owner, link in chosen
    ]


def equal(contents: Sequence[int]) -> Iterator[Proposal]:
    """Yield a proposal for each content whose very bytes, or digests, several agencies submitted."""
    for content, agencies in agencies_holding(contents).items():
        if agencies > 1:
            reason = explain_held()
            detail: dict[str, object] = {"orientation": int(Orientation.SAME), "reason": reason.plain()}
            finding = Finding(EXACT.name, 0, confidence.EXACT, str(reason), detail)
            yield Proposal((content, content), (finding,))
