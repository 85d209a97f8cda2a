"""Asking about a boxed part of a picture: where else it is seen. Searches ask so, and so does whoever keeps a box."""

from collections.abc import Mapping, Sequence
from typing import cast

from fanal.casework.evidence.queries import sizes_of
from fanal.casework.leads.findings import Box, Finding
from fanal.casework.prints.comparing import prints_of
from fanal.casework.prints.queries import comparer_of, links_of_part, picture_of_part, prints_of_part
from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.link import Link, Spot

MOST_HITS = 100
"""The surest so many of a box are kept."""

Size = tuple[int, int]
Asked = Sequence[Print]
"""Prints of a boxed part."""


def prints_of_box(content: int, box: Box) -> tuple[Print, ...]:
    """Return the prints of a part of a picture, made behind the wall now.

    Raises MediaRefused when the picture cannot be read, and what the vault raises.
    """
    return prints_of_part(content, _region(content, box))


def picture_of_box(content: int, box: Box) -> bytes:
    """Return a small picture (JPEG) of a part of a picture, made behind the wall now. Raises as `prints_of_box`."""
    return picture_of_part(content, _region(content, box))


def _region(content: int, box: Box) -> Region:
    width, height = sizes_of([content])[content]
    x, y = int(box.x * width), int(box.y * height)
    return Region(x, y, max(1, round(box.width * width)), max(1, round(box.height * height)))


def seen_elsewhere(content: int, asked: Asked) -> list[tuple[int, bool, Finding]]:
    """Return in which other contents a boxed part of one is seen, the surest first, and whether that is accepted.

    All that was committed before the call is found.
    """
    links = links_of_part(content, asked)
    ranked = sorted(links.items(), key=lambda found: (-found[1].confidence, -found[1].agreeing, found[0]))[:MOST_HITS]
    sizes = sizes_of([content, *links])
    return [(owner, link.accepted, finding_of(link, sizes.get(content), sizes.get(owner))) for owner, link in ranked]


def seen_in(content: int, boxes: Mapping[int, tuple[int, Asked]]) -> dict[int, Finding]:
    """Return which boxed parts are seen in one content, by the same measure as when everything is searched for them.

    What is asked for depends on how many contents there are, and how common a feature is among them: so it is judged as
    one of all that are held.
    `boxes` gives, by a number of the caller's, the content that a box was drawn in and its prints.
    """
    from fanal.engine.match.local.comparer import LocalComparer  # late: kernels take time to load

    prints = prints_of([content], TECHNIQUE).get(content)
    if not prints:
        return {}
    comparer = LocalComparer(among=cast("LocalComparer", comparer_of(TECHNIQUE)))
    comparer.put(content, prints)
    sizes = sizes_of([content, *(drawn_in for drawn_in, _ in boxes.values())])
    return {
        number: finding_of(found.link, sizes.get(drawn_in), sizes.get(content))
        for number, (drawn_in, asked) in boxes.items()
        for found in comparer.search(asked)
        if found.link.accepted
    }


def finding_of(link: Link, left: Size | None, right: Size | None) -> Finding:
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
        detail["needed"], detail["agreeing"] = link.needed, link.agreeing
    return Finding(link.technique, link.distance, link.confidence, str(link.why), detail)


def _share(spot: Spot, size: Size) -> list[float]:
    return [round(spot[0] / size[0], 4), round(spot[1] / size[1], 4)]
