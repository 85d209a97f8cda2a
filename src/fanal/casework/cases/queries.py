"""Reads of cases, each already filtered by the agency that asks. Who takes no part is told nothing of a case.

A case widens nothing: of what is linked with it, each participant is given what they may see of it anyway.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from fanal.casework.cases.models import (
    Case,
    Contribution,
    Decision,
    Document,
    Event,
    Link,
    Note,
    NoteText,
    Offer,
    Participant,
    Task,
)
from fanal.casework.entries.queries import visible_entries
from fanal.casework.evidence.queries import visible_contents, visible_exhibits
from fanal.casework.leads.queries import visible_leads
from fanal.casework.registry.queries import visible_clues
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.kit.errors import NotFound

Given = TypeVar("Given", bound=Contribution)
KINDS: dict[str, type[Contribution]] = {
    "link": Link,
    "note": Note,
    "task": Task,
    "decision": Decision,
    "document": Document,
}
"""What can be put into a case, by its name."""
VISIBLE: dict[str, Callable[[Agency], QuerySet[Any]]] = {
    "content": visible_contents,
    "exhibit": visible_exhibits,
    "lead": visible_leads,
    "entry": visible_entries,
    "clue": visible_clues,
}
"""What an agency may see of each kind that is linked with cases."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant with the officers who work on the case."""

    participant: Participant
    officers: list[User]


def joined_cases(agency: Agency) -> QuerySet[Case]:
    """Return the cases an agency takes part in, the newest first. Rooms are for connected agencies."""
    found = Case.objects.filter(members__contains=[agency.pk]).select_related("lead", "agency")
    return found if agency.connected else found.none()


def visible_cases(agency: Agency) -> QuerySet[Case]:
    """Return the cases an agency takes part in or is invited to, the newest first.

    The database holds the same rule as row policies, in `migrations/0003_row_policies.py`.
    """
    either = Q(members__contains=[agency.pk]) | Q(invited__contains=[agency.pk])
    found = Case.objects.filter(either).select_related("lead", "agency")
    return found if agency.connected else found.none()


def visible_case(agency: Agency, case: UUID) -> Case:
    """Return one case. Raises NotFound alike for what is not there and what may not be seen."""
    return _only(_numbered(agency, case))


@made_once
def _numbered(agency: Agency, case: UUID) -> QuerySet[Case]:
    return visible_cases(agency).filter(pk=case)


def joined_case(agency: Agency, case: UUID) -> Case:
    """Return a case that an agency takes part in. Raises NotFound for all others."""
    return _only(joined_cases(agency).filter(pk=case))


def _only(found: Iterable[Case]) -> Case:
    case = next(iter(found), None)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def takes_part(agency: Agency, case: Case) -> bool:
    """Return whether an agency has joined a case that it sees; else it is only invited."""
    return agency.pk in case.members


def seats_of(agency: Agency, case: Case) -> list[Seat]:
    """Return who takes part in a visible case and who was asked, in the order in which they came.

    Who is only invited sees the agencies that take part, and nobody's officers.
    """
    found = _participants(case.pk)
    if not takes_part(agency, case):
        here = {Participant.State.JOINED, Participant.State.INVITED}
        return [Seat(one, []) for one in found if one.state in here]
    by_agency: dict[UUID, list[User]] = {}
    for person in _people(list({pk for one in found for pk in one.officers})):
        by_agency.setdefault(person.agency_id, []).append(person)
    return [Seat(one, by_agency.get(one.agency_id, [])) for one in found]


@made_once
def _participants(case: UUID) -> QuerySet[Participant]:
    return Participant.objects.filter(case=case).select_related("agency").order_by("id")


@made_once
def _people(people: list[UUID]) -> QuerySet[User]:
    return User.objects.filter(Among("pk", people)).order_by("display_name", "pk")


def waiting_offer(agency: Agency, case: Case) -> Offer | None:
    """Return the offer of the lead that waits for an answer, for those who take part."""
    return next(iter(_waiting_offer(agency, case.pk)), None)


@made_once
def _waiting_offer(agency: Agency, case: UUID) -> QuerySet[Offer]:
    waiting = Offer.objects.filter(case__in=joined_cases(agency).values("pk"), case=case, state=Offer.State.WAITING)
    return waiting.select_related("to", "by__agency")


