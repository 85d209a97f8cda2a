"""A person's own account: password, sessions, tokens."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.core.access import sessions, tokens
from fanal.core.access.actions import begin_sign_in, change_password, note_refused_sign_in
from fanal.core.access.models import User
from fanal.core.access.provider_links import link_with
from fanal.core.access.providers import providers_for
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, offered_scopes
from fanal.doors.web.entrance import address_of
from fanal.doors.web.factors import refuse_unless_fresh
from fanal.doors.web.officer import confined, log_view, page_for
from fanal.kit.errors import Invalid, Refused

TOKEN_DAYS = 90


@page_for(Right.DESK, before_factor=True)
def show(request: HttpRequest, user: User) -> HttpResponse:
    """Show where the person is signed in, and which programs act for them."""
    return _shown(request, user)


def _shown(request: HttpRequest, user: User, secret: str = "") -> HttpResponse:
    log_view(user, "access.seen", f"user:{user.pk}")
    here = request.session.session_key
    context = {
        "sessions": [(one, one.pk == here) for one in sessions.sessions_of(user)],
        "tokens": [one for one in tokens.tokens_of(user.agency) if one.user_id == user.pk and one.revoked_at is None],
        "scopes": offered_scopes(user.role),
        "secret": secret,
        "factors": user.factors.all(),
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "confined": confined(request),
        "ways": [(provider, link_with(user, provider)) for provider in providers_for(user.agency)],
    }
    return render(request, "web/account.html", context)


@require_POST
@page_for(Right.DESK, before_factor=True)
def password(request: HttpRequest, user: User) -> HttpResponse:
    """Change the password. The old one is asked for, and counted like a sign-in; all other sessions end."""
    given, address = request.POST, address_of(request)
    if not begin_sign_in(user.username, address):
        raise Refused("Too many attempts.", next_step="Wait a quarter of an hour, then try again.")
    if not user.check_password(given.get("old", "")):
        note_refused_sign_in()
        raise Refused("The old password is another.", next_step="Try again.")
    if given.get("new") != given.get("again"):
        raise Invalid("The new password was typed in two ways.", next_step="Type the same twice.")
    change_password(user, given.get("new", ""), actor_of(user), keeping=request.session.session_key)
    update_session_auth_hash(request, user)
    messages.success(request, gettext("The password is changed. You are signed in nowhere else."))
    return redirect("web:account")


@require_POST
@page_for(Right.DESK, before_factor=True)
def end_session(request: HttpRequest, user: User) -> HttpResponse:
    """End one session of the person's own, or all but this one."""
    named = request.POST.get("session", "")
    if named == "others":
        sessions.end_sessions(user, actor_of(user), but=request.session.session_key)
    else:
        sessions.end_session(user, chosen_uuid(named), actor_of(user))
    messages.success(request, gettext("Ended."))
    return redirect("web:account")


@require_POST
@page_for(Right.DESK)
def make_token(request: HttpRequest, user: User) -> HttpResponse:
    """Give a program a token to act for the person; its secret is shown this once."""
    refuse_unless_fresh(request)
    given = request.POST
    lasts = timedelta(days=TOKEN_DAYS)
    asked = given.getlist("scope")
    _, secret = tokens.make_token(user, name=given.get("name", ""), scopes=asked, lasts=lasts, actor=actor_of(user))
    return _shown(request, user, secret)


@require_POST
@page_for(Right.DESK)
def revoke_token(request: HttpRequest, user: User, token: UUID) -> HttpResponse:
    """Make a token useless: one's own, or as an administrator one of the agency's."""
    held = tokens.revoke_token(tokens.token_of(user, token).pk, actor_of(user))
    messages.success(request, gettext("The token is of no use any more."))
    return redirect("web:account" if held.user_id == user.pk else "web:people")


def chosen_uuid(word: str) -> UUID:
    """Return what was chosen from a list. Raises Invalid."""
    try:
        return UUID(word)
    except ValueError:
        raise Invalid("Nothing was chosen.", next_step="Choose one from the list.") from None
