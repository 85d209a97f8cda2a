"""The first page: what waits for this officer."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from fanal.casework.evidence.models import Submission
from fanal.casework.evidence.progress import progress_of_each
from fanal.casework.evidence.queries import own_submissions
from fanal.casework.leads.models import Lead
from fanal.casework.registry.models import Sighting
from fanal.casework.registry.queries import waiting_sightings
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right, may
from fanal.doors.web.cards import cards_of
from fanal.doors.web.counted import count_in, counted_first, enough
from fanal.doors.web.leads import queue_of
from fanal.doors.web.officer import log_view, officer_page, page_for
from fanal.doors.web.registry_cards import sighting_cards


@page_for(Right.DESK)
def first(request: HttpRequest, user: User) -> HttpResponseBase:
    """Show the first page of whoever comes: what waits for them, or what their role is there for."""
    if may(user, Right.SEE):
        return today(request)
    if may(user, Right.PEOPLE):
        return redirect("web:people")
    return redirect("web:log" if may(user, Right.LOG) else "web:account")


@officer_page
def today(request: HttpRequest, officer: User) -> HttpResponse:
    """Show the leads that wait for a judgement and the deliveries under way."""
    surest, open_leads = counted_first(queue_of(officer, Lead.State.OPEN, "ours"), 6)
    deliveries, seen = _deliveries(officer.agency), _sighted(officer.agency)
    log_view(
        officer,
        "leads.seen",
        sightings=[str(one.pk) for one in seen],
        leads=[str(lead.pk) for lead in surest],
        submissions=[str(delivery.pk) for delivery in deliveries],
    )
    progress = progress_of_each(deliveries)
    context = {
        "waiting": open_leads,
        "cards": cards_of(officer, surest),
        "sighted": count_in(_all_sighted(officer.agency)),
        "seen": sighting_cards(officer, seen),
        "deliveries": [(delivery, progress[delivery.pk]) for delivery in deliveries],
    }
    return render(request, "web/today.html", context)


@made_once
def _deliveries(agency: Agency) -> QuerySet[Submission]:
    return own_submissions(agency)[:5]


@made_once
def _sighted(agency: Agency) -> QuerySet[Sighting]:
    return waiting_sightings(agency)[:6]


@made_once
def _all_sighted(agency: Agency) -> QuerySet[Sighting, UUID]:
    return enough(waiting_sightings(agency))
