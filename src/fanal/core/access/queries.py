"""Reads of agencies and people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, Role, User
from fanal.core.access.roles import Right, require
from fanal.kit.actor import Actor
from fanal.kit.errors import ONE_OF, NotFound


def agency_by_code(code: str) -> Agency:
    """Return the agency with this code. Raises NotFound, naming those there are."""
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        known = ", ".join(Agency.objects.values_list("code", flat=True)) or "none yet"
        raise NotFound("There is no agency %(given)s.", next_step=ONE_OF, given=code, known=known)
    return agency


def agencies() -> list[Agency]:
    """Return all agencies, by code."""
    return _agencies()


@made_once
def _agencies() -> QuerySet[Agency]:
    return Agency.objects.all()


def user_by_name(username: str) -> User:
    """Return the person with this name, in any case of letters. Raises NotFound."""
    user = User.objects.select_related("agency").filter(username__iexact=username).first()
    if user is None:
        raise NotFound("Nobody signs in as %(name)s.", next_step="List the people: fanal officer list", name=username)
    return user


def users(agency: Agency | None = None) -> list[User]:
    """Return the people of an agency, or of all, by agency and name."""
    return _users(agency)


@made_once
def _users(agency: Agency | None) -> QuerySet[User]:
    known = User.objects.select_related("agency").order_by("agency__code", "username")
    return known.filter(agency=agency) if agency else known


def actor_of(user: User) -> Actor:
    """Return who acts when this person does."""
    return Actor(kind="user", reference=str(user.id), agency=user.agency_id)


def actor_for(user: User, right: Right) -> Actor:
    """Return who acts when this person does what needs a right. Raises Refused where their role has it not."""
    require(user, right)
    return actor_of(user)


def operator_of(agency: Agency | None) -> Actor:
    """Return who acts when the machine's operator works in the terminal, for an agency or for none."""
    return Actor(kind="operator", reference="terminal", agency=agency.id if agency else None)


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people and machines of an agency have an account that is open, and when a machine last used its own."""

    people: int
    machines: int
    machine_seen: datetime | None


def staff_by_agency() -> dict[UUID, Staff]:
    """Return how agencies are staffed, in numbers alone: for the central desk."""
    machine = Q(role=Role.SERVICE)
    counted = User.objects.filter(is_active=True).order_by().values("agency")
    counted = counted.annotate(
        people=Count("pk", filter=~machine, distinct=True),
        machines=Count("pk", filter=machine, distinct=True),
        seen=Max("tokens__used_at", filter=machine),
    )
    return {one["agency"]: Staff(one["people"], one["machines"], one["seen"]) for one in counted}


def overseers_in(agency: Agency) -> list[User]:
    """Return the supervisors of an agency, by name: whom the central desk turns to."""
    return list(User.objects.filter(agency=agency, is_active=True, role=Role.SUPERVISOR).order_by("username"))
