"""A person's second factor, and the second step of signing in."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from fanal.core.access import factors
from fanal.core.access.models import User
from fanal.core.access.queries import actor_for, actor_of
from fanal.core.access.roles import Right
from fanal.doors.web.entrance import answer_in, site_of
from fanal.doors.web.officer import page_for
from fanal.doors.web.qr import squares
from fanal.kit import clock
from fanal.kit.errors import Invalid, Refused

FRESH = timedelta(minutes=10)
APP = "factor-app"
MAKING = "factor-passkey"


def refuse_unless_fresh(request: HttpRequest) -> None:
    """Raise Refused where the person signed in a while ago: whoever found an open desk adds no key of their own."""
    began = parse_datetime(request.session.get("session", {}).get("began_at", ""))
    if began is None or clock.now() - began > FRESH:
        raise Refused(
            "You signed in a while ago.", next_step="Sign out, sign in again, and do this within ten minutes."
        )


@require_http_methods(["GET", "POST"])
@page_for(Right.DESK, before_factor=True)
def app(request: HttpRequest, user: User) -> HttpResponse:
    """Add an authenticator app: show its secret, then ask for the code that it shows."""
    refuse_unless_fresh(request)
    secret = request.session.get(APP) or factors.new_secret()
    request.session[APP] = secret
    address = factors.address_for(user, secret)
    context: dict[str, object] = {"secret": secret, "address": address, "squares": squares(address)}
    if request.method == "POST":
        try:
            codes = factors.add_app(user, secret, request.POST.get("code", ""), request.POST.get("name", ""))
        except Invalid as fault:
            return render(request, "web/factor_app.html", {**context, "fault": fault.spoken(gettext)[0]}, status=422)
        del request.session[APP]
        return _added(request, codes)
    return render(request, "web/factor_app.html", context)


@require_POST
@page_for(Right.DESK, before_factor=True)
def passkey_wanted(request: HttpRequest, user: User) -> HttpResponse:
    """Tell the browser what passkey to make."""
    refuse_unless_fresh(request)
    options, request.session[MAKING] = factors.begin_passkey(user, site_of(request))
    return JsonResponse(options)


@require_POST
@page_for(Right.DESK, before_factor=True)
def passkey(request: HttpRequest, user: User) -> HttpResponse:
    """Keep the passkey that the browser made."""
    refuse_unless_fresh(request)
    state = request.session.pop(MAKING, None)
    if state is None:
        raise Invalid("This passkey could not be kept.", next_step="Try again.")
    name = request.POST.get("name", "")
    return _added(request, factors.add_passkey(user, site_of(request), state, answer_in(request), name))


def _added(request: HttpRequest, codes: list[str]) -> HttpResponse:
    request.session["factor"] = True
    messages.success(request, gettext("It is needed from now on when you sign in."))
    return render(request, "web/recovery.html", {"codes": codes}) if codes else redirect("web:account")


@require_POST
@page_for(Right.DESK)
def remove(request: HttpRequest, user: User, factor: UUID) -> HttpResponse:
    """Take a factor away."""
    refuse_unless_fresh(request)
    factors.remove_factor(user, factor, actor_of(user))
    messages.success(request, gettext("Taken away."))
    return redirect("web:account")


@require_POST
@page_for(Right.DESK)
def recovery(request: HttpRequest, user: User) -> HttpResponse:
    """Make new recovery codes and show them, this once."""
    refuse_unless_fresh(request)
    return render(request, "web/recovery.html", {"codes": factors.new_recovery_codes(user, actor_of(user))})


@require_POST
@page_for(Right.PEOPLE)
def require(request: HttpRequest, user: User) -> HttpResponse:
    """Say whether everybody of the agency needs a second factor."""
    factors.require_factor(user.agency, actor_for(user, Right.PEOPLE), required=request.POST.get("required") == "yes")
    return redirect("web:people")
