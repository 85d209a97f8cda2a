"""The way in and out: sign-in, the link of an invitation, sign-out, and the language of the desk."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from fanal.core.access import people
from fanal.core.access.actions import begin_sign_in, choose_language, note_refused_sign_in, note_sign_in, note_sign_out
from fanal.core.access.attempts import forget as forget_attempts
from fanal.core.access.factors import Site, by_code, by_passkey, has_factor
from fanal.core.access.factors import begin_sign_in as begin_by_passkey
from fanal.core.access.models import User
from fanal.core.access.providers import providers, providers_for
from fanal.core.access.roles import Right, may
from fanal.core.access.sealing import unseal
from fanal.core.access.sessions import VOUCHED, begun
from fanal.kit import clock
from fanal.kit.errors import Invalid
from fanal.kit.ids import new_id

HALF_WAY, PASSKEY = "half-way", "passkey"
WAY_OUT = "way_out"
"""What the address at which a person signs out at their provider is sealed for: it tells who they are there."""
ONE_FACTOR = {"password", "provider"}
"""Ways of signing in that show one factor; all others show two."""
HALF_WAY_LASTS = timedelta(minutes=5)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a person in who has an account; both outcomes are logged first."""
    onward = safe(request, request.POST.get("next") or request.GET.get("next"))
    if request.method == "GET":
        return door(request, onward)
    # PostgreSQL keeps no NUL, so no name has one.
    username, password = request.POST.get("username", "").replace("\0", ""), request.POST.get("password", "")
    address = address_of(request)
    if not begin_sign_in(username, address):
        return door(request, onward, 429, held_off=True, username=username)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User) or not may(user, Right.DESK):
        note_refused_sign_in()
        return door(request, onward, 401, refused=True, username=username)
    if has_factor(user):
        return half_way(request, user, onward)
    return let_in(request, user, address, onward)


def door(request: HttpRequest, onward: str, status: int = 200, **said: object) -> HttpResponse:
    """Return the page on which to sign in, with what is `said` of the last attempt."""
    context = {"next": onward, "providers": providers(), **said}
    return render(request, "web/sign_in.html", context, status=status)


def half_way(request: HttpRequest, user: User, onward: str, vouched: Mapping[str, str] | None = None) -> HttpResponse:
    """Ask for the second factor: nobody is signed in yet. `vouched`: what is kept of a provider that did."""
    request.session.flush()
    request.session[VOUCHED] = vouched
    lapses_at = (clock.now() + HALF_WAY_LASTS).isoformat()
    request.session[HALF_WAY] = {"user": str(user.pk), "next": onward, "lapses_at": lapses_at}
    return redirect("web:sign-in-second")


@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Take the code of an app, or a recovery code, from whoever gave the right password a moment ago."""
    half = request.session.get(HALF_WAY)
    user = User.objects.select_related("agency").filter(pk=half["user"], is_active=True).first() if half else None
    if half is None or user is None or datetime.fromisoformat(half["lapses_at"]) <= clock.now():
        return redirect("web:sign-in")
    context = {"next": half["next"]}
    if request.method == "GET":
        return render(request, "web/second.html", context)
    address = address_of(request)
    if not begin_sign_in(user.username, address):
        return render(request, "web/second.html", {**context, "held_off": True}, status=429)
    how = by_code(user, request.POST.get("code", ""))
    if not how:
        note_refused_sign_in()
        return render(request, "web/second.html", {**context, "refused": True}, status=401)
    return let_in(request, user, address, half["next"], how, request.session.get(VOUCHED))


@require_POST
def passkey_wanted(request: HttpRequest) -> HttpResponse:
    """Tell the browser to show a passkey."""
    options, request.session[PASSKEY] = begin_by_passkey(site_of(request))
    return JsonResponse(options)


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Let in whoever shows a passkey: it has verified its person, so that it is both factors."""
    onward, address = safe(request, request.POST.get("next")), address_of(request)
    state = request.session.pop(PASSKEY, None)
    # Nobody guesses a passkey: under a name of its own, only the visitor's address is counted, and no crowd of bad
    # attempts elsewhere keeps anyone out.
    attempt = str(new_id())
    if not begin_sign_in(attempt, address):
        return door(request, onward, 429, held_off=True)
    user = by_passkey(site_of(request), state, answer_in(request)) if state else None
    if user is None or not may(user, Right.DESK):
        note_refused_sign_in()
        return door(request, onward, 401, no_passkey=True)
    forget_attempts(attempt, address)
    return let_in(request, user, address, onward, "passkey")


