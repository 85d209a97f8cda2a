"""Pages of what is sent outside: an agency's webhooks, for its administrator; an officer's mail with what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.dispatch import actions
from fanal.casework.dispatch.models import Delivery, Digest, Webhook
from fanal.casework.dispatch.queries import deliveries_of, digest_of, webhooks_of
from fanal.core.access.asking import asking
from fanal.core.access.models import User
from fanal.core.access.roles import Right
from fanal.doors.web.officer import log_view, officer_page, page_for
from fanal.kit import settings

DELIVERIES_SHOWN = 20
administrator_page = page_for(Right.REACH)


@dataclass(frozen=True, slots=True)
class WebhookCard:
    """An address, and the latest that was sent to it."""

    webhook: Webhook
    deliveries: Sequence[Delivery]


@administrator_page
def webhooks(request: HttpRequest, officer: User) -> HttpResponse:
    """List the addresses to which the agency's alerts are sent, with how that goes; register one."""
    if request.method != "POST":
        return _listed(request, officer)
    return _with_secret(request, officer, *actions.register_webhook(request.POST.get("address", "").strip(), officer))


def _with_secret(request: HttpRequest, officer: User, made: Webhook, secret: str) -> HttpResponse:
    answer = _listed(request, officer, made=made, secret=secret)
    answer["Cache-Control"] = "no-store"  # the secret is shown this once
    return answer


def _listed(request: HttpRequest, officer: User, **shown: object) -> HttpResponse:
    log_view(officer, "dispatch.seen")
    with asking(officer.agency_id):  # an administrator sees no material, and this is none
        cards = [WebhookCard(one, list(deliveries_of(one)[:DELIVERIES_SHOWN])) for one in webhooks_of(officer.agency)]
    context = {"cards": cards, "allowed": settings.read().webhooks is not None, **shown}
    return render(request, "web/webhooks.html", context)


@require_POST
@administrator_page
def remove(request: HttpRequest, officer: User, webhook: UUID) -> HttpResponse:
    """Send nothing to an address any more."""
    actions.remove_webhook(webhook, officer)
    messages.info(request, gettext("Removed. Nothing is sent there any more."))
    return redirect("web:webhooks")


@require_POST
@administrator_page
def pause(request: HttpRequest, officer: User, webhook: UUID) -> HttpResponse:
    """Send nothing to an address until it is switched on."""
    actions.pause(webhook, officer)
    messages.info(request, gettext("Paused. What is told meanwhile is sent once it is switched on."))
    return redirect("web:webhooks")


@require_POST
@administrator_page
def renew_secret(request: HttpRequest, officer: User, webhook: UUID) -> HttpResponse:
    """Sign what is sent to an address with another secret, and show it this once."""
    return _with_secret(request, officer, *actions.renew_secret(webhook, officer))


@require_POST
@administrator_page
def switch_on(request: HttpRequest, officer: User, webhook: UUID) -> HttpResponse:
    """Send to an address again."""
    count = actions.switch_on(webhook, officer)
    messages.success(request, gettext("Switched on. Messages that are sent now: %(n)s.") % {"n": count})
    return redirect("web:webhooks")


@require_POST
@administrator_page
def try_out(request: HttpRequest, officer: User, webhook: UUID) -> HttpResponse:
    """Send an address a message of no alert."""
    actions.try_out(webhook, officer)
    messages.info(request, gettext("It is sent. Load this page again to see how it went."))
    return redirect("web:webhooks")


@require_POST
@administrator_page
def send_again(request: HttpRequest, officer: User, delivery: UUID) -> HttpResponse:
    """Send a message once more."""
    actions.send_again(delivery, officer)
    messages.info(request, gettext("It is sent. Load this page again to see how it went."))
    return redirect("web:webhooks")


@officer_page
def confirm(request: HttpRequest, officer: User, word: str) -> HttpResponse:
    """Take the word of a link that was mailed to the officer's address: it is theirs."""
    actions.confirm_digest(word, officer)
    messages.success(request, gettext("The address is confirmed. You are mailed what is new."))
    return redirect("web:alert-mail")


@officer_page
def mail(request: HttpRequest, officer: User) -> HttpResponse:
    """Choose how often one reads what is new in a mail."""
    if request.method == "POST":
        chosen = actions.choose_digest(request.POST.get("every", ""), request.POST.get("address", ""), officer)
        messages.success(request, _said(chosen))
        return redirect("web:alert-mail")
    log_view(officer, "dispatch.seen")
    context = {
        "digest": digest_of(officer),
        "periods": Digest.Every.choices,
        "allowed": settings.read().mail is not None,
    }
    return render(request, "web/alert_mail.html", context)


def _said(chosen: Digest | None) -> str:
    if chosen is None:
        return gettext("You are mailed nothing.")
    if chosen.confirmed_at is None:
        return gettext("A link is mailed to this address. Open it, and you are mailed what is new.")
    return gettext("You are mailed what is new.")
