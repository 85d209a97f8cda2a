"""Crops of places and objects: which there are to choose from, cutting them behind the wall, opening them again.

Only parts of pictures that the agency submitted itself, where a clue was boxed or is seen. A box that shows most of a
picture is no crop: the picture itself is released by two persons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fanal.casework.evidence.queries import sha256_of, sizes_of, visible_contents
from fanal.casework.leads.boxes import picture_of_box
from fanal.casework.leads.findings import Box
from fanal.casework.notices.models import Crop, Notice
from fanal.casework.notices.queries import matter_of, own_among
from fanal.casework.prints.queries import preview_image, previews_of
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import KEPT_CLUES, clues_drawn_on, sightings_in
from fanal.core.access.models import Agency
from fanal.core.vault.actions import seal, unseal_all
from fanal.engine.media.errors import MediaRefused

MOST_SHARE = 0.5
"""Of a picture's area; a larger box is no crop."""
MOST_FILES, MOST_OFFERED, MOST_PICTURES_OFFERED = 100, 24, 24
_AROUND = 0.04
"""What is shown around the points that were matched, as a share of the picture."""
PICTURE = 1
"""Position of the preview of a whole picture."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A part of a picture that can be shown."""

    source: str
    """Such as `clue:0192…`: what says where it lies."""
    content: int
    box: Box
    title: str
    description: str
    """Empty where another agency wrote it."""


def crops_offered(agency: Agency, notice: Notice) -> list[Offered]:
    """Return what can be cut from the agency's own pictures of a notice, each once, boxed clues first."""
    found: dict[tuple[int, str], Offered] = {}
    for content in _own_pictures(agency, notice):
        for one in (*_drawn(agency, content), *_seen(agency, content)):
            if one.box.fits and one.box.width * one.box.height <= MOST_SHARE:
                found.setdefault((one.content, one.title), one)
    return list(found.values())[:MOST_OFFERED]


def _own_pictures(agency: Agency, notice: Notice) -> list[int]:
    own = own_among(agency, matter_of(notice).files(agency))[:MOST_FILES]
    still = visible_contents(agency).filter(pk__in=own, family="image", state="examined")
    return list(still.order_by("pk").values_list("pk", flat=True))


def _drawn(agency: Agency, content: int) -> Iterator[Offered]:
    for clue in clues_drawn_on(agency, content).filter(kind__in=KEPT_CLUES).order_by("at", "pk"):
        box = Box(clue.x, clue.y, clue.width, clue.height)
        yield Offered(f"clue:{clue.pk}", content, box, clue.title, _own_words(agency, clue))


def _seen(agency: Agency, content: int) -> Iterator[Offered]:
    for seen in sightings_in(agency, content).filter(clue__kind__in=KEPT_CLUES):
        box = _around(seen)
        if box is not None:
            yield Offered(f"sighting:{seen.pk}", content, box, seen.clue.title, _own_words(agency, seen.clue))


def _own_words(agency: Agency, clue: Clue) -> str:
    return clue.description if clue.agency_id == agency.pk else ""


def _around(seen: Sighting) -> Box | None:
    """Return the upright box around where a clue is seen; None where that is not known."""
    corners = seen.detail.get("there") or []
    if len(corners) < 3:
        return None
    left, right = (max(0.0, min(x for x, _ in corners) - _AROUND), min(1.0, max(x for x, _ in corners) + _AROUND))
    top, bottom = (max(0.0, min(y for _, y in corners) - _AROUND), min(1.0, max(y for _, y in corners) + _AROUND))
    return Box(left, top, right - left, bottom - top)


def pictures_offered(agency: Agency, notice: Notice) -> list[int]:
    """Return the agency's own pictures of a notice that can be shown whole, once two persons release them."""
    own = _own_pictures(agency, notice)
    shown = previews_of(own)
    return [content for content in own if content in shown][:MOST_PICTURES_OFFERED]


def cut(notice: Notice) -> list[tuple[Offered, bytes | None]]:
    """Return the chosen crops that were not cut yet, sealed under their content's key; None: it cannot be cut.

    Raises what the vault raises, and SandboxUnavailable. It takes long: outside any transaction.
    """
    done = set(notice.cuts.values_list("source", flat=True))
    wanted = [one for one in crops_offered(notice.agency, notice) if one.source in set(notice.crops) - done]
    return [(one, _cut(one)) for one in wanted]


def _cut(one: Offered) -> bytes | None:
    if one.content not in sizes_of([one.content]):
        return None
    try:
        return seal(sha256_of([one.content])[one.content], picture_of_box(one.content, one.box))
    except MediaRefused:
        return None


def keep(notice: Notice, cuts: Sequence[tuple[Offered, bytes | None]]) -> None:
    """Keep crops that are still chosen, in the caller's transaction."""
    chosen = set(Notice.objects.values_list("crops", flat=True).get(pk=notice.pk))
    rows = [
        Crop(notice=notice, source=one.source, content_id=one.content, sealed=sealed)
        for one, sealed in cuts
        if one.source in chosen
    ]
    Crop.objects.bulk_create(rows, ignore_conflicts=True)


def being_cut(notice: Notice) -> int:
    """Count the chosen crops that are still to be cut."""
    return len(set(notice.crops) - set(notice.cuts.values_list("source", flat=True)))


def opened_crops(agency: Agency, notice: Notice) -> list[tuple[Offered, bytes]]:
    """Return the chosen crops (JPEG) that were cut and may still be seen, in the order chosen."""
    offered = {one.source: one for one in crops_offered(agency, notice)}
    cuts = [
        one
        for one in notice.cuts.select_related("content").filter(sealed__isnull=False)
        if one.source in offered and one.source in notice.crops
    ]
    opened = unseal_all((bytes(one.content.sha256 or b""), bytes(one.sealed or b"")) for one in cuts)
    images = {one.source: image for one, image in zip(cuts, opened, strict=True) if image is not None}
    return [(offered[source], images[source]) for source in notice.crops if source in images]


def opened_pictures(agency: Agency, notice: Notice) -> list[tuple[int, bytes]]:
    """Return the chosen whole pictures as small previews (JPEG). Raises NotFound for what may not be seen any more."""
    return [(content, preview_image(agency, content, PICTURE)) for content in notice.pictures]
