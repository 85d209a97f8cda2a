"""Reads of prints and previews."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet

from fanal.casework.evidence.queries import LARGEST, file_of, open_contents, visible_content
from fanal.casework.prints.cameras import camera_links
from fanal.casework.prints.comparing import LiveComparer, prints_of, prints_of_each
from fanal.casework.prints.examination import compute_part, examine_part
from fanal.casework.prints.like_frames import LikeFrames, like_frames
from fanal.casework.prints.models import Preview, Print
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.core.vault.actions import unseal, unseal_all
from fanal.engine.fingerprint.camera import TECHNIQUE as CAMERA
from fanal.engine.fingerprint.camera import device_of
from fanal.engine.fingerprint.local.stored import TECHNIQUE as LOCAL
from fanal.engine.fingerprint.maker import Form
from fanal.engine.fingerprint.pdq import HASH_BYTES, QUALITY_GATE, TECHNIQUE
from fanal.engine.fingerprint.prints import Print as FoundPrint
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.comparer import Comparer, Found
from fanal.engine.match.frames.link import link
from fanal.engine.match.link import Link
from fanal.engine.match.structure import too_plain
from fanal.engine.match.techniques import OWN, added, comparers
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.refusals import Refusal
from fanal.kit.errors import NotFound
from fanal.kit.machine import cores
from fanal.kit.settings import read

if TYPE_CHECKING:
    from fanal.casework.prints.live import LiveIndex

logger = logging.getLogger(__name__)

_BY_ROWS = {TECHNIQUE, CAMERA}
"""PDQ has an exact index of its own; cameras are grouped by submission, which only the rows know."""
GLIMPSE = 0
"""Position of the preview that is too small to show anything; the pictures follow it."""


@cache
def live_index() -> "LiveIndex":
    """Return this process's live index of PDQ."""
    from fanal.casework.prints.live import LiveIndex  # late: kernels take time to load

    memory = read().index_memory
    return LiveIndex(TECHNIQUE, width=HASH_BYTES, gate=QUALITY_GATE, folder=snapshots(), memory=memory)


def snapshots() -> Path:
    """Return the folder in which this machine keeps snapshots of live indexes."""
    return read().data / "index"


@cache
def live_comparers() -> tuple[LiveComparer, ...]:
    """Return this process's live comparers of our own techniques but those that the rows themselves answer for."""
    return tuple(LiveComparer(name, make) for name, make in comparers().items() if name not in _BY_ROWS)


@cache
def added_comparers() -> Mapping[str, LiveComparer]:
    """Return this process's live comparers of added techniques, by name."""
    return {name: LiveComparer(name, make) for name, make in comparers(added()).items()}


def links_by(technique: str, content: int) -> dict[int, list[Link]]:
    """Return what one technique says of a content and others. Nothing where the technique is not installed."""
    comparers = {comparer.technique: comparer for comparer in live_comparers()} | dict(added_comparers())
    comparer = comparers.get(technique)
    asked = prints_of([content], technique).get(content)
    if comparer is None or not asked:
        return {}
    comparer.refresh()
    return {owner: [link] for owner, link in comparer.search(asked) if owner != content}


def links_of(contents: Iterable[int]) -> Iterator[tuple[int, dict[int, list[Link]]]]:
    """Yield each content with the others that share something with it, and what each technique says of the two.

    All that was committed before the first is asked for is found: prints are read, and indexes refreshed, once.
    """
    asked = prints_of_each(contents, [technique.name for technique in OWN])
    lives: tuple[LiveIndex | LiveComparer, ...] = (live_index(), *live_comparers())
    for live in lives:
        if any(live.technique in prints for prints in asked.values()):
            live.refresh()
    frames = {content: prints.get(TECHNIQUE, ()) for content, prints in asked.items()}
    for like in like_frames(live_index(), frames):
        yield like.content, _links(like, asked[like.content])


def _links(like: LikeFrames, prints: Mapping[str, Sequence[FoundPrint]]) -> dict[int, list[Link]]:
    links: dict[int, list[Link]] = defaultdict(list)
    content = like.content
    for found in like.hits:
        shorter = min(like.usable.get(content, 0), like.usable.get(found.owner, 0))
        made = link(found, shorter)
        if made is not None:
            links[found.owner].append(made)
    for comparer in live_comparers():
        mine = prints.get(comparer.technique)
        for owner, other in comparer.search(mine) if mine else ():
            if owner != content:
                links[owner].append(other)
    devices = [device_of(one.data) for one in prints.get(CAMERA, ())]
    for owner, other in list(camera_links(content, devices, list(links))):
        links[owner].append(other)
    return links


