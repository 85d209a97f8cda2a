"""Sign-in by a ministry's own provider: out to it and back, to come in, be invited or link one's account.

And what it says by itself: that somebody has signed out there.
"""

import logging
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fanal.core.access import oidc, people, provider_links, provider_logout
from fanal.core.access.actions import begin_sign_in, note_refused_sign_in
from fanal.core.access.attempts import begin as begin_attempt
from fanal.core.access.attempts import forget as forget_attempts
from fanal.core.access.factors import has_factor
from fanal.core.access.models import User
from fanal.core.access.provider_asked import NotBelieved
from fanal.core.access.provider_links import Vouched
from fanal.core.access.providers import provider_of
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, may
from fanal.core.access.sealing import seal
from fanal.doors.web.account import chosen_uuid
from fanal.doors.web.entrance import WAY_OUT, address_of, door, half_way, let_in, safe, site_of, taken_to
from fanal.doors.web.factors import refuse_unless_fresh
from fanal.doors.web.officer import page_for
from fanal.kit import clock
from fanal.kit.errors import Conflict, NotFound, Refused
from fanal.kit.ids import new_id
from fanal.kit.settings import OF_SETTINGS, Provider

logger = logging.getLogger(__name__)

OUT = "provider"
LASTS = timedelta(minutes=10)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Send a visitor out to sign in there, or to accept the invitation that they have."""
    secret = request.POST.get("invitation", "")
    invitation = str(people.invited(secret).pk) if secret else ""
    return _out(request, {"next": safe(request, request.POST.get("next")), "invitation": invitation})


@require_POST
@page_for(Right.DESK, before_factor=True)
def begin_link(request: HttpRequest, user: User) -> HttpResponse:
    """Send a person out to link their account. It adds a key to it, so the sign-in must be fresh."""
    refuse_unless_fresh(request)
    if not _chosen(request).speaks_for(user.agency.code):
        raise NotFound("There is no such provider.")
    return _out(request, {"next": reverse("web:account"), "linking": str(user.pk)})


@require_POST
@page_for(Right.DESK)
def remove(request: HttpRequest, user: User) -> HttpResponse:
    """Let the person in by the provider no longer."""
    refuse_unless_fresh(request)
    link = chosen_uuid(request.POST.get("link", ""))
    provider_links.unlink(user, link, actor_of(user), keeping=request.session.session_key)
    messages.success(request, gettext("Taken away."))
    return redirect("web:account")


def _out(request: HttpRequest, purpose: Mapping[str, str]) -> HttpResponse:
    provider, attempt = _chosen(request), str(new_id())
    # Counted before the provider is asked anything; whoever comes back was sent out, once. Each attempt has a name of
    # its own, so that only the visitor's address is counted.
    if not begin_sign_in(attempt, address_of(request)):
        return door(request, purpose["next"], 429, held_off=True)
    onward, kept = oidc.begin(provider, _back(request, provider))
    lapses_at = (clock.now() + LASTS).isoformat()
    whence = {"provider": provider.word, "attempt": attempt, "lapses_at": lapses_at}
    request.session[OUT] = {**kept, **purpose, **whence}
    return taken_to(request, provider.name, onward)


@require_GET
def back(request: HttpRequest, word: str = OF_SETTINGS) -> HttpResponse:
    """Take whom a provider sends back, once; all who are not let in are told the same.

    Each has an address of its own to send people back to, so that none answers for another.
    """
    kept, provider = request.session.pop(OUT, None), provider_of(word)
    try:
        if kept is None or datetime.fromisoformat(kept["lapses_at"]) <= clock.now():
            raise NotBelieved("nobody was sent out")
        if kept["provider"] != word:
            raise NotBelieved("sent out to another")
        home = f"{site_of(request).origin}{reverse('web:sign-in')}"
        vouched = oidc.finish(provider, _back(request, provider), kept, request.GET.dict(), home)
    except NotBelieved as fault:
        logger.warning("A provider's answer is not believed: %s", fault)
        return _refused(request, kept)
    if "linking" in kept:
        return _linked(request, kept, provider, vouched)
    user = _accepted(kept["invitation"], provider, vouched)
    if user is None or not may(user, Right.DESK):
        return _refused(request, kept)
    forget_attempts(kept["attempt"], address_of(request))
    held = _held(user, provider, vouched)
    if has_factor(user) and not vouched.second:
        return half_way(request, user, kept["next"], held)
    how = "provider+factor" if vouched.second else "provider"
    return let_in(request, user, address_of(request), kept["next"], how, held)


@csrf_exempt
@require_POST
def signed_out(request: HttpRequest, word: str = OF_SETTINGS) -> HttpResponse:
    """Hear from a provider, not from a browser, that somebody has signed out there; they are signed out here at once.

    Whether anybody was signed in here is not told.
    """
    attempt, address = str(new_id()), address_of(request)
    if not begin_attempt(attempt, address):  # each has the provider asked for its keys
        return JsonResponse({"error": "temporarily_unavailable"}, status=429)
    try:
        provider_logout.hear(provider_of(word), request.POST.get("logout_token", ""))
    except NotBelieved as fault:
        logger.warning("A provider's word that somebody signed out is not believed: %s", fault)
        return JsonResponse({"error": "invalid_request"}, status=400)
    forget_attempts(attempt, address)
    return HttpResponse()


def _held(user: User, provider: Provider, vouched: Vouched) -> dict[str, str]:
    """Return what a session keeps of the provider by which it began."""
    out = seal(vouched.way_out.encode(), purpose=WAY_OUT, of=user.pk)
    sid = provider_links.digest_of(vouched.issuer, vouched.sid).hex() if vouched.sid else ""
    of_session = {"subject": vouched.digest.hex(), "sid": sid, "way_out": b64encode(out).decode()}
    return {"provider": provider.word, "name": provider.name, **of_session}


def _accepted(invitation: str, provider: Provider, vouched: Vouched) -> User | None:
    if not invitation:
        return provider_links.by_provider(provider, vouched)
    try:
        return people.accept_by(UUID(invitation), provider, vouched)
    except (Conflict, NotFound, Refused):
        return None


def _linked(request: HttpRequest, kept: Mapping[str, str], provider: Provider, vouched: Vouched) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or str(user.pk) != kept["linking"]:
        return _refused(request, None)
    forget_attempts(kept["attempt"], address_of(request))
    provider_links.link(user, provider, vouched)
    messages.success(request, gettext("From now on you may sign in by it."))
    return redirect("web:account")


def _refused(request: HttpRequest, kept: Mapping[str, str] | None) -> HttpResponse:
    note_refused_sign_in()
    return door(request, kept["next"] if kept else reverse("web:today"), 401, not_believed=True)


def _chosen(request: HttpRequest) -> Provider:
    return provider_of(request.POST.get("provider", ""))


def _back(request: HttpRequest, provider: Provider) -> str:
    named = [] if provider.word == OF_SETTINGS else [provider.word]
    return f"{site_of(request).origin}{reverse('web:provider-back', args=named)}"
