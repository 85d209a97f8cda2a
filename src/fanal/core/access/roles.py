"""What each role may do: the one table of rights, which the desk, the API, the terminal and the actions read.

A right is about deeds, never about whose material it is: what an agency may see is decided by visibility and by the row
policies of the database. Where a role may not see material, its requests are asked on behalf of nobody, so that the
database itself gives them none.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import ParamSpec, Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.errors import Refused

Arguments = ParamSpec("Arguments")
Done = TypeVar("Done")


class Role(models.TextChoices):
    """What a person, or a machine, of an agency is there for."""

    OFFICER = "officer", _("Officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    CENTRAL = "central", _("Central desk")
    SERVICE = "service", _("Service account")


class Right(models.TextChoices):
    """One kind of deed."""

    DESK = "desk", _("Signs in at the desk.")
    SEE = "see", _("Sees pictures, leads, clues, entries and alerts, as far as the agency may see them.")
    SUBMIT = "submit", _("Submits evidence.")
    JUDGE = "judge", _("Judges leads, keeps clues, links entries, claims work and answers alerts.")
    CASE = "case", _("Works in cases: opens them, takes part, writes and decides there.")
    CHECK = "check", _("Asks by digests whether files are known.")
    APPROVE = "approve", _("Agrees, as the second officer, to what a colleague proposed.")
    LOG = "log", _("Reads what the log holds of the agency, with its proofs.")
    PEOPLE = "people", _("Invites, suspends and restores people of the agency, and gives tokens to its machines.")
    RECIPIENTS = "recipients", _("Enters to whom notices to a country go, and for which key.")
    REACH = "reach", _("Says to which addresses the agency's alerts are sent.")
    OVERSEE = "oversee", _("Sees all agencies, their connections, and how many alerts nobody answers.")


MAY: Mapping[str, frozenset[Right]] = {
    Role.OFFICER: frozenset({Right.DESK, Right.SEE, Right.SUBMIT, Right.JUDGE, Right.CASE, Right.CHECK}),
    # Also notices who looked up what without need.
    Role.SUPERVISOR: frozenset(
        {Right.DESK, Right.SEE, Right.SUBMIT, Right.JUDGE, Right.CASE, Right.CHECK, Right.LOG, Right.APPROVE}
        | {Right.RECIPIENTS}
    ),
    # Kept from material: whoever gives rights away has no use of them.
    Role.ADMINISTRATOR: frozenset({Right.DESK, Right.PEOPLE, Right.REACH}),
    # Kept from material: who looked at what can be told without looking at it.
    Role.AUDITOR: frozenset({Right.DESK, Right.LOG}),
    # An agency among others: of material it sees what others share with it.
    Role.CENTRAL: frozenset(
        {Right.DESK, Right.SEE, Right.JUDGE, Right.CASE, Right.CHECK, Right.OVERSEE, Right.RECIPIENTS}
    ),
    # A machine: it brings and asks, and judges nothing.
    Role.SERVICE: frozenset({Right.SEE, Right.SUBMIT, Right.CHECK}),
}
"""A role that is not here may do nothing."""

GIVEN_BY_ADMINISTRATORS = frozenset(Role.values) - {Role.CENTRAL}
"""Roles that an agency's administrator gives and takes. The central desk's reaches beyond an agency."""


class Scope(models.TextChoices):
    """What a token may be used for, within what its person may do."""

    READ = "read", _("Read")
    SUBMIT = "submit", _("Submit")
    JUDGE = "judge", _("Judge")
    CHECK = "check", _("Ask by digests")
    LOG = "log", _("Read the log")
    APPROVE = "approve", _("Agree as the second officer")
    CASE = "case", _("Work in cases")
    PEOPLE = "people", _("Invite, suspend and restore people")
    REACH = "reach", _("Say to which addresses alerts are sent")


USES: Mapping[str, Right] = {
    Scope.READ: Right.SEE,
    Scope.SUBMIT: Right.SUBMIT,
    Scope.JUDGE: Right.JUDGE,
    Scope.CHECK: Right.CHECK,
    Scope.LOG: Right.LOG,
    Scope.APPROVE: Right.APPROVE,
    Scope.CASE: Right.CASE,
    Scope.PEOPLE: Right.PEOPLE,
    Scope.REACH: Right.REACH,
}
"""The right that each scope of a token makes use of."""

ONLY_WHEN_NAMED = frozenset({Scope.APPROVE, Scope.PEOPLE})
"""Scopes that a token is given where somebody asks for them by name: who finds it could agree, or let others in."""


class Holder(Protocol):
    """Somebody with a role."""

    role: str


def may(who: Holder, right: Right) -> bool:
    """Tell whether somebody's role has a right."""
    return right in MAY.get(who.role, frozenset())


def require(who: Holder, right: Right) -> None:
    """Raise Refused unless somebody's role has a right."""
    if not may(who, right):
        raise Refused("This is not for your role.")


def scopes_of(role: str) -> list[str]:
    """Return the scopes that a token of somebody in this role may have."""
    return [scope for scope in Scope.values if USES[scope] in MAY.get(role, frozenset())]


def offered_scopes(role: str) -> list[tuple[Scope, bool]]:
    """Return the scopes that `scopes_of` tells of, each with whether a token has it where nobody says which."""
    return [(Scope(scope), scope not in ONLY_WHEN_NAMED) for scope in scopes_of(role)]


def needs(right: Right) -> Callable[[Callable[Arguments, Done]], Callable[Arguments, Done]]:
    """Have an action refused, before it looks at anything, unless the role of whoever does it (`by`) has a right."""

    def guarded(action: Callable[Arguments, Done]) -> Callable[Arguments, Done]:
        taken = signature(action)

        @wraps(action)
        def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Done:
            require(taken.bind(*args, **kwargs).arguments["by"], right)
            return action(*args, **kwargs)

        checked.right = right  # type: ignore[attr-defined]  # read by the test of roles and deeds
        return checked

    return guarded
