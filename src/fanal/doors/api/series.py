"""Routes of series that accepted leads propose: what holds them together, and saying that one is none."""

from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from fanal.casework.entries import actions
from fanal.casework.entries.proposed import MOST_LEADS, Proposed, proposed_series
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import Sha256, contents_named, digests_of
from fanal.doors.api.entries import Done
from fanal.doors.api.once import Key, once

router = Router(tags=["entries"])
MOST_TOLD = 50


class ProposedTold(Schema):
    """Contents that may be a series, and the accepted leads that hold them together, the surest first."""

    contents: list[str]
    leads: list[UUID]
    techniques: dict[str, int]


class ProposedSeries(Schema):
    """What is proposed to the caller's agency, the largest first."""

    items: list[ProposedTold]


class Declining(Schema):
    """The contents that were proposed."""

    contents: Annotated[list[Sha256], Field(min_length=1, max_length=MOST_LEADS)]


@router.get("/series/proposed", response=ProposedSeries, auth=READ)
def proposed(request: ApiRequest) -> ProposedSeries:
    """List the series that accepted leads propose to the caller's agency. One is accepted by `POST /entries`."""
    agency = request.auth.agency
    groups = proposed_series(agency, MOST_TOLD)
    contents = sorted({content for group in groups for content in group.contents})
    log_view(request.auth, "entries.seen", contents=[str(content) for content in contents])
    names = digests_of(agency, contents)
    return ProposedSeries(items=[_told(group, names) for group in groups])


@router.post("/series/declined", response={201: Done}, auth=JUDGE)
@once(201)
def decline(request: ApiRequest, idempotency_key: Key, declining: Declining) -> Done:
    """Say that contents are no series: the caller's agency is proposed it again only when most of it is new."""
    contents = contents_named(request.auth.agency, declining.contents)
    return Done(deed=actions.decline_series(contents, request.auth.user).pk, entry=None)


def _told(group: Proposed, names: dict[int, str]) -> ProposedTold:
    return ProposedTold(
        contents=[names[one] for one in group.contents if one in names],
        leads=[one.lead for one in group.leads],
        techniques=dict(group.techniques),
    )
