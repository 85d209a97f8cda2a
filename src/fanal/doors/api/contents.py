"""Routes of contents, named by their SHA-256."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Router, Schema

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import sightings
from fanal.casework.leads.models import Lead
from fanal.casework.leads.queries import leads_of_content
from fanal.casework.prints.queries import preview_image, previews_of
from fanal.casework.registry.models import Sighting
from fanal.casework.registry.queries import sightings_in
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.doors.api.caller import READ, ApiRequest, log_view
from fanal.doors.api.digests import as_hex, content_named

router = Router(tags=["contents"])
MOST_LINKS = 200


class ExhibitTold(Schema):
    """A file in which it was found."""

    submission: UUID
    agency: str
    path: str
    received_at: datetime


class ContentTold(Schema):
    """The bytes themselves, once, wherever they were found. `facts` are those that the file states."""

    sha256: str | None
    sha1: str | None
    md5: str | None
    size: int | None
    state: str
    media_type: str
    width: int | None
    height: int | None
    duration: float | None
    facts: dict[str, Any]
    exhibits: list[ExhibitTold]
    leads: list[UUID]
    sightings: list[UUID]


class PreviewTold(Schema):
    """A picture that was drawn anew from a content; `time` is in seconds into a recording."""

    position: int
    time: float | None
    width: int
    height: int


class Previews(Schema):
    """What can be looked at, in order."""

    items: list[PreviewTold]


JPEG = {"responses": {200: {"description": "The picture", "content": {"image/jpeg": {"schema": {"type": "string"}}}}}}


@router.get("/contents/{sha256}", response=ContentTold, auth=READ)
def show(request: ApiRequest, sha256: str) -> ContentTold:
    """Tell of one content: where it was found, its leads, the clues that are seen in it (at most 200 of each)."""
    agency = request.auth.agency
    shown = content_named(agency, sha256)
    found = sightings(agency, [shown.pk]).get(shown.pk, [])
    leads, clues = _leads(agency, shown.pk), _sightings(agency, shown.pk)
    log_view(request.auth, "evidence.seen", f"content:{shown.pk}")
    return ContentTold(
        sha256=as_hex(shown.sha256),
        sha1=as_hex(shown.sha1),
        md5=as_hex(shown.md5),
        size=shown.size,
        state=shown.state,
        media_type=shown.media_type,
        width=shown.width,
        height=shown.height,
        duration=shown.duration,
        facts=shown.facts,
        exhibits=[
            ExhibitTold(
                submission=one.submission_id,
                agency=one.submission.agency.code,
                path=one.path,
                received_at=one.received_at,
            )
            for one in found[:MOST_LINKS]
        ],
        leads=leads,
        sightings=clues,
    )


@made_once
def _leads(agency: Agency, content: int) -> QuerySet[Lead, UUID]:
    return leads_of_content(agency, content).order_by("-confidence", "id").values_list("pk", flat=True)[:MOST_LINKS]


@made_once
def _sightings(agency: Agency, content: int) -> QuerySet[Sighting, UUID]:
    return sightings_in(agency, content).values_list("pk", flat=True)[:MOST_LINKS]


@router.get("/contents/{sha256}/previews", response=Previews, auth=READ)
def previews(request: ApiRequest, sha256: str) -> Previews:
    """List the pictures that were drawn anew from a content; no bytes of the file itself are ever sent."""
    shown = content_named(request.auth.agency, sha256)
    log_view(request.auth, "evidence.seen", f"content:{shown.pk}")
    kept = [] if shown.state == Content.State.HASH_ONLY else previews_of([shown.pk]).get(shown.pk, [])
    return Previews(
        items=[PreviewTold(position=one.position, time=one.time, width=one.width, height=one.height) for one in kept]
    )


@router.get("/contents/{sha256}/previews/{int:position}", auth=READ, openapi_extra=JPEG)
def preview(request: ApiRequest, sha256: str, position: int) -> HttpResponse:
    """Send one of them (JPEG). The view is in the log before the first byte leaves."""
    shown = content_named(request.auth.agency, sha256)
    image = preview_image(request.auth.agency, shown.pk, position)
    log_view(request.auth, "media.served", f"content:{shown.pk}", position=position)
    return HttpResponse(
        image,
        content_type="image/jpeg",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
