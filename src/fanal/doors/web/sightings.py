"""Pages of sightings: a clue beside what it is seen in, judged by one key as leads are."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.leads.models import Verdict
from fanal.casework.registry import actions
from fanal.casework.registry.models import Sighting
from fanal.casework.registry.queries import history_of, sightings_of, visible_sighting
from fanal.core.access.models import User
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.registry_cards import sighting_cards


@officer_page
def show(request: HttpRequest, officer: User, sighting: UUID) -> HttpResponse:
    """Show where a clue is seen, why that was proposed, and what was judged."""
    shown = visible_sighting(officer.agency, sighting)
    log_view(officer, "registry.seen", f"sighting:{shown.pk}", contents=[str(shown.content_id)])
    history = history_of(shown)
    context = {
        "card": sighting_cards(officer, [shown])[0],
        "clue": shown.clue,
        "history": history,
        "can_withdraw": any(made.withdrawn_at is None and made.by.agency_id == officer.agency_id for made in history),
        "verdicts": [(verdict, label, verdict[0]) for verdict, label in Verdict.choices],
        "next": _next(officer, shown),
    }
    return render(request, "web/sighting.html", context)


def _next(officer: User, shown: Sighting) -> Sighting | None:
    return sightings_of(officer.agency, shown.clue).filter(state=Sighting.State.OPEN).exclude(pk=shown.pk).first()


@require_POST
@officer_page
def judge(request: HttpRequest, officer: User, sighting: UUID) -> HttpResponse:
    """Judge and go on to the next place where the clue is seen; the one just judged can be called back."""
    made = actions.judge_sighting(
        sighting, request.POST.get("verdict", ""), officer, request.POST.get("note", "")[:2000]
    )
    undo = reverse("web:sighting-withdraw", args=[sighting])
    judged = gettext("Judged: %(verdict)s.") % {"verdict": made.get_verdict_display()}
    messages.success(request, judged, extra_tags=undo)
    following = _next(officer, visible_sighting(officer.agency, sighting))
    return redirect("web:sighting", following.pk) if following else redirect("web:clue", made.sighting.clue_id)


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, sighting: UUID) -> HttpResponse:
    """Take the last judgement back and show the sighting again."""
    actions.withdraw_judgement(sighting, officer)
    messages.info(request, gettext("The judgement was taken back."))
    return redirect("web:sighting", sighting)