def offered_to(agency: Agency) -> QuerySet[Case]:
    """Return the cases whose lead is offered to an agency that takes part."""
    waiting = Offer.objects.filter(to=agency, state=Offer.State.WAITING)
    return joined_cases(agency).filter(pk__in=waiting.values("case"))


def links_in(agency: Agency, links: QuerySet[Link]) -> QuerySet[Link]:
    """Return those of these links of an agency's cases that are with what it may see anyway, taken back or not.

    Asked kind by kind, and only for kinds that there are: PostgreSQL plans one question for all of them ten times as
    long as it takes to answer it.
    """
    held = links.filter(case__in=joined_cases(agency).values("pk")).values_list("pk", *VISIBLE)
    return Link.objects.filter(pk__in=_shown(agency, list(held)))


def _shown(agency: Agency, held: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return the first of those rows of which an agency sees what stands behind it, in the order of `VISIBLE`."""
    shown: list[Any] = []
    for place, kind in enumerate(VISIBLE, start=1):
        things = {row[place] for row in held} - {None}
        seen = set(_seen(agency, kind, list(things))) if things else set()
        shown += [row[0] for row in held if row[place] in seen]
    return shown


@made_once
def _seen(agency: Agency, kind: str, things: list[Any]) -> QuerySet[Any, Any]:
    return VISIBLE[kind](agency).filter(Among("pk", things)).values_list("pk", flat=True)


@made_once
def _things(agency: Agency, kind: str, things: list[Any]) -> QuerySet[Any]:
    found = VISIBLE[kind](agency).filter(Among("pk", things))
    return found.select_related("agency") if kind == "entry" else found


def links_of(agency: Agency, case: Case) -> QuerySet[Link]:
    """Return what is linked with a case, as far as an agency may see it, the latest first."""
    found = links_in(agency, Link.objects.filter(case=case, withdrawn_at__isnull=True))
    return found.select_related("agency", "by", "content", "exhibit", "lead", "entry__agency", "clue").order_by("-id")


def all_links_of(agency: Agency, case: Case) -> list[Link]:
    """Return what is or was linked with a case, as far as an agency may see it, the latest first, each with its thing.

    Asked kind by kind, as `links_in` is: what tells that a thing may be seen brings the thing itself.
    """
    links = _links(agency, case.pk)
    shown: set[UUID] = set()
    for kind in VISIBLE:
        named = {getattr(link, f"{kind}_id") for link in links} - {None}
        if not named:
            continue
        things = {one.pk: one for one in _things(agency, kind, list(named))}
        for link in links:
            thing = things.get(getattr(link, f"{kind}_id"))
            if thing is not None:
                setattr(link, kind, thing)
                shown.add(link.pk)
    return [link for link in links if link.pk in shown]


@made_once
def _links(agency: Agency, case: UUID) -> QuerySet[Link]:
    held = Link.objects.filter(case=case, case__in=joined_cases(agency).values("pk"))
    return held.select_related("agency", "by").order_by("-id")


def put_in(agency: Agency, case: Case | UUID, kind: type[Given]) -> QuerySet[Given]:
    """Return what was put into a case, the latest first; what was taken back only to the agency whose it is."""
    found = kind._default_manager.filter(case=case, case__in=joined_cases(agency).values("pk"))
    standing = Q(withdrawn_at__isnull=True) | Q(agency=agency)
    return found.filter(standing).select_related("agency", "by").order_by("-id")


def notes_of(agency: Agency, case: Case) -> QuerySet[Note]:
    """Return the notes of a case, the latest first, each with all its texts, the last one first."""
    texts = Prefetch("texts", NoteText.objects.select_related("by"))
    return put_in(agency, case, Note).prefetch_related(texts)


def tasks_of(agency: Agency, case: Case | UUID) -> QuerySet[Task]:
    """Return the tasks of a case: what is to be done first, of that what is due first."""
    return put_in(agency, case, Task).select_related("to", "officer", "done_by").order_by("-state", "due", "id")


def decisions_of(agency: Agency, case: Case | UUID) -> QuerySet[Decision]:
    """Return what was decided, the latest first."""
    return put_in(agency, case, Decision)


def documents_of(agency: Agency, case: Case | UUID) -> QuerySet[Document]:
    """Return the files that are attached, the latest first."""
    return put_in(agency, case, Document)


@made_once
def all_of(agency: Agency, kind: str, case: UUID) -> QuerySet[Any]:
    """Return all tasks, decisions or documents of a case, as the functions above do: `kind` is a name of `KINDS`."""
    return {"task": tasks_of, "decision": decisions_of, "document": documents_of}[kind](agency, case)


def contribution(agency: Agency, case: Case, kind: str, one: UUID) -> Any:
    """Return one thing that was put into a case. Raises NotFound alike for what is not there and what is hidden."""
    if kind == "link":
        found: Contribution | None = (
            links_in(agency, Link.objects.filter(case=case, pk=one)).select_related("agency").first()
        )
    else:
        found = put_in(agency, case, KINDS[kind]).filter(pk=one).first() if kind in KINDS else None
    if found is None:
        raise NotFound("There is no such thing in this case.")
    return found


def events_of(agency: Agency, case: Case, links: Iterable[Link], most: int) -> list[Event]:
    """Return the latest of what happened in a case; of links only these, which are all that the agency may see."""
    known = {link.pk: link for link in links}
    events = _events(agency, case.pk, list(known), str(most))
    for event in events:
        if event.link_id is not None:
            event.link = known[event.link_id]
    return events


@made_once
def _events(agency: Agency, case: UUID, links: list[UUID], most: str) -> QuerySet[Event]:
    found = Event.objects.filter(case=case, case__in=joined_cases(agency).values("pk"))
    shown = found.filter(Q(link__isnull=True) | Q(Among("link_id", links)))
    return shown.select_related("agency", "by", "other").order_by("-id")[: int(most)]


def tasks_waiting(agency: Agency) -> QuerySet[Task]:
    """Return what an agency is to do in its open cases, what is due first."""
    open_cases = joined_cases(agency).filter(state=Case.State.OPEN).values("pk")
    found = Task.objects.filter(case__in=open_cases, to=agency, state=Task.State.OPEN, withdrawn_at__isnull=True)
    return found.select_related("case", "officer", "to").order_by("due", "id")


def cases_about(agency: Agency, **things: Iterable[Any]) -> list[Case]:
    """Return an agency's open cases that any of these is linked with, by what they are: `content=[…]`, `entry=[…]`."""
    asked = {kind: listed for kind, some in things.items() if (listed := list(some))}
    linked = _shown(agency, _standing(agency, ",".join(asked), *asked.values())) if asked else []
    return _open(agency, linked) if linked else []


@made_once
def _standing(agency: Agency, kinds: str, *things: list[Any]) -> QuerySet[Link, tuple[Any, ...]]:
    about = Q()
    for kind, some in zip(kinds.split(","), things, strict=True):
        about |= Q(Among(f"{kind}_id", some))
    held = Link.objects.filter(about, withdrawn_at__isnull=True, case__in=joined_cases(agency).values("pk"))
    return held.values_list("case", *VISIBLE)


@made_once
def _open(agency: Agency, cases: list[UUID]) -> QuerySet[Case]:
    return joined_cases(agency).filter(Among("pk", cases), state=Case.State.OPEN)


def in_common(cases: Iterable[Case], agencies: Collection[UUID]) -> dict[UUID, list[Case]]:
    """Return for each of these agencies the cases among these that it takes part in."""
    held = list(cases)
    return {agency: [case for case in held if agency in case.members] for agency in agencies}


def case_of_event(event: UUID) -> Event:
    """Return something that happened with its case: for the system, never for a page."""
    return Event.objects.select_related("case", "agency").get(pk=event)


def due_by(day: date) -> QuerySet[Task]:
    """Return the tasks of open cases whose day has come: for the system, never for a page."""
    standing = Task.objects.filter(state=Task.State.OPEN, withdrawn_at__isnull=True, case__state=Case.State.OPEN)
    return standing.filter(due__lte=day).select_related("case").order_by("due", "id")
