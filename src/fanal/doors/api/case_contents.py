"""Routes of what is put into a case: notes, tasks, decisions, files; take back and put back."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.cases import contributions
from fanal.casework.cases.models import Decision, Document, Note, Task
from fanal.casework.cases.queries import contribution, decisions_of, documents_of, joined_case, notes_of, tasks_of
from fanal.doors.api.caller import CASE, ApiRequest, log_view, still_calling
from fanal.doors.api.digests import as_hex
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut
from fanal.doors.api.problems import IfMatch, seen_number
from fanal.doors.downloads import handed_out

router = Router(tags=["cases"])
BYTES = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
Name = Annotated[str, Query(..., min_length=1, max_length=contributions.LONGEST_NAME, description="Its file name.")]
Text = Annotated[str, Field(min_length=1, max_length=contributions.LONGEST_NOTE)]


class Contributed(Schema):
    """What an agency put into a case; its own it sees also after it was taken back."""

    id: UUID
    agency: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


class TextTold(Schema):
    """A note as it stood at one time."""

    number: int
    text: str
    by: str
    at: datetime


class NoteTold(Contributed):
    """A note with all its texts, the last one first. The number of that is needed to change it, as `If-Match`."""

    texts: list[TextTold]


class TaskTold(Contributed):
    """What is to be done. `version` is needed to say that it is done, as `If-Match`."""

    title: str
    to: str
    officer: str | None
    due: date | None
    state: str
    done_by: str | None
    done_at: datetime | None
    version: int


class DecisionTold(Contributed):
    """What was decided, and why."""

    what: str
    why: str


class DocumentTold(Contributed):
    """A file that is attached."""

    name: str
    size: int
    sha256: str | None


class Writing(Schema):
    """The text of a note."""

    text: Text


class Tasking(Schema):
    """A task for an agency of the case, the caller's own without `to`, or for one of its officers."""

    title: Annotated[str, Field(min_length=1, max_length=contributions.LONGEST_TASK)]
    to: Annotated[str, Field(max_length=12)] = ""
    officer: Annotated[str, Field(max_length=100)] = ""
    due: date | None = None


class Finishing(Schema):
    """Whether it is done."""

    done: bool = True


class Deciding(Schema):
    """A decision."""

    what: Annotated[str, Field(min_length=1, max_length=contributions.LONGEST_DECISION)]
    why: Annotated[str, Field(min_length=1, max_length=contributions.LONGEST_REASON)]


class Put(Schema):
    """What was put in, changed, taken back or put back."""

    case: UUID
    id: UUID


