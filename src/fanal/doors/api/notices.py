"""Routes of notices: what is told to countries that are not connected, and what came back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.evidence.queries import visible_content_with
from fanal.casework.notices import actions
from fanal.casework.notices.crops import crops_offered, pictures_offered
from fanal.casework.notices.models import Language, Notice, Outcome, State
from fanal.casework.notices.queries import own_notice, rejected, steps_of, visible_notice, visible_notices
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view, still_calling
from fanal.doors.api.digests import Sha256, as_hex, contents_named, digests_of
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut
from fanal.doors.downloads import handed_out

router = Router(tags=["notices"])
AnyState = Annotated[State | None, Query(None, description="Only those in this state.")]
Reference = Annotated[str, Query("", max_length=40, description="Only the one with this reference.")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166 code.")]
Note = Annotated[str, Field(max_length=2000)]
FILE = {"responses": {200: {"description": "The sealed file", "content": {"application/octet-stream": {"schema": {}}}}}}


class NoticeTold(Schema):
    """A notice to one country. `sha256` is that of the sealed file."""

    id: UUID
    reference: str
    agency: str
    country: str
    state: str
    outcome: str
    entry: UUID | None
    changed_at: datetime
    sent_at: datetime | None
    sha256: str | None


class StepTold(Schema):
    """What was done with a notice."""

    verb: str
    at: datetime
    note: str
    outcome: str


class WordsTold(Schema):
    """What a notice says: to its own agency alone."""

    known: str
    asked: str
    contact: str
    language: str


class NoticeInFull(NoticeTold):
    """A notice with its steps, oldest first. `words` is null where it is another agency's.

    `rejected`: officers rejected the country since, and it has not left. Withdraw it, or have the country confirmed.
    """

    rejected: bool
    steps: list[StepTold]
    words: WordsTold | None


class Beginning(Schema):
    """What a notice is of: an entry, or contents by their SHA-256. `knowing`: also where there is one already."""

    country: Country
    entry: UUID | None = None
    contents: Annotated[list[Sha256], Field(max_length=200)] = []
    knowing: bool = False


class CropTold(Schema):
    """A part of an own picture that can be shown; `box` is x, y, width and height, as shares of the stored picture."""

    crop: str
    sha256: str
    box: list[float]
    title: str
    chosen: bool


class PictureTold(Schema):
    """An own picture that can be shown whole, once two persons release it."""

    sha256: str
    chosen: bool


class Choices(Schema):
    """What a notice can show, and what is chosen."""

    crops: list[CropTold]
    pictures: list[PictureTold]


class Words(Schema):
    """What a notice says and shows, of what `GET /notices/{notice}/choices` offers; null: what was chosen stays."""

    known: Annotated[str, Field(max_length=8000)]
    asked: Annotated[str, Field(max_length=4000)]
    contact: Annotated[str, Field(max_length=500)]
    language: Language
    crops: Annotated[list[str], Field(max_length=8)] | None = None
    pictures: Annotated[list[Sha256], Field(max_length=4)] | None = None


class Sending(Schema):
    """How a sealed file was sent, and by whom."""

    how: Note


class Remark(Schema):
    """A remark."""

    note: Note = ""


class Answer(Schema):
    """What a country answered."""

    outcome: Outcome
    text: Note = ""


class Done(Schema):
    """How far a notice is now."""

    id: UUID
    reference: str
    state: str


@router.get("/notices", response=Page[NoticeTold], auth=READ)
def index(
    request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, state: AnyState = None, reference: Reference = ""
) -> Page[NoticeTold]:
    """List the notices that the caller may see, newest first."""
    found = visible_notices(request.auth.agency)
    if state is not None:
        found = found.filter(state=state)
    if reference:
        found = found.filter(reference=reference)
    shown, following = cut(found, cursor, limit)
    log_view(request.auth, "notices.seen", notices=[str(notice.pk) for notice in shown])
    return Page[NoticeTold](items=[_told(notice) for notice in shown], next=following)


@router.post("/notices", response={201: Done}, auth=JUDGE)
@once(201)
def begin(request: ApiRequest, idempotency_key: Key, beginning: Beginning) -> Done:
    """Begin a notice."""
    agency = request.auth.agency
    contents = [visible_content_with(agency, bytes.fromhex(one)).pk for one in beginning.contents]
    return _done(
        actions.begin(
            beginning.country,
            request.auth.user,
            entry=beginning.entry,
            contents=contents,
            knowing=beginning.knowing,
        )
    )


@router.get("/notices/{uuid:notice}", response=NoticeInFull, auth=READ)
def show(request: ApiRequest, notice: UUID) -> NoticeInFull:
    """Tell of one notice and its steps."""
    agency = request.auth.agency
    shown = visible_notice(agency, notice)
    log_view(request.auth, "notices.seen", f"notice:{shown.pk}")
    steps = [
        StepTold(verb=step.verb, at=step.at, note=step.note, outcome=step.outcome) for step in steps_of(agency, shown)
    ]
    own = shown.agency_id == agency.pk
    words = WordsTold(known=shown.known, asked=shown.asked, contact=shown.contact, language=shown.language)
    return NoticeInFull(**dict(_told(shown)), rejected=rejected(shown), steps=steps, words=words if own else None)


@router.get("/notices/{uuid:notice}/choices", response=Choices, auth=READ)
def choices(request: ApiRequest, notice: UUID) -> Choices:
    """List what a notice of the caller's agency can show: of each only what the agency submitted itself."""
    agency = request.auth.agency
    held = own_notice(agency, notice)
    crops, pictures = crops_offered(agency, held), pictures_offered(agency, held)
    contents = sorted({*(one.content for one in crops), *pictures})
    log_view(request.auth, "notices.seen", f"notice:{held.pk}", contents=[str(content) for content in contents])
    names = digests_of(agency, contents)
    return Choices(
        crops=[
            CropTold(
                crop=one.source,
                sha256=names[one.content],
                box=list(one.box),
                title=one.title,
                chosen=one.source in held.crops,
            )
            for one in crops
            if one.content in names
        ],
        pictures=[PictureTold(sha256=names[one], chosen=one in held.pictures) for one in pictures if one in names],
    )


