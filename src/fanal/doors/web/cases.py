"""Pages of cases: the list with what waits, one case as a room, a new one, and adding something to one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_bidi, gettext

from fanal.casework.cases import actions
from fanal.casework.cases.models import LINKABLE, Case, Link, Task
from fanal.casework.cases.queries import (
    joined_cases,
    offered_to,
    seats_of,
    takes_part,
    tasks_waiting,
    visible_case,
    visible_cases,
    waiting_offer,
)
from fanal.casework.cases.timeline import Asked, timeline_of
from fanal.casework.entries.queries import visible_entry
from fanal.core.access.models import User
from fanal.core.access.queries import agencies, users
from fanal.core.access.roles import Right
from fanal.doors.web.case_cards import lines_of, linked_of, room_of
from fanal.doors.web.counted import page_of
from fanal.doors.web.officer import log_view, page_for
from fanal.doors.web.spans import LEFT_TO_RIGHT
from fanal.kit import clock
from fanal.kit.errors import Invalid

case_page = page_for(Right.CASE)
CASES_A_PAGE, LINES_A_PAGE = 24, 40
MOST_OFFERED = 9
"""Open cases that are offered when something is added: the latest."""


@case_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List the officer's cases: first what waits for an answer or is to be done."""
    state = request.GET.get("state", Case.State.OPEN)
    found = visible_cases(officer.agency)
    listed = found.filter(state=state) if state in Case.State.values else found
    page = page_of(listed, CASES_A_PAGE, request.GET.get("page"))
    shown = list(page.object_list)
    invited = list(found.filter(invited__contains=[officer.agency_id]))
    offered = list(offered_to(officer.agency))
    tasks = list(tasks_waiting(officer.agency)[:CASES_A_PAGE])
    log_view(officer, "cases.seen", cases=[str(case.pk) for case in (*shown, *invited, *offered)])
    context = {
        "page": page,
        "cases": shown,
        "state": state,
        "states": Case.State.choices,
        "invited": invited,
        "offered": offered,
        "tasks": tasks,
        "today": clock.now().date(),
    }
    return render(request, "web/cases.html", context)


@case_page
def show(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Show one case: who leads and takes part, what happened, what is to be done, what was decided and linked."""
    return room_page(request, officer, visible_case(officer.agency, case))


def room_page(request: HttpRequest, officer: User, held: Case, status: int = 200, **more: object) -> HttpResponse:
    """Show a case, or to who is only invited its door."""
    seats = seats_of(officer.agency, held)
    if not takes_part(officer.agency, held):
        log_view(officer, "cases.seen", f"case:{held.pk}")
        return render(request, "web/case_door.html", {"case": held, "seats": seats})
    asked = Asked(officer.agency, held)
    room = room_of(officer, held, asked)
    page = Paginator(timeline_of(officer.agency, held, asked), LINES_A_PAGE).get_page(request.GET.get("page"))
    log_view(officer, "cases.seen", f"case:{held.pk}", **room.linked.shown)
    here = [seat.participant.agency for seat in seats if seat.participant.state == "joined"]
    seated = {seat.participant.agency_id for seat in seats if seat.participant.state in {"joined", "invited"}}
    context: dict[str, Any] = {
        "case": held,
        "seats": seats,
        "here": here,
        "room": room,
        "page": page,
        "lines": lines_of(list(page.object_list), room),
        "open_tasks": [one for one in room.tasks if one.state == Task.State.OPEN and not one.withdrawn_at],
        "done_tasks": [one for one in room.tasks if one.state == Task.State.DONE or one.withdrawn_at],
        "offer": waiting_offer(officer.agency, held),
        "leads": held.lead_id == officer.agency_id,
        "is_open": held.state == Case.State.OPEN,
        "invitable": [one for one in agencies() if one.connected and one.pk not in seated],
        "colleagues": [one for one in users(officer.agency) if one.is_active],
        "ours": next((seat for seat in seats if seat.participant.agency_id == officer.agency_id), None),
        "today": clock.now().date(),
    }
    return render(request, "web/case.html", {**context, **more}, status=status)


def asked_about(given: QueryDict) -> tuple[str, Any] | None:
    """Return what a form is about, such as `("entry", id)`; None for nothing. Raises Invalid for what is no key."""
    kind = next((kind for kind in LINKABLE if given.get(kind)), None)
    if kind is None:
        return None
    try:
        return kind, (int(given.get(kind, "")) if kind in {"content", "exhibit"} else UUID(given.get(kind, "")))
    except ValueError:
        raise Invalid("That is nothing that can be linked.", next_step="Choose it on its page.") from None


@case_page
def add(request: HttpRequest, officer: User) -> HttpResponse:
    """Ask to which case something is added: one that is open, or a new one; or just open one. Enter does the first."""
    given = request.POST if request.method == "POST" else request.GET
    about = asked_about(given)
    if request.method == "POST":
        return _added(request, officer, given, about)
    cases = list(joined_cases(officer.agency).filter(state=Case.State.OPEN)[:MOST_OFFERED]) if about else []
    link = Link(**{f"{about[0]}_id": actions.seen(officer.agency, *about)}) if about else None
    linked = linked_of(officer, [link]) if link else None
    seen = linked.shown if linked else {}
    log_view(officer, "cases.seen", cases=[str(case.pk) for case in cases], **seen)
    context = {"cases": cases, "about": about, "linked": linked, "suggested": _suggested(officer, about)}
    return render(request, "web/case_add.html", context)


def _suggested(officer: User, about: tuple[str, Any] | None) -> str:
    """Return a title to begin with, so that Enter alone opens a case."""
    if about is None:
        return ""
    if about[0] == "entry":
        entry = visible_entry(officer.agency, about[1])
        return f"{entry.get_kind_display()} {entry.reference}"
    day = f"{clock.now():%Y-%m-%d}"
    return gettext("Case of %(day)s") % {"day": LEFT_TO_RIGHT.format(day) if get_language_bidi() else day}


def _added(request: HttpRequest, officer: User, given: QueryDict, about: tuple[str, Any] | None) -> HttpResponse:
    if given.get("case") and about is not None:
        held = visible_case(officer.agency, _asked_case(given))
        link = actions.link(held.pk, *about, officer)
        messages.success(
            request, gettext("Added."), extra_tags=reverse("web:case-take-back", args=[held.pk, "link", link.pk])
        )
        return redirect("web:case", held.pk)
    made = actions.open_case(given.get("title", ""), officer, dict([about]) if about else None)
    messages.success(request, gettext("Opened as %(reference)s.") % {"reference": made.reference})
    return redirect("web:case", made.pk)


def _asked_case(given: QueryDict) -> UUID:
    try:
        return UUID(given.get("case", ""))
    except ValueError:
        raise Invalid("No case was chosen.", next_step="Choose one from the list.") from None
