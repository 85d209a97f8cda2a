"""Routes of agencies, and of the caller's own account."""

from datetime import datetime

from ninja import Router, Schema

from fanal.core.access.models import Agency
from fanal.core.access.queries import agencies
from fanal.doors.api.caller import KNOWN, READ, ApiRequest, log_view

router = Router(tags=["agencies"])


class AgencyTold(Schema):
    """An agency."""

    code: str
    name: str
    country: str
    connected: bool


class CallerTold(Schema):
    """For whom a token acts, and what it may be used for."""

    username: str
    agency: AgencyTold
    role: str
    scopes: list[str]
    expires_at: datetime


@router.get("/me", response=CallerTold, auth=KNOWN)
def me(request: ApiRequest) -> CallerTold:
    """Tell for whom the token acts."""
    log_view(request.auth, "access.seen")
    user, token = request.auth.user, request.auth.token
    return CallerTold(
        username=user.username,
        agency=_told(user.agency),
        role=user.role,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )


@router.get("/agencies", response=list[AgencyTold], auth=READ)
def index(request: ApiRequest) -> list[AgencyTold]:
    """List the agencies, by code."""
    log_view(request.auth, "access.seen")
    return [_told(agency) for agency in agencies()]


def _told(agency: Agency) -> AgencyTold:
    return AgencyTold(code=agency.code, name=agency.name, country=agency.country, connected=agency.connected)