@router.post("/notices/{uuid:notice}/words", response=Done, auth=JUDGE)
@once(200)
def write(request: ApiRequest, notice: UUID, idempotency_key: Key, words: Words) -> Done:
    """Write what a notice says, and choose what it shows."""
    agency = request.auth.agency
    held = visible_notice(agency, notice)
    crops = list(held.crops) if words.crops is None else words.crops
    pictures = list(held.pictures) if words.pictures is None else contents_named(agency, words.pictures)
    kept = actions.Written(words.known, words.asked, words.contact, words.language, crops, pictures)
    return _done(actions.write(notice, kept, request.auth.user))


@router.post("/notices/{uuid:notice}/seal", response=Done, auth=JUDGE)
@once(200)
def seal(request: ApiRequest, notice: UUID, idempotency_key: Key) -> Done:
    """Seal a notice for its country's key."""
    return _done(actions.seal(notice, request.auth.user))


@router.get("/notices/{uuid:notice}/sealed", auth=JUDGE, openapi_extra=FILE)
def sealed(request: ApiRequest, notice: UUID) -> StreamingHttpResponse:
    """Hand the sealed file out, to be sent on the caller's own way."""
    return handed_out(*actions.hand_out(notice, request.auth.user), still_calling(request.auth))


@router.post("/notices/{uuid:notice}/sent", response=Done, auth=JUDGE)
@once(200)
def sent(request: ApiRequest, notice: UUID, idempotency_key: Key, sending: Sending) -> Done:
    """Say that it was sent."""
    return _done(actions.sent(notice, sending.how, request.auth.user))


@router.post("/notices/{uuid:notice}/acknowledged", response=Done, auth=JUDGE)
@once(200)
def acknowledged(request: ApiRequest, notice: UUID, idempotency_key: Key, remark: Remark) -> Done:
    """Say that the country has received it."""
    return _done(actions.acknowledged(notice, request.auth.user, remark.note))


@router.post("/notices/{uuid:notice}/answer", response=Done, auth=JUDGE)
@once(200)
def answer(request: ApiRequest, notice: UUID, idempotency_key: Key, answer: Answer) -> Done:
    """Take down what the country answered."""
    return _done(actions.answered(notice, answer.outcome, answer.text, request.auth.user))


@router.post("/notices/{uuid:notice}/withdraw", response=Done, auth=JUDGE)
@once(200)
def withdraw(request: ApiRequest, notice: UUID, idempotency_key: Key, remark: Remark) -> Done:
    """Let a notice go no further."""
    return _done(actions.withdraw(notice, remark.note, request.auth.user))


def _told(notice: Notice) -> NoticeTold:
    return NoticeTold(
        id=notice.pk,
        reference=notice.reference,
        agency=notice.agency.code,
        country=notice.country,
        state=notice.state,
        outcome=notice.outcome,
        entry=notice.entry_id,
        changed_at=notice.changed_at,
        sent_at=notice.sent_at,
        sha256=as_hex(notice.digest),
    )


def _done(notice: Notice) -> Done:
    return Done(id=notice.pk, reference=notice.reference, state=notice.state)
