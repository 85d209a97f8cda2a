"""Routes of contents, named by their SHA-256."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from fanal.casework.evidence.queries import sightings, visible_content_with
from fanal.casework.leads.queries import leads_of_content
from fanal.casework.registry.queries import sightings_in
from fanal.doors.api.caller import READ, ApiRequest, log_view
from fanal.doors.api.digests import as_hex
from fanal.kit.errors import NotFound

router = Router(tags=["contents"])
SHA256_BYTES = 32
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


@router.get("/contents/{sha256}", response=ContentTold, auth=READ)
def show(request: ApiRequest, sha256: str) -> ContentTold:
    """Tell of one content: where it was found, its leads, the clues that are seen in it (at most 200 of each)."""
    agency = request.auth.agency
    shown = visible_content_with(agency, _digest(sha256))
    found = sightings(agency, [shown.pk]).get(shown.pk, [])
    leads = leads_of_content(agency, shown.pk).order_by("-confidence", "id").values_list("pk", flat=True)
    clues = sightings_in(agency, shown.pk).values_list("pk", flat=True)
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
        leads=list(leads[:MOST_LINKS]),
        sightings=list(clues[:MOST_LINKS]),
    )


def _digest(sha256: str) -> bytes:
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        digest = b""
    if len(digest) != SHA256_BYTES:
        raise NotFound("There is no such content.")
    return digest
