"""The page of recipients: to whom notices for countries that are not connected go, and for which key."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.notices import actions
from fanal.casework.notices.models import Language
from fanal.casework.notices.queries import recipient_of, unconnected
from fanal.core.access.models import User
from fanal.core.access.queries import agency_by_code
from fanal.core.access.roles import Right, may
from fanal.doors.web.officer import log_view, officer_page


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List the agencies that are not connected, each with its recipient as entered last."""
    listed = [(agency, recipient_of(agency)) for agency in unconnected()]
    log_view(officer, "notices.seen", recipients=[agency.code for agency, _ in listed])
    context = {"listed": listed, "may_enter": may(officer, Right.RECIPIENTS), "languages": Language.choices}
    return render(request, "web/recipients.html", context)


@require_POST
@officer_page
def enter(request: HttpRequest, officer: User) -> HttpResponse:
    """Enter whom an agency wants its notices sent to, and its key."""
    given = request.POST
    agency = agency_by_code(given.get("agency", ""))
    actions.enter_recipient(agency, given.get("contact", ""), given.get("key", ""), given.get("language", ""), officer)
    messages.success(request, gettext("Entered. Now somebody else compares the fingerprint by telephone."))
    return redirect("web:recipients")


@require_POST
@officer_page
def compare(request: HttpRequest, officer: User, recipient: UUID) -> HttpResponse:
    """Say that the fingerprint was read to its owner and is the same."""
    actions.compare_key(recipient, officer)
    messages.success(request, gettext("Compared. Notices can be sealed for this key."))
    return redirect("web:recipients")
