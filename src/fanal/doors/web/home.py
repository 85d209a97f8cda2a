"""The first page: what waits for this officer."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from fanal.casework.evidence.models import Submission
from fanal.casework.evidence.queries import own_submissions, progress_of_each
from fanal.casework.leads.models import Lead
from fanal.casework.leads.queries import counting, leads_concerning
from fanal.casework.registry.queries import waiting_sightings
from fanal.core.access.models import User
from fanal.core.access.roles import Right, may
from fanal.doors.web.cards import cards_of
from fanal.doors.web.counted import count_of, counted_first
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
    waiting = counting(leads_concerning(officer.agency)).filter(state=Lead.State.OPEN)
    in_order = waiting.select_related("left", "right").order_by("-confidence", "-created_at", "id")
    surest, open_leads = counted_first(in_order, 6)
    deliveries: list[Submission] = list(own_submissions(officer.agency)[:5])
    sighted = waiting_sightings(officer.agency)
    seen = list(sighted[:6])
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
        "sighted": count_of(sighted),
        "seen": sighting_cards(officer, seen),
        "deliveries": [(delivery, progress[delivery.pk]) for delivery in deliveries],
    }
    return render(request, "web/today.html", context)
