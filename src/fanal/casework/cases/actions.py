"""Verbs on cases: open, link, give another title, close, open again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from fanal.casework.cases.deeds import changing, happened, hold, hold_any, lead_only, words
from fanal.casework.cases.models import LINKABLE, Case, Event, Link, Participant
from fanal.casework.entries.queries import visible_entry
from fanal.casework.evidence.queries import visible_content, visible_exhibits
from fanal.casework.leads.queries import visible_lead
from fanal.casework.registry.queries import visible_clue
from fanal.core.access.actions import hold_agency
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right, needs
from fanal.kit import clock
from fanal.kit.errors import ONE_OF, Conflict, Invalid, NotFound, Refused
from fanal.kit.ids import random_bytes

LONGEST_TITLE, LONGEST_OUTCOME = 200, 2000
MOST_LINKS = 2_000
FEWEST_DIGITS = 4


@needs(Right.CASE)
@transaction.atomic
def open_case(title: str, by: User, about: Mapping[str, Any] | None = None) -> Case:
    """Open a case that the officer's agency leads; `about` names one thing to begin with, such as `{"entry": id}`.

    Raises Invalid for a title that is none, NotFound for what the officer may not see, Refused where the agency is not
    connected.
    """
    if not by.agency.connected:
        raise Refused("Only connected agencies have cases.")
    told, now, agency = words("A title has 1 to %(most)s characters.", title, LONGEST_TITLE), clock.now(), by.agency
    hold_agency(agency)
    with asking_for_everybody():
        reference = _reference(agency, now.year)
        made = Case.objects.create(
            reference=reference, title=told, agency=agency, lead=agency, by=by, opened_at=now, members=[agency.pk]
        )
        seat = {"state": Participant.State.JOINED, "officers": [by.pk], "at": now}
        Participant.objects.create(case=made, agency=agency, **seat)
    happened(Event.Verb.OPENED, made, by)
    for kind, thing in (about or {}).items():
        _link(made, kind, thing, by)
    return made


def _reference(agency: Agency, year: int) -> str:
    """Return a reference that nobody has. Its number is drawn: counted, it would tell how many cases there are."""
    begin = f"{agency.code}-{year}-"
    taken = set(Case.objects.filter(reference__startswith=begin).values_list("reference", flat=True))
    digits = FEWEST_DIGITS
    while len(taken) * 2 > 10**digits:
        digits += 1
    while True:
        drawn = f"{begin}{int.from_bytes(random_bytes(8), 'big') % 10**digits:0{digits}}"
        if drawn not in taken:
            return drawn


@needs(Right.CASE)
@transaction.atomic
def rename(case: UUID, title: str, by: User, *, as_seen: int | None = None) -> Case:
    """Give a case another title. Raises as `deeds.hold`, Conflict for those who do not lead it, Invalid."""
    held = hold(case, by, as_seen=as_seen)
    lead_only(held, by)
    told = words("A title has 1 to %(most)s characters.", title, LONGEST_TITLE)
    with changing(held):
        held.title = told
    happened(Event.Verb.RENAMED, held, by)
    return held


@needs(Right.CASE)
@transaction.atomic
def close_case(case: UUID, outcome: str, by: User, *, as_seen: int | None = None) -> Case:
    """Close a case, with what came of it. Raises as `rename`."""
    held = hold(case, by, as_seen=as_seen)
    lead_only(held, by)
    told = words("An outcome has 1 to %(most)s characters.", outcome, LONGEST_OUTCOME)
    with changing(held):
        held.state, held.outcome, held.closed_at = Case.State.CLOSED, told, clock.now()
    happened(Event.Verb.CLOSED, held, by)
    return held


@needs(Right.CASE)
@transaction.atomic
def reopen_case(case: UUID, by: User, *, as_seen: int | None = None) -> Case:
    """Open a closed case again. Raises as `rename`, Conflict for one that is open."""
    held = hold_any(case, by, as_seen=as_seen)
    lead_only(held, by)
    if held.state == Case.State.OPEN:
        raise Conflict("This case is open.")
    with changing(held):
        held.state, held.outcome, held.closed_at = Case.State.OPEN, "", None
    happened(Event.Verb.REOPENED, held, by)
    return held


@needs(Right.CASE)
@transaction.atomic
def link(case: UUID, kind: str, thing: Any, by: User) -> Link:
    """Say that a content, exhibit, lead, entry or clue belongs to a case. Nobody sees more of it for that.

    Raises as `deeds.hold`, NotFound for what the officer may not see, Conflict where it is linked already, Invalid for
    another kind and for too many.
    """
    return _link(hold(case, by), kind, thing, by)


def _link(case: Case, kind: str, thing: Any, by: User) -> Link:
    found = seen(by.agency, kind, thing)
    with asking_for_everybody():
        made = Link.objects.filter(case=case, **{kind: found}).first()
        if made is not None and made.withdrawn_at is None:
            raise Conflict("It is linked with this case already.")
        if made is None and Link.objects.filter(case=case, agency=by.agency_id).count() >= MOST_LINKS:
            raise Invalid(
                "An agency links at most %(most)s things with a case.", next_step="Link a series.", most=MOST_LINKS
            )
    made = made or Link(case=case, **{f"{kind}_id": found})
    made.agency_id, made.by, made.at, made.withdrawn_by, made.withdrawn_at = by.agency_id, by, clock.now(), None, None
    made.save()
    happened(Event.Verb.LINKED, case, by, link=made, kind=kind, about=made.pk)
    return made


def seen(agency: Agency, kind: str, thing: Any) -> Any:
    """Return the key of something that an agency may see. Raises NotFound, and Invalid for another kind."""
    if kind not in LINKABLE:
        raise Invalid(
            "%(given)s cannot be linked with a case.", next_step=ONE_OF, given=kind, known=", ".join(LINKABLE)
        )
    if kind == "exhibit":
        found = visible_exhibits(agency).filter(pk=thing).values_list("pk", flat=True).first()
        if found is None:
            raise NotFound("There is no such exhibit.")
        return found
    look = {"content": visible_content, "lead": visible_lead, "entry": visible_entry, "clue": visible_clue}[kind]
    return look(agency, thing).pk  # type: ignore[operator]  # each takes the key of its own kind
