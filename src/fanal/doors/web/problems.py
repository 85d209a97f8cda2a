"""What a visitor reads when something can't be done: what, why, and the next step."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.kit.errors import FanalError, NotFound


class ProblemMiddleware:
    """Turn errors of the house into pages with their status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer an error that a person can act on; others go on to Django."""
        if isinstance(problem, FanalError):
            return render(request, "web/problem.html", {"problem": problem}, status=problem.status)
        return None


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is not there exactly like a thing that is not there."""
    del exception
    problem = NotFound("There is no such page.")
    return render(request, "web/problem.html", {"problem": problem}, status=problem.status)
