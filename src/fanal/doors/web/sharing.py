"""Pages of sharing: which files are known, by their digests alone; who works on a content."""

import re
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.sharing import actions
from fanal.casework.sharing.queries import asked_lately, disclosure_of
from fanal.core.access.models import User
from fanal.core.access.queries import actor_for
from fanal.core.access.roles import Right
from fanal.doors.web.officer import log_view, officer_page
from fanal.kit.errors import Invalid

DIGEST = re.compile(r"[0-9a-fA-F]{64}")


@officer_page
def check(request: HttpRequest, officer: User) -> HttpResponse:
    """Ask which digests are known; what is shown stands in the log for both sides first."""
    given = request.POST.get("digests", "")
    context = {"given": given, "most": actions.MOST_AT_ONCE, "an_hour": actions.MOST_AN_HOUR}
    if request.method == "POST":
        context["answers"] = actions.ask(officer.agency, _digests(given), actor_for(officer, Right.CHECK))
    else:
        log_view(officer, "sharing.seen")
    context |= {"asked": asked_lately(officer.agency), "disclosure": disclosure_of(officer.agency)}
    return render(request, "web/check.html", context)


def _digests(given: str) -> list[bytes]:
    words = given.split()
    wrong = next((word for word in words if not DIGEST.fullmatch(word)), None)
    if wrong is not None or not words:
        raise Invalid("A SHA-256 digest has 64 hexadecimal digits.", next_step="Write one digest a line.")
    return [bytes.fromhex(word) for word in dict.fromkeys(word.lower() for word in words)]


@require_POST
@officer_page
def claim(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    """Say that the officer's agency works on a content."""
    actions.claim(content, officer, request.POST.get("note", ""))
    messages.success(request, gettext("Claimed. Who sees this content sees that you work on it."))
    return redirect("web:content", content)


@require_POST
@officer_page
def renew(request: HttpRequest, officer: User, claim: UUID) -> HttpResponse:
    """Have a claim lapse later."""
    held = actions.renew(claim, officer)
    messages.success(request, gettext("Renewed."))
    return redirect("web:content", held.content_id)


@require_POST
@officer_page
def release(request: HttpRequest, officer: User, claim: UUID) -> HttpResponse:
    """Work on it no longer."""
    held = actions.release(claim, officer)
    messages.info(request, gettext("Released. Your agency works on it no longer."))
    return redirect("web:content", held.content_id)
