"""Routes of submissions: list, open, give digests, close."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from fanal.casework.evidence.actions import (
    Delivery,
    Received,
    close_submission,
    conclude_delivery,
    open_submission,
    receive,
)
from fanal.casework.evidence.models import Handling, Source, Submission, Visibility
from fanal.casework.evidence.progress import progress_of_each
from fanal.casework.evidence.queries import own_submission, visible_submission, visible_submissions
from fanal.casework.evidence.visibility import change_visibility
from fanal.casework.retention.queries import deleted_before
from fanal.core.access.models import Agency
from fanal.core.access.queries import actor_for, agency_by_code
from fanal.core.access.roles import Right
from fanal.doors.api.caller import READ, SUBMIT, ApiRequest, log_view
from fanal.doors.api.digests import Md5, Sha1, Sha256
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut
from fanal.engine.fingerprint.digest import Digests
from fanal.kit.errors import Conflict

router = Router(tags=["submissions"])
MOST_AT_ONCE = 1_000


class ProgressTold(Schema):
    """How far its files have come."""

    files: int
    examined: int
    not_readable: int
    digests_only: int
    waiting: int


class SubmissionTold(Schema):
    """One delivery of an agency."""

    id: UUID
    agency: str
    label: str
    case_reference: str
    source: str
    legal_basis: str
    visibility: str
    hash_only: bool
    state: str
    created_at: datetime
    received_at: datetime | None
    deleted_before: int
    """How many of its files the caller's agency had deleted before, and has submitted again."""
    progress: ProgressTold


class Opening(Schema):
    """What a submission is opened with."""

    label: Annotated[str, Field(min_length=1, max_length=300)]
    case_reference: Annotated[str, Field(max_length=200)] = ""
    source: Source = Source.SEIZED_DEVICE
    legal_basis: Annotated[str, Field(max_length=500)] = ""
    visibility: Visibility = Visibility.OWN
    named: Annotated[list[str], Field(max_length=100, description="Codes of the agencies that may see it.")] = []
    handling: Handling = Handling.FREE
    hash_only: bool = False
    origin: Annotated[
        str, Field(max_length=4000, description="Where the files are read from: the same origin goes on where it was.")
    ]


class Opened(Schema):
    """The submission that files may be given to now."""

    id: UUID
    state: str


class Showing(Schema):
    """Whom a submission is to be shown to."""

    visibility: Visibility
    named: Annotated[list[str], Field(max_length=100, description="Codes of the agencies that may see it.")] = []
    reason: Annotated[str, Field(max_length=2000, description="Why, where more agencies are to see it.")] = ""


class Shown(Schema):
    """Whom it is shown to now, and what waits for a second officer: null where all is done."""

    id: UUID
    visibility: str
    proposal: UUID | None


class FileDigests(Schema):
    """A file of which only the digests are given."""

    path: Annotated[str, Field(min_length=1, max_length=4000)]
    size: Annotated[int, Field(ge=0)]
    sha256: Sha256
    sha1: Sha1
    md5: Md5
    modified: AwareDatetime | None = None


class Given(Schema):
    """Files by their digests."""

    files: Annotated[list[FileDigests], Field(min_length=1, max_length=MOST_AT_ONCE)]


class GivenTold(Schema):
    """How many of them the submission did not hold before."""

    fresh: int


