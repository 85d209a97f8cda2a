"""The page of retention: what falls due, rules, legal holds, orders, and what was deleted."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.evidence.delivered import SOURCES
from fanal.casework.retention import actions
from fanal.casework.retention.models import Ground
from fanal.casework.retention.queries import deletions_of, due_by, holds_of, rules_of
from fanal.core.access.models import User
from fanal.core.access.roles import Right, may
from fanal.doors.web.officer import log_view, officer_page
from fanal.kit import clock
from fanal.kit.errors import Invalid

SHOWN = 50


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """Show what falls due by a day, and what keeps it or has gone."""
    until = _until(request)
    due = due_by(officer.agency, until)[:SHOWN]
    holds, deletions = list(holds_of(officer.agency)), list(deletions_of(officer.agency)[:SHOWN])
    log_view(
        officer,
        "retention.seen",
        submissions=[str(one.submission.pk) for one in due],
        holds=[str(one.pk) for one in holds],
        deletions=[str(one.pk) for one in deletions],
    )
    context = {
        "due": due,
        "until": until.date().isoformat(),
        "now": clock.now(),
        "rules": list(rules_of(officer.agency)),
        "holds": holds,
        "deletions": deletions,
        "sources": SOURCES,
        "grounds": [(ground.value, ground.label) for ground in (Ground.COURT, Ground.SUPERVISOR)],
        "supervises": may(officer, Right.APPROVE),
        "subject": request.GET.get("subject", "")[:100],
    }
    return render(request, "web/retention.html", context)


def _until(request: HttpRequest) -> datetime:
    """Return the end of the day that was asked for, or now."""
    try:
        return datetime.combine(date.fromisoformat(request.GET.get("until", "")), time.max, UTC)
    except ValueError:
        return clock.now()


@require_POST
@officer_page
def make_rule(request: HttpRequest, officer: User) -> HttpResponse:
    """Say how long material of a kind is kept."""
    months = request.POST.get("months", "")
    if not (months.isascii() and months.isdigit() and len(months) < 6):
        raise Invalid("Months are a number.")
    actions.make_rule(int(months), request.POST.get("source", ""), request.POST.get("legal_basis", ""), officer)
    messages.success(request, gettext("The rule holds from now on. It deletes nothing by itself."))
    return redirect("web:retention")


@require_POST
@officer_page
def end_rule(request: HttpRequest, officer: User, rule: UUID) -> HttpResponse:
    """End a rule."""
    actions.end_rule(rule, officer)
    messages.info(request, gettext("The rule is ended."))
    return redirect("web:retention")


@require_POST
@officer_page
def lay_hold(request: HttpRequest, officer: User) -> HttpResponse:
    """Keep something from being deleted."""
    said = [request.POST.get(name, "") for name in ("subject", "reference", "reason")]
    actions.lay_hold(said[0], said[1], said[2], officer)
    messages.success(request, gettext("Held. It is not deleted until the hold is lifted."))
    return redirect("web:retention")


@require_POST
@officer_page
def lift_hold(request: HttpRequest, officer: User, hold: UUID) -> HttpResponse:
    """Lift a hold."""
    actions.lift_hold(hold, officer)
    messages.info(request, gettext("The hold is lifted."))
    return redirect("web:retention")


@require_POST
@officer_page
def order(request: HttpRequest, officer: User) -> HttpResponse:
    """Propose to delete something by rule or by order."""
    said = [request.POST.get(name, "") for name in ("subject", "ground", "reference", "reason")]
    actions.propose_deletion(said[0], said[1], said[2], said[3], officer)
    messages.info(request, gettext("Proposed. It is deleted for good once a supervisor of your agency agrees."))
    return redirect("web:approvals")
