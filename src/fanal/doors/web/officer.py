"""Who is at the desk: every page but sign-in is for a signed-in person of an agency."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.audit.actions import record

Arguments = ParamSpec("Arguments")


def officer_page(
    view: Callable[Concatenate[HttpRequest, User, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """Give the view the person who is signed in, or send the visitor to sign in."""

    @wraps(view)
    def page(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect(f"{reverse('web:sign-in')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, request.user, *args, **kwargs)

    return page  # type: ignore[return-value]  # wraps() hides the signature that is declared above


@transaction.atomic
def log_view(officer: User, action: str, subject: str = "", **detail: str | int | list[str]) -> None:
    """Log that a person is about to see something; it is durable when this returns.

    Raises AuditUnavailable: then the page shows nothing.
    """
    record(action, actor=actor_of(officer), subject=subject, detail=detail)
