"""Routes of the registry: clues, and where they are seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import open_contents
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Verdict
from fanal.casework.registry import actions
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import (
    listed_clues,
    visible_clue,
    visible_sighting,
    visible_sightings,
)
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import Sha256, as_hex, content_named
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut

router = Router(tags=["registry"])
Kind = Annotated[str, Query("", max_length=20, description="clue, reference, ubiquitous or withdrawn.")]
Country = Annotated[str, Query("", pattern="^([A-Z]{2})?$", description="ISO 3166 code.")]
Tag = Annotated[str, Query("", max_length=50)]


class ClueTold(Schema):
    """A boxed part of a picture that is looked for. Where the caller may not see it, `content` and `box` are null."""

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
    box: list[float] | None


class SightingTold(Schema):
    """That a clue is seen in a content."""

    id: UUID
    clue: UUID
    content: str | None
    state: str
    confidence: float
    why: str
    created_at: datetime


class Keeping(Schema):
    """A box in a picture, in shares of the picture as it is stored, and what is told of it."""

    content: Sha256
    box: Annotated[list[float], Field(min_length=4, max_length=4, description="x, y, width, height, from 0 to 1.")]
    kind: Clue.Kind = Clue.Kind.CLUE
    title: Annotated[str, Field(min_length=1, max_length=actions.LONGEST_TITLE)]
    description: Annotated[str, Field(max_length=actions.LONGEST_DESCRIPTION)] = ""
    tags: Annotated[list[str], Field(max_length=actions.MOST_TAGS)] = []
    countries: Annotated[list[str], Field(max_length=actions.MOST_COUNTRIES, description="ISO 3166 codes.")] = []
    shared: bool = False


class Kept(Schema):
    """The clue that was kept, withdrawn or restored."""

    clue: UUID


class Said(Schema):
    """A judgement of where a clue is seen."""

    verdict: Verdict
    note: Annotated[str, Field(max_length=2000)] = ""


class Judged(Schema):
    """That a judgement was taken down."""

    judgement: UUID
    sighting: UUID
    verdict: str


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
    pictures = open_contents(request.auth.agency, {clue.content_id for clue in shown})
    return Page[ClueTold](items=[_clue(clue, pictures) for clue in shown], next=following)


@router.post("/clues", response={201: Kept}, auth=JUDGE)
@once(201)
def keep(request: ApiRequest, idempotency_key: Key, keeping: Keeping) -> Kept:
    """Keep what a box shows: it is looked for in all that there is and will come. `reference`: in the catalogue."""
    by = request.auth.user
    words = actions.Words(keeping.title, keeping.description, keeping.tags, keeping.countries)
    content = content_named(by.agency, keeping.content).pk
    made = actions.keep_clue(content, Box(*keeping.box), keeping.kind, words, by, shared=keeping.shared)
    return Kept(clue=made.pk)


@router.post("/clues/{uuid:clue}/withdraw", response={200: Kept}, auth=JUDGE)
@once(200)
def withdraw(request: ApiRequest, clue: UUID, idempotency_key: Key) -> Kept:
    """Have a clue of the caller's agency no longer looked for."""
    return Kept(clue=actions.withdraw_clue(clue, request.auth.user).pk)


@router.post("/clues/{uuid:clue}/restore", response={200: Kept}, auth=JUDGE)
@once(200)
def restore(request: ApiRequest, clue: UUID, idempotency_key: Key) -> Kept:
    """Have it looked for again."""
    return Kept(clue=actions.restore_clue(clue, request.auth.user).pk)


@router.get("/clues/{uuid:clue}", response=ClueTold, auth=READ)
def show(request: ApiRequest, clue: UUID) -> ClueTold:
    """Tell of one clue."""
    shown = visible_clue(request.auth.agency, clue)
    log_view(request.auth, "registry.seen", f"clue:{shown.pk}")
    return _clue(shown, open_contents(request.auth.agency, [shown.content_id]))


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


@router.post("/sightings/{uuid:sighting}/judgements", response={201: Judged}, auth=JUDGE)
@once(201)
def judge(request: ApiRequest, sighting: UUID, idempotency_key: Key, said: Said) -> Judged:
    """Say whether a clue is seen there."""
    made = actions.judge_sighting(sighting, said.verdict, request.auth.user, said.note)
    return Judged(judgement=made.pk, sighting=sighting, verdict=made.verdict)


def _clue(clue: Clue, pictures: Mapping[int, Content]) -> ClueTold:
    picture = pictures.get(clue.content_id)
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
        content=as_hex(picture.sha256) if picture else None,
        box=[clue.x, clue.y, clue.width, clue.height] if picture else None,
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
