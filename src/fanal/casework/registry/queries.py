"""Reads of the registry, each already filtered by the agency that asks."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet

from fanal.casework.evidence.queries import own_exhibits, visible_bytes
from fanal.casework.registry.models import Clue, Sighting, SightingJudgement
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

MOST_FILTERS = 500
"""Countries, and tags, that a list can be filtered by."""
KEPT_CLUES = (Clue.Kind.CLUE, Clue.Kind.REFERENCE)
"""What points somewhere. What is seen everywhere does not."""


def visible_clues(agency: Agency) -> QuerySet[Clue]:
    """Return the clues an agency may see: its own and shared ones, of pictures it may see.

    What is seen everywhere works on everybody's leads, so all connected agencies may know of it; its picture they see
    only where they see its content. So no read of clues joins the content: row policies would take the clue away with
    it; `evidence.queries.open_contents` gives it. What was withdrawn is its agency's own again.
    """
    return Clue.objects.filter(_seen_by(agency))


def _seen_by(agency: Agency, clue: str = "") -> Q:
    """Return the rule of `visible_clues`; `clue` is the way to one with two underscores behind it."""
    picture = Q(Exists(visible_bytes(agency).filter(content=OuterRef(f"{clue}content"))))
    own = Q((f"{clue}agency", agency))
    if not agency.connected:
        return own & picture
    shared = Q((f"{clue}shared", True), (f"{clue}withdrawn_at__isnull", True))
    return (own | shared) & (picture | Q((f"{clue}kind", Clue.Kind.UBIQUITOUS)))


def visible_clue(agency: Agency, clue: UUID) -> Clue:
    """Return one clue. Raises NotFound alike for what is not there and what may not be seen."""
    found = _numbered(agency, clue)
    if not found:
        raise NotFound("There is no such clue.")
    return found[0]


@made_once
def _numbered(agency: Agency, clue: UUID) -> QuerySet[Clue]:
    return visible_clues(agency).filter(pk=clue).select_related("agency", "by")


def listed_clues(agency: Agency, kind: str = "", country: str = "", tag: str = "") -> QuerySet[Clue]:
    """Return visible clues, newest first: those that are looked for, or with kind "withdrawn" those that are not."""
    found = visible_clues(agency).filter(withdrawn_at__isnull=kind != "withdrawn")
    if kind in Clue.Kind.values:
        found = found.filter(kind=kind)
    if country:
        found = found.filter(countries__contains=[country])
    if tag:
        found = found.filter(tags__contains=[tag])
    return found.select_related("agency").order_by("-at", "-id")


def visible_sightings(agency: Agency) -> QuerySet[Sighting]:
    """Return where an agency may know that clues are seen: it sees the clue, and the bytes of the content."""
    content = Exists(visible_bytes(agency).filter(content=OuterRef("content")))
    clue = Q(_seen_by(agency, "clue__"), clue__withdrawn_at__isnull=True)
    return Sighting.objects.filter(clue, content).select_related("clue__agency", "content")


@made_once
def these_sightings(agency: Agency, sightings: list[UUID]) -> QuerySet[Sighting]:
    """Return those of these sightings that an agency may know of."""
    return visible_sightings(agency).filter(Among("pk", sightings))


def visible_sighting(agency: Agency, sighting: UUID) -> Sighting:
    """Return one sighting. Raises NotFound alike for what is not there and what may not be seen."""
    found = visible_sightings(agency).filter(pk=sighting).first()
    if found is None:
        raise NotFound("There is no such sighting.")
    return found


def sightings_of(agency: Agency, clue: Clue | UUID) -> QuerySet[Sighting]:
    """Return where a clue is seen, the surest first."""
    return visible_sightings(agency).filter(clue=clue).order_by("-confidence", "created_at", "id")


def sightings_in(agency: Agency, content: int) -> QuerySet[Sighting]:
    """Return what is seen in a content and was not judged to be something else, the surest first."""
    seen = visible_sightings(agency).filter(content=content).exclude(state=Sighting.State.DIFFERENT)
    return seen.order_by("-confidence", "id")


def clues_drawn_on(agency: Agency, content: int) -> QuerySet[Clue]:
    """Return the clues that were boxed in a content; none where the agency has only digests of it."""
    shown = Exists(visible_bytes(agency).filter(content=OuterRef("content")))
    drawn = visible_clues(agency).filter(shown, content=content, withdrawn_at__isnull=True)
    return drawn.select_related("agency", "content")


def waiting_sightings(agency: Agency) -> QuerySet[Sighting]:
    """Return the open sightings that have the agency's own material or its own clue on a side, the surest first."""
    ours = Exists(own_exhibits(agency).filter(content=OuterRef("content"))) | Q(clue__agency=agency)
    found = visible_sightings(agency).filter(ours, state=Sighting.State.OPEN, clue__kind__in=KEPT_CLUES)
    return found.order_by("-confidence", "-created_at", "id")