def prints_of_part(content: int, region: Region) -> tuple[FoundPrint, ...]:
    """Return the prints of a part of a picture, made behind the wall now. Raises MediaRefused, or as the vault."""
    file = file_of(content)
    pictures = [one.name for one in added() if Form.PICTURE in one.forms]
    ours = examine_part(*file, region).prints
    return (*ours, *(one for name in pictures for one in compute_part(name, *file, region)))


def links_of_part(content: int, asked: Sequence[FoundPrint]) -> dict[int, Link]:
    """Return the other contents in which a part of a picture is seen, given the prints of that part."""
    links: dict[int, Link] = {}
    for comparer in live_comparers():
        _add_surer(links, _found_by(comparer, asked))
    for comparer in added_comparers().values():
        try:
            _add_surer(links, list(_found_by(comparer, asked)))
        except Exception:
            # Whatever an added technique raises costs its own links, not the officer's search.
            logger.exception("The technique %s could not look for a part of a picture.", comparer.technique)
    links.pop(content, None)
    return links


def _found_by(comparer: LiveComparer, asked: Sequence[FoundPrint]) -> Iterator[Found]:
    mine = [one for one in asked if one.technique == comparer.technique]
    if mine:
        comparer.refresh()
        yield from comparer.search(mine, threads=cores())


def comparer_of(technique: str) -> Comparer:
    """Return what holds the prints of all contents by one of our own techniques, as of now."""
    live = next(one for one in live_comparers() if one.technique == technique)
    live.refresh()
    return live.comparer


def _add_surer(links: dict[int, Link], found: Iterable[Found]) -> None:
    for owner, made in found:
        if owner not in links or made.confidence > links[owner].confidence:
            links[owner] = made


def shows_too_little(content: int) -> bool:
    """Tell whether a picture or film shows too little to be compared by how it looks."""
    asked = Print.objects.filter(content=content, technique__in=[TECHNIQUE, LOCAL])
    rows = asked.values_list("technique", "data", "quality", "time")
    return too_plain(FoundPrint(name, bytes(data), quality, time) for name, data, quality, time in rows)


def preview_image(agency: Agency, content: int, position: int) -> bytes:
    """Return a preview (JPEG). Raises NotFound alike for what is not there and what the agency may not see.

    Whoever submitted digests alone sees nothing of the bytes that another agency keeps to itself.
    The caller logs the view before it shows anything.
    """
    shown = visible_content(agency, content)
    sealed = _sealed_at(content, [position]) if position <= LARGEST else []
    if not sealed or shown.sha256 is None or not open_contents(agency, [content]):
        raise NotFound("There is no such preview.")
    return unseal(bytes(shown.sha256), bytes(sealed[0]))


@made_once
def _sealed_at(content: int, positions: list[int]) -> QuerySet[Preview, Any]:
    return Preview.objects.filter(Among("position", positions), content=content).values_list("sealed", flat=True)


class Picture(NamedTuple):
    """What is known of a preview without opening it."""

    position: int
    time: float | None
    """Seconds into a recording; None for a still picture."""
    width: int
    height: int


def previews_of(contents: Iterable[int]) -> dict[int, list[Picture]]:
    """Return what previews there are of contents, without the glimpse: content id to previews in order."""
    found: dict[int, list[Picture]] = {}
    wanted = list(contents)
    for content, position, time, width, height in _previews(wanted) if wanted else ():
        found.setdefault(content, []).append(Picture(position, time, width, height))
    return found


@made_once
def _previews(contents: list[int]) -> QuerySet[Preview, tuple[int, int, float | None, int, int]]:
    previews = Preview.objects.filter(Among("content_id", contents), position__gt=GLIMPSE)
    ordered = previews.order_by("content", "position")
    return ordered.values_list("content_id", "position", "time", "width", "height")


def glimpses_of(contents: Iterable[int]) -> dict[int, bytes]:
    """Return the few blurred pixels (JPEG) that stand for contents before anyone reveals them."""
    wanted = list(contents)
    shown = _glimpses(wanted) if wanted else []
    opened = unseal_all((bytes(sha256 or b""), bytes(sealed)) for _, sha256, sealed in shown)
    return {content: image for (content, _, _), image in zip(shown, opened, strict=True) if image is not None}


@made_once
def _glimpses(contents: list[int]) -> QuerySet[Preview, Any]:
    glimpses = Preview.objects.filter(Among("content_id", contents), position=GLIMPSE)
    return glimpses.values_list("content_id", "content__sha256", "sealed")


def picture_of_part(content: int, region: Region) -> bytes:
    """Return a small picture (JPEG) of a part of a picture, upright, cut and encoded behind the wall now.

    Raises MediaRefused, also where the part lies outside the picture; and what the vault raises.
    """
    shown = examine_part(*file_of(content), region).previews
    if not shown:
        raise MediaRefused(Refusal.MALFORMED)
    return shown[0].image
