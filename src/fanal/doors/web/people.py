"""People of an agency, for its administrator: invited, suspended, in another role, and tokens for machines."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.core.access import people, sessions, tokens
from fanal.core.access.models import Role, User
from fanal.core.access.provider_links import links_in
from fanal.core.access.queries import actor_for
from fanal.core.access.roles import GIVEN_BY_ADMINISTRATORS, MAY, Right, offered_scopes
from fanal.doors.web.account import chosen_uuid
from fanal.doors.web.officer import log_view, page_for
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import NotFound

TOKEN_DAYS = 90


@page_for(Right.PEOPLE)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """List the people of the agency, their tokens, and what each role may do."""
    return _shown(request, user)


def _shown(request: HttpRequest, user: User, **more: object) -> HttpResponse:
    log_view(user, "access.seen", f"agency:{user.agency_id}")
    now = clock.now()
    going = Count("sessions", filter=Q(sessions__expire_date__gt=now), distinct=True)
    invited = Count("invitations", filter=Q(invitations__used_at=None, invitations__expires_at__gt=now), distinct=True)
    known = User.objects.filter(agency=user.agency).select_related("agency").order_by("-is_active", "username")
    context = {
        "people": known.annotate(going=going, invited=invited, used_at=Max("sessions__used_at")),
        "tokens": [one for one in tokens.tokens_of(user.agency) if one.revoked_at is None and one.expires_at > now],
        "roles": [Role(role) for role in Role.values if role in GIVEN_BY_ADMINISTRATORS],
        "rights": [(role, [right.label for right in Right if right in MAY[role]]) for role in Role],
        "scopes": offered_scopes(Role.SERVICE),
        "machine": Role.SERVICE,
        "links": links_in(user.agency),
        **more,
    }
    return render(request, "web/people.html", context)


@require_POST
@page_for(Right.PEOPLE)
def invite(request: HttpRequest, user: User) -> HttpResponse:
    """Open an account and show the link that opens it, this once."""
    given, actor = request.POST, actor_for(user, Right.PEOPLE)
    made, secret = people.invite(
        agency=user.agency,
        username=given.get("username", "").strip().replace("\0", ""),
        display_name=given.get("name", "").strip().replace("\0", ""),
        role=given.get("role", ""),
        actor=actor,
    )
    return _shown(request, user, fresh=made, link=_link(request, secret))


@require_POST
@page_for(Right.PEOPLE)
def change(request: HttpRequest, user: User, person: UUID, deed: str) -> HttpResponse:
    """Suspend or restore somebody, give them another role, set their account anew, unlink it, or end their sessions."""
    held, actor = people.person_of(user.agency, person), actor_for(user, Right.PEOPLE)
    if deed == "reset":
        return _shown(request, user, fresh=held, link=_link(request, people.reset(held, actor)))
    if deed == "role":
        people.change_role(held, request.POST.get("role", ""), actor)
    elif deed == "unlink":
        people.unlink(held, chosen_uuid(request.POST.get("link", "")), actor)
    elif deed in DEEDS:
        DEEDS[deed](held, actor)
    else:
        raise NotFound("There is no such page.")
    messages.success(request, gettext("Done: %(name)s.") % {"name": held.display_name})
    return redirect("web:people")


@require_POST
@page_for(Right.PEOPLE)
def make_token(request: HttpRequest, user: User, person: UUID) -> HttpResponse:
    """Give a machine of the agency a token; its secret is shown this once."""
    held, given = people.person_of(user.agency, person), request.POST
    actor, lasts = actor_for(user, Right.PEOPLE), timedelta(days=TOKEN_DAYS)
    name = given.get("name", "")
    _, secret = tokens.make_token(held, name=name, scopes=given.getlist("scope"), lasts=lasts, actor=actor)
    return _shown(request, user, fresh=held, secret=secret)


def _link(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("web:welcome", args=[secret])) if secret else ""


DEEDS: dict[str, Callable[[User, Actor], object]] = {
    "suspend": people.suspend,
    "restore": people.restore,
    "end-sessions": sessions.end_sessions,
}
