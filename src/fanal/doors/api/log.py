"""Routes of the log: what an agency may read of it, for auditors' programs, with proofs."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Path, Query, Router, Schema

from fanal.casework.custody import reading
from fanal.casework.custody.reading import Wanted
from fanal.doors.api.caller import LOG, ApiRequest, log_view
from fanal.doors.api.paging import Limit

router = Router(tags=["log"])
LARGEST = 2**63 - 1


class Entry(Schema):
    """An entry of the log. `detail` is null, and `person` empty, where another agency, or the system, did it."""

    index: int
    at: datetime
    action: str
    about: str
    person: str
    agency: str
    detail: dict[str, Any] | None
    hash: str


class Entries(Schema):
    """Entries, newest first. Go on with the index of the last one as `before`."""

    items: list[Entry]


class Proof(Schema):
    """That an entry is in the log: the RFC 6962 path from its hash to the root of a signed checkpoint."""

    index: int
    hash: str
    size: int
    proof: list[str]
    checkpoint: str
    leaf: str | None = None


class Witness(Schema):
    """How much of the log a witness cosigned."""

    witness: str
    size: int
    at: datetime


class StateTold(Schema):
    """How the log stands. It is a glance: `fanal verify audit` proves."""

    leaves: int
    signed: int
    signed_at: datetime | None
    checkpoint: str
    second_sink_agrees: bool
    witnesses: list[Witness]
    faults: list[str]
    verified_at: datetime | None


class Asked(Schema):
    """What is looked for."""

    whose: str = "ours"
    person: str = ""
    action: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@router.get("/log", response=Entries, auth=LOG)
def index(request: ApiRequest, asked: Annotated[Asked, Query()], limit: Limit = 50) -> Entries:
    """List what the log holds of the caller's people (`whose=ours`), or of what others did with their material."""
    wanted = Wanted(
        ours=asked.whose != "others",
        person=asked.person,
        action=asked.action,
        about=asked.about,
        since=asked.since,
        until=asked.until,
        before=None if asked.before is None else max(0, min(asked.before, LARGEST)),
    )
    found = reading.lines(request.auth.agency, wanted, limit)
    log_view(request.auth, "audit.read", f"agency:{request.auth.agency.pk}", **wanted.plain())
    items = [
        Entry(
            index=one.index,
            at=one.at,
            action=one.action,
            about=one.about,
            person=one.person,
            agency=one.agency,
            detail=None if one.detail is None else dict(one.detail),
            hash=one.hash.hex(),
        )
        for one in found
    ]
    return Entries(items=items)


@router.get("/log/state", response=StateTold, auth=LOG)
def standing(request: ApiRequest) -> StateTold:
    """Tell how the log stands: its two sinks, its newest checkpoint and its witnesses."""
    log_view(request.auth, "audit.read", f"agency:{request.auth.agency.pk}")
    now = reading.standing()
    return StateTold(
        leaves=now.leaves,
        signed=now.signed,
        signed_at=now.signed_at,
        checkpoint=now.checkpoint,
        second_sink_agrees=now.sink_agrees,
        witnesses=[Witness(witness=one.witness, size=one.size, at=one.at) for one in now.witnesses],
        faults=list(now.faults),
        verified_at=now.verified_at,
    )


@router.get("/log/{index}/proof", response=Proof, auth=LOG)
def proof(request: ApiRequest, index: Annotated[int, Path(ge=0, le=LARGEST)]) -> Proof:
    """Hand out the proof of an entry; its text only where the caller's people did it."""
    held = reading.proof(request.auth.agency, index)
    log_view(request.auth, "audit.read", f"agency:{request.auth.agency.pk}", proof=index)
    return Proof(**held)
