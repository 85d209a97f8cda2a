"""Errors as programs read them: `application/problem+json` (RFC 9457), with the code and the next step."""

import json
import logging
from collections.abc import Callable
from typing import Annotated, Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fanal.kit.errors import FanalError, Invalid, NotFound, Unavailable

SERVER_FAULT = 500
BELOW = "/api/"
MOST_FAULTS = 5

logger = logging.getLogger(__name__)
IfMatch = Annotated[str | None, Header(None, alias="If-Match", description="The ETag of what was looked at.")]


class Unknown(FanalError):
    """The request shows no token, or one that is not good any more."""

    code = "api.unknown_caller"
    status = 401
    next_step = "Show a token: Authorization: Bearer … The operator makes one with `fanal token make`."


class Unreadable(FanalError):
    """The request cannot be read as what this address expects."""

    code = "api.unreadable"
    status = 400
    next_step = "Send what /api/v1/openapi.json describes."


class StateTheVersion(FanalError):
    """A change needs the version that it is a change of."""

    code = "api.if_match_needed"
    status = 428
    next_step = "Send the ETag of what you looked at as If-Match."


class NotThatWay(FanalError):
    """The address is there, but not for this method."""

    code = "api.method"
    status = 405
    next_step = "See /api/v1/openapi.json for what may be done at this address."


def seen_version(if_match: str | None) -> str:
    """Return the version that a caller looked at. Raises StateTheVersion."""
    if not if_match:
        raise StateTheVersion("Which version of it was looked at?")
    return if_match.strip().strip('"')


def seen_number(if_match: str | None) -> int:
    """Return the number of what a caller looked at; 0, which nothing has, where it is none. Raises StateTheVersion."""
    seen = seen_version(if_match)
    return int(seen) if seen.isdecimal() else 0


def problem(error: FanalError) -> HttpResponse:
    """Return an error as a program reads it."""
    title, next_step = error.told_visitor()
    told = {
        "type": f"urn:fanal:problem:{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "next_step": next_step,
        **error.told,
    }
    answer = HttpResponse(json.dumps(told), status=error.status, content_type="application/problem+json")
    if error.status == Unknown.status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def answer_problems(api: NinjaAPI) -> None:
    """Have all errors of an API answered as problems."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        FanalError: _told,
        ValidationError: _wrong,
        AuthenticationError: lambda _, __: problem(Unknown("Nobody is known by this token.")),
        HttpError: lambda _, __: problem(Unreadable("This request cannot be read.")),
        Http404: lambda request, _: nowhere(request),
        OperationalError: _without_database,
        InterfaceError: _without_database,
    }
    for error, answer in answers.items():
        api.add_exception_handler(error, answer)


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer an address that is not there."""
    del request
    return problem(NotFound("There is no such address.", next_step="See /api/v1/openapi.json."))


def plain_answers_as_problems(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer what the framework refuses in its own words (a method that is not for an address) as a problem too."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = get_response(request)
        if given.status_code != NotThatWay.status or not request.path.startswith(BELOW):
            return given
        told = problem(NotThatWay("This can't be done at this address."))
        told.headers["Allow"] = given.headers.get("Allow", "")
        return told

    return answer


def _told(_: HttpRequest, error: FanalError) -> HttpResponse:
    if error.status >= SERVER_FAULT:
        logger.error("A request was answered with %s", error.status, exc_info=error)
    return problem(error)


def _wrong(_: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which parts are wrong and why, without what was sent: it may be what nobody should read."""
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors]
    return problem(Invalid("; ".join(faults[:MOST_FAULTS]), next_step=Unreadable.next_step))


def _without_database(_: HttpRequest, fault: Exception) -> HttpResponse:
    logger.error("The database does not answer", exc_info=fault)
    return problem(Unavailable("This can't be done now: the database does not answer."))
