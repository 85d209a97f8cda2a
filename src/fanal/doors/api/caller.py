"""Who calls: a person of an agency, through a token that says for what it may be used."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest
from ninja.security import HttpBearer

from fanal.core.access.asking import asking, begin_asking
from fanal.core.access.models import Agency, Scope, Token, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import USES, Right, may, require
from fanal.core.access.tokens import still_good, valid_token
from fanal.core.audit.actions import Entry, record_all
from fanal.kit.errors import Refused


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, and the token that a program showed for them."""

    user: User
    token: Token

    @property
    def agency(self) -> Agency:
        """The person's agency."""
        return self.user.agency


class ApiRequest(HttpRequest):
    """A request whose caller is known."""

    auth: Caller


class Bearer(HttpBearer):
    """The token in the header `Authorization: Bearer …`, good for one scope; None: whatever its scopes are."""

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return the caller; None for a token that is not good. Raises Refused for what it is not good for."""
        held = valid_token(token)
        if held is None:
            return None
        if self._scope is not None:
            require(held.user, USES[self._scope])
            if self._scope not in held.scopes:
                raise Refused(f"This token is not for that: it lacks the scope {self._scope}.")
        if may(held.user, Right.SEE):
            begin_asking(held.user.agency_id)
        return Caller(held.user, held)


KNOWN, READ, SUBMIT = Bearer(None), Bearer(Scope.READ), Bearer(Scope.SUBMIT)
JUDGE, CHECK, APPROVE = Bearer(Scope.JUDGE), Bearer(Scope.CHECK), Bearer(Scope.APPROVE)
LOG = Bearer(Scope.LOG)
CASE = Bearer(Scope.CASE)
PEOPLE, REACH = Bearer(Scope.PEOPLE), Bearer(Scope.REACH)


def still_calling(caller: Caller, look: Callable[[], object] = lambda: None) -> Callable[[], bool]:
    """Return what tells, while a file leaves, whether a caller may have more of it: by token and by `look`.

    `look` raises where the caller may see it no more.
    """

    def still() -> bool:
        with asking(caller.agency.pk):  # the request itself has been answered long since
            look()
            return still_good(caller.token)

    return still


@transaction.atomic
def log_view(caller: Caller, action: str, subject: str = "", /, **detail: str | int | list[str]) -> None:
    """Log what a caller is about to be told; it is durable when this returns. Raises AuditUnavailable."""
    record_all([view_of(caller, action, subject, **detail)])


def view_of(caller: Caller, action: str, subject: str = "", /, **detail: str | int | list[str]) -> Entry:
    """Return the log's entry for what a caller is about to be told."""
    return Entry(action, actor_of(caller.user), subject, {**detail, "token": str(caller.token.pk)})