def sightings_touching(contents: Iterable[int]) -> list[UUID]:
    """Return the sightings in these contents, and of clues boxed in them: for the system, never for a page."""
    some = list(contents)
    touching = Sighting.objects.filter(Q(content__in=some) | Q(clue__content__in=some))
    return list(touching.order_by("pk").values_list("pk", flat=True))


def history_of(sighting: Sighting) -> list[SightingJudgement]:
    """Return all judgements of a sighting, newest first, those that were taken back too."""
    return list(sighting.judgements.select_related("by__agency", "withdrawn_by"))


def pointed_to(sightings: Iterable[Sighting], drawn: Iterable[Clue] = ()) -> list[str]:
    """Return the countries that clues in a content point to, the most often named first."""
    named: dict[str, int] = {}
    for clue in (*(one.clue for one in sightings), *drawn):
        if clue.kind in KEPT_CLUES:
            for code in clue.countries:
                named[code] = named.get(code, 0) + 1
    return sorted(named, key=lambda code: (-named[code], code))


def seen_counts(agency: Agency, clues: Collection[Clue]) -> dict[UUID, int]:
    """Return in how many contents, as far as an agency may know, each clue is seen and was not judged different."""
    return dict(_seen_counts(agency, [clue.pk for clue in clues])) if clues else {}


@made_once
def _seen_counts(agency: Agency, clues: list[UUID]) -> QuerySet[Sighting, tuple[UUID, int]]:
    seen = visible_sightings(agency).filter(Among("clue_id", clues)).exclude(state="different")
    return seen.order_by().values_list("clue").annotate(number=Count("pk"))


def titles_of(agency: Agency, sources: Iterable[str]) -> dict[str, str]:
    """Return the titles of patterns that are seen everywhere, as far as an agency may know them, by their ids."""
    wanted = list(sources)
    if not wanted:
        return {}
    known = visible_clues(agency).filter(pk__in=wanted, kind=Clue.Kind.UBIQUITOUS)
    return {str(pk): title for pk, title in known.values_list("pk", "title")}


class Filters(NamedTuple):
    """What the clues that an agency may see can be filtered by."""

    countries: list[str]
    tags: list[str]


def filters_of(agency: Agency) -> Filters:
    """Return the countries and tags of visible clues, each once; of tags no more than a page can list."""
    return Filters(_each(agency, "countries"), _each(agency, "tags"))


@made_once
def _each(agency: Agency, column: str) -> QuerySet[Clue, str]:
    named = visible_clues(agency).order_by().annotate(each=Func(F(column), function="unnest"))
    return named.values_list("each", flat=True).distinct().order_by("each")[:MOST_FILTERS]


def seen_in(sightings: Collection[UUID]) -> list[int]:
    """Return the contents of sightings of what points somewhere: for the system, never for a page."""
    found = Sighting.objects.filter(pk__in=sightings, clue__kind__in=KEPT_CLUES)
    return sorted(set(found.values_list("content", flat=True)))
