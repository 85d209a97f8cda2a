"""Requests with an Idempotency-Key: sent twice, they have one effect and one answer."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Concatenate, ParamSpec

from django.db import connection, transaction
from django.http import HttpResponse
from ninja import Header, Schema

from fanal.core.access.asking import asking
from fanal.doors.api.caller import ApiRequest
from fanal.doors.api.models import Reply
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid

Arguments = ParamSpec("Arguments")
Key = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="Chosen by the caller, such as a UUID. The same request with the same key has one effect.",
    ),
]

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"


class InFlight(Conflict):
    """A request with this key is being answered right now."""

    code = "api.in_flight"
    next_step = "Send it again in a moment, with the same key: the answer will be the same."


class KeyReused(Invalid):
    """This key was used for another request."""

    code = "api.key_reused"
    next_step = "Use a new key for each request, and the same one only to send it again."


def once(
    status: int,
) -> Callable[
    [Callable[Concatenate[ApiRequest, Arguments], Schema]], Callable[Concatenate[ApiRequest, Arguments], HttpResponse]
]:
    """Keep a view's answer under the request's key, in the transaction of its effect; answer the same when asked again.

    The view takes a parameter of type `Key`. What is kept must be the caller's to know for good: a bare
    acknowledgement, no material. An error is not kept: then nothing was done.
    """

    def decorate(
        view: Callable[Concatenate[ApiRequest, Arguments], Schema],
    ) -> Callable[Concatenate[ApiRequest, Arguments], HttpResponse]:
        @wraps(view)
        def answer(request: ApiRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
            user, key, asked = request.auth.user, request.headers["Idempotency-Key"], _asked(request)
            with transaction.atomic():
                _take_turn(f"{user.pk}/{key}")
                with asking(user.agency_id):  # an answer is the caller's own, also where they see no material
                    kept = Reply.objects.filter(user=user, key=key).first()
                if kept is None:
                    body = view(request, *args, **kwargs).model_dump_json().encode()
                    kept = Reply(user=user, key=key, asked=asked, status=status, body=body, at=clock.now())
                    with asking(user.agency_id):
                        kept.save(force_insert=True)
                elif bytes(kept.asked) != asked:
                    raise KeyReused("This key was used for another request.")
            return HttpResponse(bytes(kept.body), status=kept.status, content_type="application/json")

        return answer  # type: ignore[return-value]  # wraps() hides the signature that is declared above

    return decorate


def _asked(request: ApiRequest) -> bytes:
    parts = (request.method or "", request.get_full_path(), request.headers.get("If-Match", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).digest()


def _take_turn(name: str) -> None:
    """Be the only one with this key until the transaction ends. Raises InFlight when another one is."""
    number = int.from_bytes(hashlib.sha256(f"fanal.api/{name}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [number])
        (ours,) = cursor.fetchone() or (False,)
    if not ours:
        raise InFlight("A request with this key is being answered.")