@router.get("/cases/{uuid:case}/notes", response=Page[NoteTold], auth=CASE)
def notes(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[NoteTold]:
    """List the notes of a case, newest first."""
    held = joined_case(request.auth.agency, case)
    shown, following = cut(notes_of(request.auth.agency, held), cursor, limit)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", notes=[str(one.pk) for one in shown])
    return Page[NoteTold](items=[_note(one) for one in shown], next=following)


@router.post("/cases/{uuid:case}/notes", response={201: Put}, auth=CASE)
@once(201)
def write(request: ApiRequest, case: UUID, idempotency_key: Key, writing: Writing) -> Put:
    """Write a note."""
    return Put(case=case, id=contributions.note(case, writing.text, request.auth.user).pk)


@router.put("/cases/{uuid:case}/notes/{uuid:note}", response={200: Put}, auth=CASE)
@once(200)
def edit(
    request: ApiRequest, case: UUID, note: UUID, idempotency_key: Key, writing: Writing, if_match: IfMatch = None
) -> Put:
    """Give a note of the caller's agency another text; `If-Match` holds the number of the text that was looked at."""
    joined_case(request.auth.agency, case)
    number = seen_number(if_match)
    return Put(case=case, id=contributions.edit_note(case, note, writing.text, request.auth.user, as_seen=number).pk)


@router.get("/cases/{uuid:case}/tasks", response=Page[TaskTold], auth=CASE)
def tasks(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[TaskTold]:
    """List the tasks of a case, newest first."""
    held = joined_case(request.auth.agency, case)
    shown, following = cut(tasks_of(request.auth.agency, held), cursor, limit)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", tasks=[str(one.pk) for one in shown])
    return Page[TaskTold](items=[_task(one) for one in shown], next=following)


@router.post("/cases/{uuid:case}/tasks", response={201: Put}, auth=CASE)
@once(201)
def task(request: ApiRequest, case: UUID, idempotency_key: Key, tasking: Tasking) -> Put:
    """Set a task."""
    whom = {"to": tasking.to, "officer": tasking.officer}
    made = contributions.set_task(case, tasking.title, request.auth.user, due=tasking.due, **whom)
    return Put(case=case, id=made.pk)


@router.post("/cases/{uuid:case}/tasks/{uuid:task}/done", response={200: Put}, auth=CASE)
@once(200)
def finish(
    request: ApiRequest, case: UUID, task: UUID, idempotency_key: Key, finishing: Finishing, if_match: IfMatch = None
) -> Put:
    """Say that a task is done, or that it is not after all; `If-Match` holds its version."""
    joined_case(request.auth.agency, case)
    version = seen_number(if_match)
    contributions.finish_task(case, task, request.auth.user, done=finishing.done, as_seen=version)
    return Put(case=case, id=task)


@router.get("/cases/{uuid:case}/decisions", response=Page[DecisionTold], auth=CASE)
def decisions(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[DecisionTold]:
    """List what was decided, newest first."""
    held = joined_case(request.auth.agency, case)
    shown, following = cut(decisions_of(request.auth.agency, held), cursor, limit)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", decisions=[str(one.pk) for one in shown])
    return Page[DecisionTold](items=[_decision(one) for one in shown], next=following)


@router.post("/cases/{uuid:case}/decisions", response={201: Put}, auth=CASE)
@once(201)
def decide(request: ApiRequest, case: UUID, idempotency_key: Key, deciding: Deciding) -> Put:
    """Write a decision down, and why."""
    return Put(case=case, id=contributions.decide(case, deciding.what, deciding.why, request.auth.user).pk)


@router.get("/cases/{uuid:case}/files", response=Page[DocumentTold], auth=CASE)
def files(request: ApiRequest, case: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[DocumentTold]:
    """List the files that are attached, newest first."""
    held = joined_case(request.auth.agency, case)
    shown, following = cut(documents_of(request.auth.agency, held), cursor, limit)
    log_view(request.auth, "cases.seen", f"case:{held.pk}", documents=[str(one.pk) for one in shown])
    return Page[DocumentTold](items=[_document(one) for one in shown], next=following)


@router.post("/cases/{uuid:case}/files", response={201: Put}, auth=CASE, openapi_extra=BYTES)
def attach(request: ApiRequest, case: UUID, name: Name) -> Put:
    """Attach a file of up to 20 MB, sent as it is. The same file under the same name is attached once: no key."""
    joined_case(request.auth.agency, case)
    data = request.read(contributions.MOST_BYTES + 1)
    return Put(case=case, id=contributions.attach(case, name, data, request.auth.user).pk)


@router.get("/cases/{uuid:case}/files/{uuid:document}", auth=CASE)
def document(request: ApiRequest, case: UUID, document: UUID) -> StreamingHttpResponse:
    """Hand out the bytes of an attached file, for as long as the caller may have them."""
    agency = request.auth.agency

    def look() -> Document:
        found: Document = contribution(agency, joined_case(agency, case), "document", document)
        return found

    found = look()
    log_view(request.auth, "cases.served", f"case:{case}", document=str(found.pk))
    return handed_out(found.name, contributions.bytes_of(found), still_calling(request.auth, look))


@router.post("/cases/{uuid:case}/{slug:kind}/{uuid:one}/take-back", response={200: Put}, auth=CASE)
@once(200)
def take_back(request: ApiRequest, case: UUID, kind: str, one: UUID, idempotency_key: Key) -> Put:
    """Take back what the caller's agency put in: a link, note, task, decision or document."""
    return Put(case=case, id=contributions.withdraw(case, kind, one, request.auth.user).pk)


@router.post("/cases/{uuid:case}/{slug:kind}/{uuid:one}/put-back", response={200: Put}, auth=CASE)
@once(200)
def put_back(request: ApiRequest, case: UUID, kind: str, one: UUID, idempotency_key: Key) -> Put:
    """Put back what the caller's agency had taken back."""
    return Put(case=case, id=contributions.restore(case, kind, one, request.auth.user).pk)


def _common(one: Note | Task | Decision | Document) -> dict[str, Any]:
    return {
        "id": one.pk,
        "agency": one.agency.code,
        "by": one.by.username,
        "at": one.at,
        "withdrawn_at": one.withdrawn_at,
    }


def _note(one: Note) -> NoteTold:
    texts = [TextTold(number=text.number, text=text.text, by=text.by.username, at=text.at) for text in one.texts.all()]
    return NoteTold(**_common(one), texts=texts)


def _task(one: Task) -> TaskTold:
    return TaskTold(
        **_common(one),
        title=one.title,
        to=one.to.code,
        officer=one.officer.username if one.officer else None,
        due=one.due,
        state=one.state,
        done_by=one.done_by.username if one.done_by else None,
        done_at=one.done_at,
        version=one.version,
    )


def _decision(one: Decision) -> DecisionTold:
    return DecisionTold(**_common(one), what=one.what, why=one.why)


def _document(one: Document) -> DocumentTold:
    return DocumentTold(**_common(one), name=one.name, size=one.size, sha256=as_hex(one.sha256))
