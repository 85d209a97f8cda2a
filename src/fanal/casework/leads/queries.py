"""Reads of leads, each already filtered by the agency that asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fanal.casework.evidence.queries import own_exhibits, visible_bytes, visible_contents, visible_exhibits
from fanal.casework.leads.models import Judgement, Lead, RegionSearch
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

MOST_JOINED = 1_000


class Hit(NamedTuple):
    """One content in which a search found what the box shows."""

    content: Any
    confidence: float
    accepted: bool
    why: str
    detail: Mapping[str, Any]


def visible_leads(agency: Agency) -> QuerySet[Lead]:
    """Return the leads of which an agency may see both sides, not only digests of them.

    A lead of a content with itself says that several agencies hold it: the agency must see it with two of them, if
    only by its digest.
    """
    seen, with_bytes = visible_exhibits(agency), visible_bytes(agency)
    elsewhere = seen.filter(~Q(submission__agency=OuterRef("submission__agency")), content=OuterRef("content"))
    both_sides = ~Q(left=F("right")) & _has("left", with_bytes) & _has("right", with_bytes)
    several_hold_it = Q(left=F("right")) & Exists(seen.filter(Exists(elsewhere), content=OuterRef("left")))
    return Lead.objects.filter(both_sides | several_hold_it)


def leads_concerning(agency: Agency) -> QuerySet[Lead]:
    """Return the visible leads that have material of the agency itself on a side."""
    own = own_exhibits(agency)
    return visible_leads(agency).filter(_has("left", own) | _has("right", own))


def _has(side: str, exhibits: QuerySet[Any]) -> Exists:
    """Return whether one of these exhibits holds the content on a side, looked up by its index for each lead.

    The second comparison says nothing new: it keeps PostgreSQL from listing all these exhibits first, which takes as
    long for one lead as for a hundred thousand.
    """
    return Exists(exhibits.filter(content=OuterRef(side), content__gte=OuterRef(side)))


def _touching(exhibits: QuerySet[Any]) -> QuerySet[Lead, Any]:
    """Return the ids of the leads that have one of these exhibits on a side, each side found by its index."""
    contents = exhibits.order_by().values("content")
    left, right = (
        Lead.objects.filter(**{f"{side}__in": contents}).order_by().values("pk") for side in ("left", "right")
    )
    return left.union(right)


def counting(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Return the leads that rest on something else than what is seen everywhere, and those that were judged."""
    return leads.exclude(state=Lead.State.OPEN, aside__isnull=False)


