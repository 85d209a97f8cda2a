"""The page of the central desk: how all agencies stand, where nobody answers, and having that go on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.alerts import overseeing
from fanal.casework.oversight.queries import overview
from fanal.core.access.models import User
from fanal.core.access.queries import agency_by_code
from fanal.core.access.roles import Right
from fanal.doors.web.officer import log_view, page_for
from fanal.doors.web.spans import span_in_words
from fanal.kit import clock


@page_for(Right.OVERSEE)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """Show agencies, unanswered alerts, notices that wait, how fast it goes, and what is in the registry."""
    log_view(user, "oversight.seen")
    told, now = overview(user), clock.now()
    paces = [
        (one.country, *map(span_in_words, (one.told, one.told_worst, one.acknowledged, one.acknowledged_worst)))
        for one in told.paces
    ]
    context = {
        "told": told,
        "waiting": [(one, span_in_words(now - one.waiting.since)) for one in told.waiting if one.waiting],
        "abroad": [(one, span_in_words(now - one.sent_at)) for one in told.abroad if one.sent_at],
        "paces": paces,
    }
    return render(request, "web/central.html", context)


@require_POST
@page_for(Right.OVERSEE)
def escalate(request: HttpRequest, user: User, agency: str) -> HttpResponse:
    """Have what waits in an agency stand first there."""
    done = overseeing.escalate_of(agency_by_code(agency), user)
    messages.success(request, gettext("They stand first there now: %(n)s.") % {"n": done})
    return redirect("web:central")


@require_POST
@page_for(Right.OVERSEE)
def hand_over(request: HttpRequest, user: User, agency: str) -> HttpResponse:
    """Give the late alerts of an agency to one of its supervisors."""
    done = overseeing.hand_over_of(agency_by_code(agency), request.POST.get("to", ""), user)
    messages.success(request, gettext("Handed over: %(n)s.") % {"n": done})
    return redirect("web:central")