def site_of(request: HttpRequest) -> Site:
    """Return where this request came to, as browsers bind passkeys to it."""
    host = request.get_host()
    return Site(urlsplit(f"//{host}").hostname or "", f"{request.scheme}://{host}")


def answer_in(request: HttpRequest) -> Mapping[str, Any]:
    """Return what a browser's passkey answered. Raises Invalid for what is no answer."""
    try:
        told = json.loads(request.POST.get("credential", ""))
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Invalid("This is no answer of a passkey.", next_step="Try again.")
    return told


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the person for whom a link was made choose a password, and in."""
    user = people.invited(secret).user
    given, again = request.POST.get("password", ""), request.POST.get("again", "")
    context: dict[str, object] = {"person": user, "secret": secret, "providers": providers_for(user.agency)}
    if request.method == "POST" and given == again:
        try:
            return let_in(request, people.accept(secret, given), address_of(request), reverse("web:today"))
        except Invalid as fault:
            context["fault"], _ = fault.spoken(gettext)
    elif request.method == "POST":
        context["unlike"] = True
    # The address is a secret, which the policy of all pages keeps from other sites. A stricter one would have browsers
    # send the form without its origin, and it would be refused.
    return render(request, "web/welcome.html", context, status=422 if request.method == "POST" else 200)


def let_in(
    request: HttpRequest,
    user: User,
    address: str,
    onward: str,
    how: str = "password",
    vouched: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Begin a session, which is logged first. `vouched`: what is kept of the provider by which it began."""
    note_sign_in(user, address, how)
    request.session.flush()
    request.session["session"] = begun(address, request.headers.get("User-Agent", ""))
    request.session["factor"] = how not in ONE_FACTOR
    request.session[VOUCHED] = vouched
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if not user.language:
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        choose_language(user, user.language)
    return _in_language(redirect(onward), user.language)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, also where that cannot be logged: who wants to leave must never be kept signed in.

    Whoever came in by a provider that has a way out is taken there, to leave it too.
    """
    leaving, vouched = request.user, request.session.get(VOUCHED)
    logout(request)
    if not isinstance(leaving, User):
        return redirect("web:sign-in")
    note_sign_out(leaving)
    out = unseal(b64decode(vouched["way_out"]), purpose=WAY_OUT, of=leaving.pk) if vouched else None
    if vouched is None or not out:
        return redirect("web:sign-in")
    return taken_to(request, vouched["name"], out.decode(), leaving=True)


def taken_to(request: HttpRequest, name: str, address: str, *, leaving: bool = False) -> HttpResponse:
    """Return a page that takes a browser to a provider, by its name and address.

    It is no redirect: the policy of all pages lets no form lead to another site, by whatever way.
    """
    answer = render(request, "web/onward.html", {"name": name, "onward": address, "leaving": leaving})
    answer["Refresh"] = f"0; url={address}"
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the desk, for this person also the next time."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        chosen = settings.LANGUAGE_CODE
    if isinstance(request.user, User):
        choose_language(request.user, chosen)
    return _in_language(redirect(safe(request, request.POST.get("next"))), chosen)


def _in_language(response: HttpResponse, chosen: str) -> HttpResponse:
    translation.activate(chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        samesite="Lax",
        max_age=31_536_000,
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def address_of(request: HttpRequest) -> str:
    """Return where the request comes from: a proxy on this machine says it, last in its header; no other is asked."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
    return told if told and (peer in ("", "::1") or peer.startswith("127.")) else peer


def safe(request: HttpRequest, onward: str | None) -> str:
    """Return an address to go on to, if it is of this desk; else that of Today."""
    here = {request.get_host()}
    if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=here, require_https=request.is_secure()):
        return onward
    return reverse("web:today")
