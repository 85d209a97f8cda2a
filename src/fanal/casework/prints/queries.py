"""Reads of prints and previews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fanal.casework.evidence.queries import visible_content
from fanal.casework.prints.live import LiveIndex
from fanal.casework.prints.models import Preview, Print
from fanal.core.access.models import Agency
from fanal.core.vault.actions import unseal
from fanal.engine.fingerprint.pdq import QUALITY_GATE, RADIUS
from fanal.kit.errors import NotFound

PDQ = "pdq/1"
ORIENTATIONS = 8
GLIMPSE = 0
"""Position of the preview that is too small to show anything; the pictures follow it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Two prints within the radius of each other."""

    content: int
    time: float | None
    orientation: int
    """0: as it is; 1 to 7: the rotation or mirror of the first picture that equals the second."""
    other: int
    other_time: float | None
    distance: int


@cache
def live_index() -> LiveIndex:
    """Return this process's live index of PDQ."""
    return LiveIndex(PDQ, width=32, gate=QUALITY_GATE)


def near(contents: Sequence[int]) -> list[Hit]:
    """Return all pairs of a print of these contents, in any of its eight orientations, with a print of another content.

    Everything that was committed before the call is found.
    """
    prints = Print.objects.filter(content__in=contents, technique=PDQ, quality__gte=QUALITY_GATE)
    asked = list(prints.order_by("feed").values_list("content_id", "time", "data", "turned"))
    if not asked:
        return []
    index = live_index()
    index.refresh()
    packed = b"".join(bytes(data) + bytes(turned) for _, _, data, turned in asked)
    lims, feeds, distances = index.search(np.frombuffer(packed, np.uint8).reshape(-1, 32), RADIUS)
    known = _owners(set(feeds.tolist()))
    hits = []
    for row, (start, end) in enumerate(zip(lims[:-1], lims[1:], strict=True)):
        content, time = asked[row // ORIENTATIONS][:2]
        for place in range(start, end):
            owner = known.get(int(feeds[place]))
            if owner is not None and owner[0] != content:
                hits.append(Hit(content, time, row % ORIENTATIONS, owner[0], owner[1], int(distances[place])))
    return hits


def _owners(feeds: set[int]) -> dict[int, tuple[int, float | None]]:
    rows = Print.objects.filter(feed__in=feeds).values_list("feed", "content_id", "time")
    return {feed: (content, time) for feed, content, time in rows}


def preview_image(agency: Agency, content: int, position: int) -> bytes:
    """Return a preview (WebP). Raises NotFound alike for what is not there and what the agency may not see.

    The caller logs the view before it shows anything.
    """
    shown = visible_content(agency, content)
    preview = Preview.objects.filter(content=shown, position=position).first()
    if preview is None or shown.sha256 is None:
        raise NotFound("There is no such preview.")
    return unseal(bytes(shown.sha256), bytes(preview.sealed))


def previews_of(contents: Iterable[int]) -> dict[int, list[Preview]]:
    """Return the previews of contents, without their bytes and without the glimpse: content id to previews in order."""
    found: dict[int, list[Preview]] = {}
    previews = Preview.objects.filter(content__in=list(contents), position__gt=GLIMPSE).defer("sealed")
    for preview in previews.order_by("content_id", "position"):
        found.setdefault(preview.content_id, []).append(preview)
    return found


def glimpses_of(contents: Iterable[int]) -> dict[int, bytes]:
    """Return the few blurred pixels (WebP) that stand for contents before anyone reveals them."""
    glimpses = Preview.objects.filter(content__in=list(contents), position=GLIMPSE).select_related("content")
    return {
        preview.content_id: unseal(bytes(preview.content.sha256 or b""), bytes(preview.sealed)) for preview in glimpses
    }
