"""Who is at the desk: every page but sign-in is for a signed-in person of an agency."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from fanal.core.access.asking import asking, asking_for_nobody
from fanal.core.access.database.reading import reading
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, may, require
from fanal.core.access.sessions import still_signed_in
from fanal.core.audit.actions import record

Arguments = ParamSpec("Arguments")


View = Callable[Concatenate[HttpRequest, User, Arguments], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]


def page_for(right: Right, *, before_factor: bool = False) -> Callable[[View[Arguments]], Page[Arguments]]:
    """Give a view the person who is signed in, if their role has a right, or send the visitor to sign in.

    Where the role sees no material, the page is asked for on behalf of nobody, who is given none. Whoever has no second
    factor where their agency asks for one reaches only pages that are for `before_factor`.
    """

    def guarded(view: View[Arguments]) -> Page[Arguments]:
        @wraps(view)
        def page(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect(_door(request))
            require(request.user, right)
            if confined(request) and not before_factor:
                return redirect("web:account")
            with asking(request.user.agency_id) if may(request.user, Right.SEE) else asking_for_nobody():
                return view(request, request.user, *args, **kwargs)

        return page  # type: ignore[return-value]  # wraps() hides the signature that is declared above

    return guarded


def confined(request: HttpRequest) -> bool:
    """Tell whether a person's agency asks for a second factor, and they signed in without."""
    user = request.user
    return isinstance(user, User) and user.agency.second_factor and not request.session.get("factor")


officer_page = page_for(Right.SEE)
"""A page that shows material."""


def rights(request: HttpRequest) -> dict[str, object]:
    """Give pages what the reader's role may do, so that they show no way to what is refused."""
    user = getattr(request, "user", None)
    return {"may": {right.value: may(user, right) for right in Right}} if isinstance(user, User) else {}


class AskingMiddleware:
    """Let a request see nothing that belongs to an agency until `officer_page`, or another door, says who asks.

    What it only reads, it reads in one transaction (`reading`), apart from those that log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        with asking_for_nobody(), reading() if request.method == "GET" else nullcontext():
            return self.get_response(request)


def _door(request: HttpRequest) -> str:
    """Return where to sign in, and from there back to the page; what was to be done is to be done anew."""
    if request.method != "GET":
        return reverse("web:sign-in")
    return f"{reverse('web:sign-in')}?{urlencode({'next': request.get_full_path()})}"


def still_at_the_desk(
    request: HttpRequest, officer: User, look: Callable[[], object] = lambda: None
) -> Callable[[], bool]:
    """Return what tells, while a file leaves, whether the officer may have more of it: by session and by `look`.

    `look` raises where the officer may see it no more.
    """
    key = request.session.session_key

    def still() -> bool:
        with asking(officer.agency_id):  # the request itself has been answered long since
            look()
            return still_signed_in(officer, key)

    return still


@transaction.atomic
def log_view(officer: User, action: str, subject: str = "", /, **detail: str | int | list[str]) -> None:
    """Log that a person is about to see something; it is durable when this returns.

    Raises AuditUnavailable: then the page shows nothing.
    """
    record(action, actor=actor_of(officer), subject=subject, detail=detail)
