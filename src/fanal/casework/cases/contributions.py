"""Verbs on what is put into a case: notes, tasks, decisions, files; take back and put back."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from fanal.casework.cases.deeds import happened, hold, words
from fanal.casework.cases.models import Case, Decision, Document, Event, Link, Note, NoteText, Participant, Task
from fanal.casework.cases.queries import contribution
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import agency_by_code
from fanal.core.access.roles import Right, needs
from fanal.core.vault.actions import open_plain, put
from fanal.kit import clock
from fanal.kit.errors import Changed, Conflict, Invalid, NotFound
from fanal.kit.ids import random_bytes

LONGEST_NOTE, LONGEST_TASK, LONGEST_DECISION, LONGEST_REASON, LONGEST_NAME = 10_000, 500, 2000, 4000, 200
MOST_BYTES = 20 << 20
"""Of a file that is attached. Evidence is submitted, not attached."""
BEFORE = 16
"""Random bytes before those of an attached file."""


@needs(Right.CASE)
@transaction.atomic
def note(case: UUID, text: str, by: User) -> Note:
    """Write a note. Raises as `deeds.hold`, Invalid for no text or too much."""
    held, told, now = hold(case, by), words("A note has 1 to %(most)s characters.", text, LONGEST_NOTE), clock.now()
    made = Note.objects.create(case=held, agency_id=by.agency_id, by=by, at=now)
    NoteText.objects.create(note=made, number=1, text=told, by=by, at=now)
    happened(Event.Verb.NOTED, held, by, kind="note", about=made.pk)
    return made


@needs(Right.CASE)
@transaction.atomic
def edit_note(case: UUID, one: UUID, text: str, by: User, *, as_seen: int) -> Note:
    """Give a note of one's agency another text; the ones before are kept. `as_seen`: the number of the text it was.

    Raises as `note`, NotFound for another's, Changed where a colleague was faster: nothing of either is lost.
    """
    held = hold(case, by)
    found = _own(held, "note", one, by)
    told = words("A note has 1 to %(most)s characters.", text, LONGEST_NOTE)
    if found.number != as_seen:
        raise Changed("A colleague changed this note meanwhile.", next_step="Read their text, then write yours anew.")
    found.number += 1
    found.save(update_fields=["number"])
    NoteText.objects.create(note=found, number=found.number, text=told, by=by, at=clock.now())
    happened(Event.Verb.EDITED, held, by, kind="note", about=found.pk)
    return found  # type: ignore[no-any-return]


@needs(Right.CASE)
@transaction.atomic
def set_task(case: UUID, title: str, by: User, *, to: str = "", officer: str = "", due: date | None = None) -> Task:
    """Set a task for an agency of the case, one's own unless another is named, or for one of its officers.

    Raises as `deeds.hold`, Invalid for who is not there and for no words.
    """
    held = hold(case, by)
    agency = agency_by_code(to) if to else by.agency
    if agency.pk not in held.members:
        raise Invalid("%(agency)s takes no part in this case.", next_step="Choose a participant.", agency=agency.code)
    made = Task.objects.create(
        case=held,
        agency_id=by.agency_id,
        by=by,
        at=clock.now(),
        title=words("A task has 1 to %(most)s characters.", title, LONGEST_TASK),
        to=agency,
        officer=_officer(held, agency, officer, by) if officer else None,
        due=due,
    )
    happened(Event.Verb.TASKED, held, by, kind="task", about=made.pk, other=agency)
    return made


def _officer(case: Case, agency: Agency, name: str, by: User) -> User:
    """Return an officer who works on the case; of one's own agency, any colleague."""
    found = User.objects.filter(agency=agency, username__iexact=name, is_active=True).first()
    seat = Participant.objects.get(case=case, agency=agency)
    if found is None or (found.pk not in seat.officers and agency.pk != by.agency_id):
        raise Invalid("Nobody of that name works on this case there.", next_step="Choose one who does, or the agency.")
    return found


@needs(Right.CASE)
@transaction.atomic
def finish_task(case: UUID, one: UUID, by: User, *, done: bool, as_seen: int | None = None) -> Task:
    """Say that a task is done, or that it is not after all: for whom it is, and who set it.

    Raises as `deeds.hold`, NotFound, Conflict for others and where that is so already, Changed.
    """
    held = hold(case, by)
    found: Task = contribution(by.agency, held, "task", one)
    if as_seen is not None and found.version != as_seen:
        raise Changed("This task is not as it was when you looked at it.")
    state = Task.State.DONE if done else Task.State.OPEN
    if by.agency_id not in {found.to_id, found.agency_id} or found.state == state or found.withdrawn_at:
        raise Conflict("That cannot be said of this task now.", next_step="Look at it again.")
    found.state, found.version = state, found.version + 1
    found.done_by, found.done_at = (by, clock.now()) if done else (None, None)
    found.save(update_fields=["state", "version", "done_by", "done_at"])
    happened(Event.Verb.DONE if done else Event.Verb.UNDONE, held, by, kind="task", about=found.pk)
    return found


