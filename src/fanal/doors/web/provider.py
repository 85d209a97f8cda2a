"""Sign-in by the ministry's own provider: out to it and back, to come in, be invited or link one's account.

A browser is sent out by a page that takes it onward, not by a redirect: the policy of all pages lets no form lead to
another site, by whatever way.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from fanal.core.access import oidc, people, provider_links
from fanal.core.access.actions import begin_sign_in, note_refused_sign_in
from fanal.core.access.attempts import forget as forget_attempts
from fanal.core.access.factors import has_factor
from fanal.core.access.models import User
from fanal.core.access.provider_links import Vouched
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, may
from fanal.doors.web.entrance import address_of, door, half_way, let_in, safe, site_of
from fanal.doors.web.factors import refuse_unless_fresh
from fanal.doors.web.officer import page_for
from fanal.kit import clock, settings
from fanal.kit.errors import Conflict, NotFound, Refused
from fanal.kit.ids import new_id

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
    if provider_links.provider_for(user) is None:
        raise NotFound("There is no such page.")
    return _out(request, {"next": reverse("web:account"), "linking": str(user.pk)})


@require_POST
@page_for(Right.DESK)
def remove(request: HttpRequest, user: User) -> HttpResponse:
    """Let the person in by the provider no longer."""
    refuse_unless_fresh(request)
    provider_links.unlink(user, actor_of(user))
    messages.success(request, gettext("Taken away."))
    return redirect("web:account")


def _out(request: HttpRequest, purpose: Mapping[str, str]) -> HttpResponse:
    provider, attempt = _provider(), str(new_id())
    # Counted before the provider is asked anything; whoever comes back was sent out, once. Each attempt has a name of
    # its own, so that only the visitor's address is counted.
    if not begin_sign_in(attempt, address_of(request)):
        return door(request, purpose["next"], 429, held_off=True)
    onward, kept = oidc.begin(provider, _back(request))
    lapses_at = (clock.now() + LASTS).isoformat()
    request.session[OUT] = {**kept, **purpose, "attempt": attempt, "lapses_at": lapses_at}
    answer = render(request, "web/onward.html", {"provider": provider, "onward": onward})
    answer["Refresh"] = f"0; url={onward}"
    return answer


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take whom the provider sends back, once; all who are not let in are told the same."""
    kept, provider = request.session.pop(OUT, None), _provider()
    try:
        if kept is None or datetime.fromisoformat(kept["lapses_at"]) <= clock.now():
            raise oidc.NotBelieved("nobody was sent out")
        vouched = oidc.finish(provider, _back(request), kept, request.GET.dict())
    except oidc.NotBelieved as fault:
        logger.warning("A provider's answer is not believed: %s", fault)
        return _refused(request, kept)
    if "linking" in kept:
        return _linked(request, kept, vouched)
    user = _accepted(UUID(kept["invitation"]), vouched) if kept["invitation"] else provider_links.by_provider(vouched)
    if user is None or not may(user, Right.DESK):
        return _refused(request, kept)
    forget_attempts(kept["attempt"], address_of(request))
    if has_factor(user) and not vouched.second:
        return half_way(request, user, kept["next"])
    how = "provider+factor" if vouched.second else "provider"
    return let_in(request, user, address_of(request), kept["next"], how)


def _accepted(invitation: UUID, vouched: Vouched) -> User | None:
    try:
        return people.accept_by(invitation, vouched)
    except (Conflict, NotFound, Refused):
        return None


def _linked(request: HttpRequest, kept: Mapping[str, str], vouched: Vouched) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or str(user.pk) != kept["linking"]:
        return _refused(request, None)
    forget_attempts(kept["attempt"], address_of(request))
    provider_links.link(user, vouched)
    messages.success(request, gettext("From now on you may sign in by it."))
    return redirect("web:account")


def _refused(request: HttpRequest, kept: Mapping[str, str] | None) -> HttpResponse:
    note_refused_sign_in()
    return door(request, kept["next"] if kept else reverse("web:today"), 401, not_believed=True)


def _provider() -> settings.Provider:
    provider = settings.read().provider
    if provider is None:
        raise NotFound("There is no such page.")
    return provider


def _back(request: HttpRequest) -> str:
    return f"{site_of(request).origin}{reverse('web:provider-back')}"