@router.get("/submissions", response=Page[SubmissionTold], auth=READ)
def index(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[SubmissionTold]:
    """List the submissions that the caller may see, newest first."""
    shown, following = cut(visible_submissions(request.auth.agency), cursor, limit)
    log_view(request.auth, "evidence.seen", submissions=[str(one.pk) for one in shown])
    return Page[SubmissionTold](items=_told(shown, request.auth.agency), next=following)


@router.get("/submissions/{uuid:submission}", response=SubmissionTold, auth=READ)
def show(request: ApiRequest, submission: UUID) -> SubmissionTold:
    """Tell of one submission."""
    shown = visible_submission(request.auth.agency, submission)
    log_view(request.auth, "evidence.seen", f"submission:{shown.pk}")
    return _told([shown], request.auth.agency)[0]


@router.post("/submissions", response={201: Opened}, auth=SUBMIT)
@once(201)
def begin(request: ApiRequest, idempotency_key: Key, opening: Opening) -> Opened:
    """Open a submission, or go on with the one that was cut off from the same origin."""
    delivery = Delivery(
        agency=request.auth.agency,
        label=opening.label,
        origin=f"api:{opening.origin}",
        case_reference=opening.case_reference,
        source=opening.source,
        legal_basis=opening.legal_basis,
        visibility=opening.visibility,
        named=tuple(agency_by_code(code) for code in opening.named),
        handling=opening.handling,
        hash_only=opening.hash_only,
    )
    opened = open_submission(delivery, actor_for(request.auth.user, Right.SUBMIT))
    return Opened(id=opened.pk, state=opened.state)


@router.patch("/submissions/{uuid:submission}", response={200: Shown}, auth=SUBMIT)
@once(200)
def change(request: ApiRequest, submission: UUID, idempotency_key: Key, showing: Showing) -> Shown:
    """Show a submission to fewer agencies, at once, or propose to show it to more."""
    held = own_submission(request.auth.agency, submission)
    named = [agency_by_code(code) for code in showing.named]
    waits = change_visibility(held.pk, showing.visibility, named, showing.reason, request.auth.user)
    held.refresh_from_db()
    return Shown(id=held.pk, visibility=held.visibility, proposal=waits.pk if waits else None)


@router.post("/submissions/{uuid:submission}/digests", response={200: GivenTold}, auth=SUBMIT)
@once(200)
def give_digests(request: ApiRequest, submission: UUID, idempotency_key: Key, given: Given) -> GivenTold:
    """Give files by their digests, to a submission that was opened for that."""
    held = own_submission(request.auth.agency, submission)
    if not held.hash_only:
        raise Conflict("This submission takes files, not digests.", next_step="Open one with hash_only.")
    received = [_received(file) for file in given.files]
    return GivenTold(fresh=receive(held, received, [], actor_for(request.auth.user, Right.SUBMIT)).new_exhibits)


@router.post("/submissions/{uuid:submission}/close", response={200: Opened}, auth=SUBMIT)
@once(200)
def close(request: ApiRequest, submission: UUID, idempotency_key: Key) -> Opened:
    """Say that everything was delivered."""
    held = own_submission(request.auth.agency, submission)
    close_submission(held, actor_for(request.auth.user, Right.SUBMIT))
    return Opened(id=held.pk, state=held.state)


@router.post("/submissions/{uuid:submission}/conclude", response={200: Opened}, auth=SUBMIT)
@once(200)
def conclude(request: ApiRequest, submission: UUID, idempotency_key: Key) -> Opened:
    """Say that the submitter knows how it ended: the same origin opens another submission from now on."""
    held = own_submission(request.auth.agency, submission)
    log_view(request.auth, "evidence.seen", f"submission:{held.pk}")
    conclude_delivery(held)
    return Opened(id=held.pk, state=held.state)


def _received(file: FileDigests) -> Received:
    digests = Digests(bytes.fromhex(file.md5), bytes.fromhex(file.sha1), bytes.fromhex(file.sha256), file.size)
    return Received(file.path, digests, held=False, modified=file.modified)


def _told(submissions: list[Submission], agency: Agency) -> list[SubmissionTold]:
    progress = progress_of_each(submissions)
    again = deleted_before(agency, [one.pk for one in submissions])
    return [
        SubmissionTold(
            id=one.pk,
            agency=one.agency.code,
            label=one.label,
            case_reference=one.case_reference,
            source=one.source,
            legal_basis=one.legal_basis,
            visibility=one.visibility,
            hash_only=one.hash_only,
            state=one.state,
            created_at=one.created_at,
            received_at=one.received_at,
            deleted_before=again.get(one.pk, 0),
            progress=ProgressTold(
                files=progress[one.pk].exhibits,
                examined=progress[one.pk].examined,
                not_readable=progress[one.pk].shelved,
                digests_only=progress[one.pk].hash_only,
                waiting=progress[one.pk].waiting,
            ),
        )
        for one in submissions
    ]
