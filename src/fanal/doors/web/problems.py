"""What a visitor reads when something can't be done: what, why, and the next step."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from fanal.kit.errors import FanalError, NotFound, Refused, Unavailable

SERVER_FAULT = 500

logger = logging.getLogger(__name__)


class ProblemMiddleware:
    """Turn errors of the house, and a database that is away, into pages with their status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer an error that a person can act on; others go on to Django."""
        if isinstance(problem, OperationalError | InterfaceError):
            return _without_database(problem)
        if not isinstance(problem, FanalError):
            return None
        if problem.status >= SERVER_FAULT:
            logger.error("A page was answered with %s", problem.status, exc_info=problem)
        return render(request, "web/problem.html", _told(problem), status=problem.status)


def _told(problem: FanalError) -> dict[str, object]:
    """Return what the page says, in the language of the one who reads it."""
    sentence, step = problem.told_visitor(gettext)
    return {"sentence": sentence, "step": step, "absent": problem.status == NotFound.status}


def _without_database(fault: Exception) -> HttpResponse:
    """Answer without asking who is asking: that, too, is in the database."""
    logger.error("The database does not answer", exc_info=fault)
    problem = Unavailable("This can't be done now: the database does not answer.")
    return HttpResponse(render_to_string("web/problem.html", _told(problem)), status=problem.status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is not there exactly like a thing that is not there."""
    del exception
    problem = NotFound("There is no such page.")
    return render(request, "web/problem.html", _told(problem), status=problem.status)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the mark that our own pages give theirs: another site's, or one of an ended session."""
    del reason
    problem = Refused(
        "This form is not from a page that is open now.", next_step="Load the page anew and send it again."
    )
    return render(request, "web/problem.html", _told(problem), status=problem.status)