@needs(Right.CASE)
@transaction.atomic
def decide(case: UUID, what: str, why: str, by: User) -> Decision:
    """Write down a decision and its reason. Raises as `deeds.hold`, Invalid for no words."""
    held = hold(case, by)
    told, reason = (
        words("A decision has 1 to %(most)s characters.", what, LONGEST_DECISION),
        words("A reason has 1 to %(most)s characters.", why, LONGEST_REASON),
    )
    made = Decision.objects.create(case=held, agency_id=by.agency_id, by=by, at=clock.now(), what=told, why=reason)
    happened(Event.Verb.DECIDED, held, by, kind="decision", about=made.pk)
    return made


@needs(Right.CASE)
@transaction.atomic
def attach(case: UUID, name: str, data: bytes, by: User) -> Document:
    """Attach a file; its bytes are sealed in the vault. The same one under the same name is attached once.

    Raises as `deeds.hold`, Invalid for no bytes or too many.
    """
    held = hold(case, by)
    if not 0 < len(data) <= MOST_BYTES:
        raise Invalid(
            "A file has 1 byte to %(most)s MB.", next_step="Submit evidence, do not attach it.", most=MOST_BYTES >> 20
        )
    called = words(
        "The name of a file has 1 to %(most)s characters.", name.replace("\\", "/").rpartition("/")[2], LONGEST_NAME
    )
    digest = hashlib.sha256(data).digest()
    known = Document.objects.filter(case=held, agency=by.agency_id, name=called, sha256=digest, withdrawn_at=None)
    if (before := known.first()) is not None:
        return before
    # Never the same bytes in the vault as an exhibit: whoever erases one does not erase the other.
    stored = put(random_bytes(BEFORE) + data)
    made = Document.objects.create(
        case=held,
        agency_id=by.agency_id,
        by=by,
        at=clock.now(),
        name=called,
        size=len(data),
        sha256=digest,
        blob_id=stored.sha256,
    )
    happened(Event.Verb.ATTACHED, held, by, kind="document", about=made.pk)
    return made


def bytes_of(document: Document) -> bytes:
    """Return the bytes of an attached file, to be handed out once that is logged. Raises as `vault.open_plain`."""
    with open_plain(bytes(document.blob_id)) as file:
        return file.read()[BEFORE:]


@needs(Right.CASE)
@transaction.atomic
def withdraw(case: UUID, kind: str, one: UUID, by: User) -> Any:
    """Take back what one's agency put into a case. It is kept, and only that agency sees its words from now on.

    Raises as `deeds.hold`, NotFound for another's, Conflict where that was done before.
    """
    held = hold(case, by)
    found = _own(held, kind, one, by)
    if found.withdrawn_at is not None:
        raise Conflict("This was taken back before.")
    found.withdrawn_by, found.withdrawn_at = by, clock.now()
    return _moved(Event.Verb.WITHDRAWN, held, kind, found, by)


@needs(Right.CASE)
@transaction.atomic
def restore(case: UUID, kind: str, one: UUID, by: User) -> Any:
    """Put back what one's agency had taken back. Raises as `withdraw`."""
    held = hold(case, by)
    found = _own(held, kind, one, by)
    if found.withdrawn_at is None:
        raise Conflict("This was not taken back.")
    found.withdrawn_by, found.withdrawn_at = None, None
    return _moved(Event.Verb.RESTORED, held, kind, found, by)


def _own(case: Case, kind: str, one: UUID, by: User) -> Any:
    found = contribution(by.agency, case, kind, one)
    if found.agency_id != by.agency_id:
        raise NotFound("There is no such thing of your agency in this case.")
    return found


def _moved(verb: Event.Verb, case: Case, kind: str, found: Any, by: User) -> Any:
    found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    link = found if isinstance(found, Link) else None
    happened(verb, case, by, link=link, kind=link.kind if link else kind, about=found.pk)
    return found


def forget_links(**which: object) -> None:
    """Let go of links with things that are deleted for good, and of the events that tell of them, as the law wants it.

    In the caller's transaction, for the system; that it was linked stands in the log.
    """
    links = Link.objects.filter(**which)
    Event.objects.filter(link__in=links).delete()
    links.delete()
