"""Routes of the registry: clues, and where they are seen."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema

from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import (
    listed_clues,
    shows_picture,
    visible_clue,
    visible_sighting,
    visible_sightings,
)
from fanal.doors.api.caller import READ, ApiRequest, log_view
from fanal.doors.api.digests import as_hex
from fanal.doors.api.paging import Cursor, Limit, Page, cut

router = Router(tags=["registry"])
Kind = Annotated[str, Query("", max_length=20, description="clue, reference, ubiquitous or withdrawn.")]
Country = Annotated[str, Query("", pattern="^([A-Z]{2})?$", description="ISO 3166 code.")]
Tag = Annotated[str, Query("", max_length=50)]


class ClueTold(Schema):
    """A boxed part of a picture that is looked for. `content` is null where the caller may not see the picture."""

    id: UUID
    kind: str
    title: str
    description: str
    tags: list[str]
    countries: list[str]
    agency: str
    shared: bool
    at: datetime
    withdrawn_at: datetime | None
    content: str | None
    box: list[float]


class SightingTold(Schema):
    """That a clue is seen in a content."""

    id: UUID
    clue: UUID
    content: str | None
    state: str
    confidence: float
    why: str
    created_at: datetime


@router.get("/clues", response=Page[ClueTold], auth=READ)
def index(
    request: ApiRequest,
    cursor: Cursor = None,
    limit: Limit = 50,
    kind: Kind = "",
    country: Country = "",
    tag: Tag = "",
) -> Page[ClueTold]:
    """List the clues that the caller may see, newest first."""
    shown, following = cut(listed_clues(request.auth.agency, kind, country, tag), cursor, limit)
    log_view(request.auth, "registry.seen", clues=[str(clue.pk) for clue in shown])
    return Page[ClueTold](items=[_clue(request, clue) for clue in shown], next=following)


@router.get("/clues/{uuid:clue}", response=ClueTold, auth=READ)
def show(request: ApiRequest, clue: UUID) -> ClueTold:
    """Tell of one clue."""
    shown = visible_clue(request.auth.agency, clue)
    log_view(request.auth, "registry.seen", f"clue:{shown.pk}")
    return _clue(request, shown)


@router.get("/clues/{uuid:clue}/sightings", response=Page[SightingTold], auth=READ)
def seen(request: ApiRequest, clue: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[SightingTold]:
    """List where a clue is seen, newest first."""
    looked_for = visible_clue(request.auth.agency, clue)
    found = visible_sightings(request.auth.agency).filter(clue=looked_for)
    shown, following = cut(found, cursor, limit)
    log_view(request.auth, "registry.seen", f"clue:{looked_for.pk}", sightings=[str(one.pk) for one in shown])
    return Page[SightingTold](items=[_sighting(one) for one in shown], next=following)


@router.get("/sightings/{uuid:sighting}", response=SightingTold, auth=READ)
def sighting(request: ApiRequest, sighting: UUID) -> SightingTold:
    """Tell of one sighting."""
    shown = visible_sighting(request.auth.agency, sighting)
    log_view(request.auth, "registry.seen", f"sighting:{shown.pk}")
    return _sighting(shown)


def _clue(request: ApiRequest, clue: Clue) -> ClueTold:
    pictured = shows_picture(request.auth.agency, clue)
    return ClueTold(
        id=clue.pk,
        kind=clue.kind,
        title=clue.title,
        description=clue.description,
        tags=clue.tags,
        countries=clue.countries,
        agency=clue.agency.code,
        shared=clue.shared,
        at=clue.at,
        withdrawn_at=clue.withdrawn_at,
        content=as_hex(clue.content.sha256) if pictured else None,
        box=[clue.x, clue.y, clue.width, clue.height],
    )


def _sighting(seen: Sighting) -> SightingTold:
    return SightingTold(
        id=seen.pk,
        clue=seen.clue_id,
        content=as_hex(seen.content.sha256),
        state=seen.state,
        confidence=seen.confidence,
        why=seen.why,
        created_at=seen.created_at,
    )
