"""Routes of the central desk: how all agencies stand, in numbers and times, and having late alerts answered."""

from datetime import date, datetime
from typing import Annotated

from ninja import Path, Router, Schema
from pydantic import Field

from fanal.casework.alerts import overseeing
from fanal.casework.alerts.queries import CountryPace
from fanal.casework.notices.models import Notice
from fanal.casework.oversight.queries import Standing, overview
from fanal.core.access.queries import agency_by_code
from fanal.core.access.roles import Right, require
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.once import Key, once

router = Router(tags=["central desk"])
Code = Annotated[str, Path(max_length=12)]


class WaitingTold(Schema):
    """Alerts that nobody of an agency has acknowledged."""

    alerts: int
    late: int
    since: datetime


class StandingTold(Schema):
    """How one agency stands. `supervisors` are the names under which those sign in whom late alerts can be given to."""

    code: str
    name: str
    country: str
    connected: bool
    contact: str
    people: int
    machines: int
    machine_seen: date | None
    delivered: date | None
    waiting: WaitingTold | None
    supervisors: list[str]


class AbroadTold(Schema):
    """A notice that a country has not answered. What it is of is not told."""

    reference: str
    agency: str
    country: str
    state: str
    sent_at: datetime | None
    reminded: int


class PaceTold(Schema):
    """How long it took in a country in the last 90 days, in seconds: in the middle, and at worst."""

    country: str
    told: float | None
    told_worst: float | None
    acknowledged: float | None
    acknowledged_worst: float | None


class OverviewTold(Schema):
    """All that the central desk sees."""

    agencies: list[StandingTold]
    abroad: list[AbroadTold]
    paces: list[PaceTold]
    identified: int
    unknown: int


class Handing(Schema):
    """The name under which a supervisor of the agency signs in."""

    to: Annotated[str, Field(min_length=1, max_length=100)]


class Changed(Schema):
    """How many alerts stand differently now."""

    alerts: int


@router.get("/central", response=OverviewTold, auth=READ)
def index(request: ApiRequest) -> OverviewTold:
    """Tell how all agencies stand: for the central desk alone."""
    require(request.auth.user, Right.OVERSEE)
    log_view(request.auth, "oversight.seen")
    told = overview(request.auth.user)
    return OverviewTold(
        agencies=[_standing(one) for one in told.agencies],
        abroad=[_abroad(one) for one in told.abroad],
        paces=[_pace(one) for one in told.paces],
        identified=told.identified,
        unknown=told.unknown,
    )


@router.post("/central/agencies/{code}/escalate", response=Changed, auth=JUDGE)
@once(200)
def escalate(request: ApiRequest, code: Code, idempotency_key: Key) -> Changed:
    """Have all alerts that wait in an agency stand first there."""
    require(request.auth.user, Right.OVERSEE)
    return Changed(alerts=overseeing.escalate_of(agency_by_code(code), request.auth.user))


@router.post("/central/agencies/{code}/hand-over", response=Changed, auth=JUDGE)
@once(200)
def hand_over(request: ApiRequest, code: Code, idempotency_key: Key, handing: Handing) -> Changed:
    """Give the late alerts of an agency to one of its supervisors."""
    require(request.auth.user, Right.OVERSEE)
    return Changed(alerts=overseeing.hand_over_of(agency_by_code(code), handing.to, request.auth.user))


def _standing(one: Standing) -> StandingTold:
    waits = one.waiting
    return StandingTold(
        code=one.agency.code,
        name=one.agency.name,
        country=one.agency.country,
        connected=one.agency.connected,
        contact=one.contact,
        people=one.staff.people,
        machines=one.staff.machines,
        machine_seen=one.machine_seen,
        delivered=one.delivered,
        waiting=WaitingTold(alerts=waits.alerts, late=waits.late, since=waits.since) if waits else None,
        supervisors=[person.username for person in one.supervisors],
    )


def _abroad(one: Notice) -> AbroadTold:
    return AbroadTold(
        reference=one.reference,
        agency=one.agency.code,
        country=one.country,
        state=one.state,
        sent_at=one.sent_at,
        reminded=one.reminded,
    )


def _pace(one: CountryPace) -> PaceTold:
    spans = (one.told, one.told_worst, one.acknowledged, one.acknowledged_worst)
    told, told_worst, taken, taken_worst = (span.total_seconds() if span is not None else None for span in spans)
    return PaceTold(
        country=one.country,
        told=told,
        told_worst=told_worst,
        acknowledged=taken,
        acknowledged_worst=taken_worst,
    )