def set_aside(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Return the open leads that rest on what is seen everywhere alone."""
    return leads.filter(state=Lead.State.OPEN, aside__isnull=False)


def linked_with(contents: Iterable[int]) -> set[int]:
    """Return the contents on the other side of all leads of these, seen or not: for the system, never for a page."""
    some = list(contents)
    pairs = Lead.objects.filter(Q(left__in=some) | Q(right__in=some)).values_list("left", "right")
    return {content for pair in pairs for content in pair} - set(some)


def leads_touching(contents: Iterable[int]) -> list[UUID]:
    """Return the leads with any of these contents on a side, seen or not: for the system, never for a page."""
    some = list(contents)
    touching = Lead.objects.filter(Q(left__in=some) | Q(right__in=some))
    return list(touching.order_by("pk").values_list("pk", flat=True))


def judged_same(content: int) -> set[int]:
    """Return the contents that were judged the same as this one, seen or not: for the system, never for a page."""
    pairs = Lead.objects.filter(Q(left=content) | Q(right=content), state=Lead.State.SAME).values_list("left", "right")
    return {one for pair in pairs for one in pair} - {content}


def accepted_among(contents: Iterable[int]) -> list[int]:
    """Return those of these contents that leads judged the same join with others: for the system, never for a page."""
    some = set(contents)
    same = Lead.objects.filter(Q(left__in=some) | Q(right__in=some), ~Q(left=F("right")), state=Lead.State.SAME)
    return sorted({one for pair in same.values_list("left", "right") for one in pair} & some) if some else []


def joined_with(contents: Iterable[int]) -> set[int]:
    """Return these contents and all that leads judged the same join with them, step by step: for the system alone.

    No further step is taken once there are `MOST_JOINED`.
    """
    found = fresh = set(contents)
    while fresh and len(found) < MOST_JOINED:
        same = Lead.objects.filter(Q(left__in=fresh) | Q(right__in=fresh), state=Lead.State.SAME)
        fresh = {one for pair in same.values_list("left", "right") for one in pair} - found
        found = found | fresh
    return found


def visible_lead(agency: Agency, lead: UUID) -> Lead:
    """Return one lead. Raises NotFound alike for what is not there and what may not be seen."""
    found = _numbered(agency, lead)
    if not found:
        raise NotFound("There is no such lead.")
    return found[0]


@made_once
def _numbered(agency: Agency, lead: UUID) -> QuerySet[Lead]:
    return visible_leads(agency).filter(pk=lead).select_related("left", "right")


@made_once
def these_leads(agency: Agency, leads: list[UUID]) -> QuerySet[Lead]:
    """Return those of these leads that an agency may see, with both sides."""
    return visible_leads(agency).filter(Among("pk", leads)).select_related("left", "right")


def version_of(lead: Lead) -> str:
    """Return a word that is another one whenever more was found for a lead or something else is said of it."""
    said = lead.judgements.aggregate(made=Count("pk"), withdrawn=Count("withdrawn_at"))
    return f"{len(lead.findings)}-{said['made']}-{said['withdrawn']}"


def leads_of_submission(agency: Agency, submission: UUID) -> QuerySet[Lead]:
    """Return the visible leads that have a content of a submission on a side."""
    return visible_leads(agency).filter(pk__in=_touching(visible_exhibits(agency).filter(submission=submission)))


def some_leads_of_submission(agency: Agency, submission: UUID, most: int) -> set[UUID]:
    """Return the visible leads that have a content of a submission on a side, or at least this many of them.

    Of a large submission the first are found at once, where finding all of them takes as long as it is large.
    """
    found = set(_on_side(agency, "left", submission, str(most)))
    # What has it on both sides may be found twice: as many more are asked for.
    return {*found, *(_on_side(agency, "right", submission, str(most)) if len(found) < most else ())}


@made_once
def _on_side(agency: Agency, side: str, submission: UUID, most: str) -> QuerySet[Lead, UUID]:
    contents = visible_exhibits(agency).filter(submission=submission).order_by().values("content")
    touching = visible_leads(agency).filter(**{f"{side}__in": contents})
    return touching.order_by().values_list("pk", flat=True)[: int(most)]


def leads_of_content(agency: Agency, content: int) -> QuerySet[Lead]:
    """Return the visible leads of one content."""
    return visible_leads(agency).filter(Q(left=content) | Q(right=content))


def history_of(lead: Lead) -> Sequence[Judgement]:
    """Return all judgements of a lead, newest first, those that were taken back too."""
    return _judgements(lead.pk)


@made_once
def _judgements(lead: UUID) -> QuerySet[Judgement]:
    return Judgement.objects.filter(lead=lead).select_related("by__agency", "withdrawn_by")


def linked_contents(agency: Agency, submission: UUID) -> set[int]:
    """Return the contents on either side of the visible leads of a submission."""
    return {content for pair in _pairs_of(agency, submission) for content in pair}


@made_once
def _pairs_of(agency: Agency, submission: UUID) -> QuerySet[Lead, tuple[int, int]]:
    return leads_of_submission(agency, submission).values_list("left", "right")


def visible_search(agency: Agency, search: UUID) -> RegionSearch:
    """Return a search of the agency's own. Raises NotFound alike for what is not there and what is another's.

    Of one whose picture they may see no more it says so, and nothing else, also not why: their list has the search, and
    they saw the picture when they searched. What was found is kept from them, for it tells of the picture.
    """
    found = RegionSearch.objects.filter(pk=search, agency=agency).select_related("by").first()
    if found is None:
        raise NotFound("There is no such search.")
    content = visible_contents(agency).filter(pk=found.content_id).first()
    if content is None:
        raise NotFound(
            "You may see the picture of this search no more.",
            next_step="It was deleted, or is shown to fewer. Search again by another picture.",
        )
    found.content = content
    return found


def searches_of(agency: Agency) -> QuerySet[RegionSearch]:
    """Return an agency's searches, newest first."""
    return RegionSearch.objects.filter(agency=agency).order_by("-created_at", "id")


def hits_of(agency: Agency, search: RegionSearch) -> list[Hit]:
    """Return what a search found of which the agency may see the bytes now, the surest first."""
    held = visible_bytes(agency).filter(content__in=[hit["content"] for hit in search.hits])
    seen = {exhibit.content_id: exhibit.content for exhibit in held.select_related("content")}
    return [
        Hit(seen[hit["content"]], hit["confidence"], hit["accepted"], hit["why"], hit["detail"])
        for hit in search.hits
        if hit["content"] in seen
    ]
