"""Pages of leads: the queue, the compare view, and judgement by one key."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.cases.queries import cases_about
from fanal.casework.leads import actions
from fanal.casework.leads.models import Lead, Verdict
from fanal.casework.leads.queries import (
    counting,
    history_of,
    leads_concerning,
    set_aside,
    visible_lead,
    visible_leads,
)
from fanal.casework.registry.queries import titles_of
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.doors.web.cards import cards_of
from fanal.doors.web.counted import Listing, count_in, counted_first, enough, listed_once, page_of
from fanal.doors.web.officer import log_view, officer_page

LEADS_A_PAGE = 24
ASIDE = "aside"
"""Where leads are listed that rest on what is seen everywhere alone."""


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List leads: those that concern the officer's agency, or all that it may see."""
    state, scope = request.GET.get("state", Lead.State.OPEN), request.GET.get("scope", "ours")
    page = page_of(queue_of(officer, state, scope), LEADS_A_PAGE, request.GET.get("page"))
    listed = list(page.object_list)
    log_view(officer, "leads.seen", leads=[str(lead.pk) for lead in listed])
    context = {
        "page": page,
        "cards": cards_of(officer, listed),
        "state": state,
        "scope": scope,
        "states": Lead.State.choices,
        "aside": count_in(_aside(officer.agency, _scope(scope))),
    }
    return render(request, "web/leads.html", context)


def queue_of(officer: User, state: str, scope: str) -> Listing:
    """Return leads in one state, or `ASIDE`: those that concern the officer's agency, or all that it may see."""
    known = state if state == ASIDE or state in Lead.State.values else ""
    return _listed(officer.agency, known, _scope(scope))


def _scope(scope: str) -> str:
    return scope if scope == "all" else "ours"


@listed_once
def _listed(agency: Agency, state: str, scope: str) -> QuerySet[Lead]:
    return _queue(agency, state, scope).select_related("left", "right")


@made_once
def _aside(agency: Agency, scope: str) -> QuerySet[Lead, UUID]:
    return enough(_queue(agency, ASIDE, scope))


def _queue(agency: Agency, state: str, scope: str) -> QuerySet[Lead]:
    leads = visible_leads(agency) if scope == "all" else leads_concerning(agency)
    if state == ASIDE:
        leads = set_aside(leads)
    elif state in Lead.State.values:
        leads = counting(leads).filter(state=state)
    return leads.order_by("-confidence", "-created_at", "id")


@officer_page
def show(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Show the two sides of a lead, why it was proposed, and what was judged."""
    shown = visible_lead(officer.agency, lead)
    log_view(officer, "leads.seen", f"lead:{shown.id}")
    card, history = cards_of(officer, [shown])[0], history_of(shown)
    following, waiting = counted_first(queue_of(officer, Lead.State.OPEN, "ours"), 2)
    context = {
        "card": card,
        "sha256": bytes(shown.left.sha256 or b"").hex(),
        "history": history,
        "cases": cases_about(officer.agency, lead=[shown.pk]),
        "aside": sorted(titles_of(officer.agency, (shown.aside or {}).get("sources", ())).items()),
        "can_withdraw": any(made.withdrawn_at is None and made.by.agency_id == officer.agency_id for made in history),
        "verdicts": [(verdict, label, verdict[0]) for verdict, label in Verdict.choices],
        "next": next((lead for lead in following if lead.pk != shown.pk), None),
        "waiting": waiting,
    }
    return render(request, "web/lead.html", context)


@require_POST
@officer_page
def judge(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Judge and go on to the next open lead; the one just judged can be called back."""
    made = actions.judge(lead, request.POST.get("verdict", ""), officer, request.POST.get("note", "")[:2000])
    messages.success(
        request,
        gettext("Judged: %(verdict)s.") % {"verdict": made.get_verdict_display()},
        extra_tags=reverse("web:withdraw", args=[lead]),
    )
    following = _queue(officer.agency, Lead.State.OPEN, "ours").first()
    return redirect("web:lead", following.pk) if following else redirect("web:leads")


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Take the last judgement back and show the lead again."""
    actions.withdraw(lead, officer)
    messages.info(request, gettext("The judgement was taken back."))
    return redirect("web:lead", lead)
