"""Reads of agencies and people."""

from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right, require
from fanal.kit.actor import Actor
from fanal.kit.errors import NotFound


def agency_by_code(code: str) -> Agency:
    """Return the agency with this code. Raises NotFound, naming those there are."""
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        known = ", ".join(Agency.objects.values_list("code", flat=True)) or "none yet"
        raise NotFound(f"There is no agency {code!r}.", next_step=f"Use one of: {known}.")
    return agency


def agencies() -> list[Agency]:
    """Return all agencies, by code."""
    return list(Agency.objects.all())


def user_by_name(username: str) -> User:
    """Return the person with this name, in any case of letters. Raises NotFound."""
    user = User.objects.select_related("agency").filter(username__iexact=username).first()
    if user is None:
        raise NotFound(f"Nobody signs in as {username!r}.", next_step="List the people: fanal officer list")
    return user


def users(agency: Agency | None = None) -> list[User]:
    """Return the people of an agency, or of all, by agency and name."""
    known = User.objects.select_related("agency").order_by("agency__code", "username")
    return list(known.filter(agency=agency) if agency else known)


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
