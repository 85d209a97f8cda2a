"""Routes of the registry: list entries, open one, read it with what is stated and done, its line of contents."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fanal.casework.entries import actions
from fanal.casework.entries.actions import Evidence
from fanal.casework.entries.history import Told, history_of, version_in
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import Known, listed_entries, visible_entry
from fanal.casework.entries.timeline import Point, timeline_of
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import Sha256, contents_named, digests_of
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut, cut_listed

router = Router(tags=["entries"])
MOST_AT_ONCE = 1_000
Kind = Annotated[Entry.Kind | None, Query(None, description="Only of this kind.")]
Contents = Annotated[list[Sha256], Field(max_length=MOST_AT_ONCE)]
Note = Annotated[str, Field(max_length=actions.LONGEST_NOTE)]


class EntryTold(Schema):
    """A series, victim, suspect, place or object, by the reference of its agency's own file."""

    id: UUID
    kind: str
    reference: str
    agency: str


class FactTold(Schema):
    """What was stated last: a state, an age at a date or a country, as it was given."""

    about: str
    value: dict[str, Any]
    agency: str
    at: datetime


class DeedTold(Schema):
    """What was done at one time, as far as the caller may see it. Its agency can undo it."""

    deed: int
    verb: str
    agency: str
    at: datetime
    undone_at: datetime | None
    said: list[str]
    others: list[EntryTold]
    contents: int
    country: str
    note: str


class EntryInFull(EntryTold):
    """An entry with all that counts as one with it. `contents` is how many belong to it; its timeline lists them."""

    merged: list[EntryTold]
    linked: list[EntryTold]
    contents: int
    facts: list[FactTold]
    history: list[DeedTold]


class PointTold(Schema):
    """A content on the line, in the order in which they were made; those of which that is not known come last."""

    content: str | None
    made_at: str | None
    """As it is written in the file, in its own zone."""
    doubtful: bool
    youngest: int | None
    oldest: int | None
    entries: list[UUID]


class Opening(Schema):
    """What an entry is opened with. Names stay in the national file."""

    kind: Entry.Kind
    reference: Annotated[str, Field(min_length=1, max_length=60)]
    contents: Contents = []
    note: Note = ""


class Done(Schema):
    """That it was done: undo it by the number of the deed."""

    deed: int
    entry: UUID | None


@router.get("/entries", response=Page[EntryTold], auth=READ)
def index(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50, kind: Kind = None) -> Page[EntryTold]:
    """List the entries that the caller may see, newest first."""
    shown, following = cut(listed_entries(request.auth.agency, kind or ""), cursor, limit)
    log_view(request.auth, "entries.seen", entries=[str(one.pk) for one in shown])
    return Page[EntryTold](items=[told(one) for one in shown], next=following)


@router.post("/entries", response={201: Done}, auth=JUDGE)
@once(201)
def begin(request: ApiRequest, idempotency_key: Key, opening: Opening) -> Done:
    """Open an entry under a reference of the caller's agency, and link contents with it."""
    contents = contents_named(request.auth.agency, opening.contents)
    why = Evidence(note=opening.note)
    made = actions.open_entry(opening.kind, opening.reference, request.auth.user, contents, why)
    return Done(deed=made.deed_id, entry=made.pk)


@router.get("/entries/{uuid:entry}", response=EntryInFull, auth=READ)
def show(request: ApiRequest, response: HttpResponse, entry: UUID) -> EntryInFull:
    """Tell of one entry: what is stated and linked, what was done. Its ETag is needed to change it."""
    agency = request.auth.agency
    shown = visible_entry(agency, entry)
    log_view(request.auth, "entries.seen", f"entry:{shown.pk}")
    known = Known(agency, shown)
    history = history_of(agency, shown, known)
    response.headers["ETag"] = f'"{version_in(history)}"'
    return EntryInFull(
        **dict(told(shown)),
        merged=[told(one) for one in known.members if one.pk != shown.pk],
        linked=[told(other) for other, _ in known.linked[shown.pk]],
        contents=len(known.contents[shown.pk]),
        facts=[
            FactTold(about=about, value=fact.value, agency=fact.deed.agency.code, at=fact.deed.at)
            for about, fact in sorted(known.facts[shown.pk].items())
        ],
        history=[_deed(one) for one in history],
    )


@router.get("/entries/{uuid:entry}/timeline", response=Page[PointTold], auth=READ)
def line(request: ApiRequest, entry: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[PointTold]:
    """List the contents of an entry in the order in which they were made, with the age of the victim then."""
    agency = request.auth.agency
    shown = visible_entry(agency, entry)
    points, following = cut_listed(timeline_of(agency, shown), cursor, limit, key=lambda point: str(point.content))
    contents = [point.content for point in points]
    log_view(request.auth, "entries.seen", f"entry:{shown.pk}", contents=[str(content) for content in contents])
    names = digests_of(agency, contents)
    return Page[PointTold](items=[_point(point, names.get(point.content)) for point in points], next=following)


def told(entry: Entry) -> EntryTold:
    """Return an entry as programs read it."""
    return EntryTold(id=entry.pk, kind=entry.kind, reference=entry.reference, agency=entry.agency.code)


def _deed(one: Told) -> DeedTold:
    return DeedTold(
        deed=one.deed.pk,
        verb=one.deed.verb,
        agency=one.deed.agency.code,
        at=one.deed.at,
        undone_at=one.deed.undone_at,
        said=sorted(one.verdicts),
        others=[told(other) for other in one.others],
        contents=one.files,
        country=one.country,
        note=one.note,
    )


def _point(point: Point, sha256: str | None) -> PointTold:
    youngest, oldest = point.age or (None, None)
    return PointTold(
        content=sha256,
        made_at=point.moment.written.isoformat() if point.moment else None,
        doubtful=bool(point.moment and point.moment.doubts),
        youngest=youngest,
        oldest=oldest,
        entries=[entry.pk for entry in point.entries],
    )
