"""The life of an account: invited, suspended, restored, in another role, set anew.

An administrator does it for their own agency, the machine's operator for any. Each verb takes who acts; what an
administrator may not do is refused here, below all doors.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from fanal.core.access.actions import choose_password, enrol_user
from fanal.core.access.models import Agency, Invitation, Role, User
from fanal.core.access.provider_links import Vouched, link
from fanal.core.access.provider_links import unlink as unlink_from_provider
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import GIVEN_BY_ADMINISTRATORS, Right, may
from fanal.core.access.sessions import end_sessions
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from fanal.kit.ids import random_bytes
from fanal.kit.settings import Provider

LASTS = timedelta(days=3)
SECRET_BYTES = 32


@transaction.atomic
def invite(*, agency: Agency, username: str, display_name: str, role: str, actor: Actor) -> tuple[User, str]:
    """Open an account that nobody can use yet, and return it with the secret of a link that opens it once.

    A service account has no link: its secret is empty. Raises Invalid, Conflict for a name that is taken, Refused for a
    role that the one who invites cannot give.
    """
    _may_give(role, actor)
    _of_own_agency(agency.pk, actor)
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict("This name is taken.", next_step="Choose another name.")
    user = enrol_user(
        username=username, display_name=display_name, agency=agency, password=None, actor=actor, role=role
    )
    return user, _link(user, actor) if may(user, Right.DESK) else ""


@transaction.atomic
def reset(user: User, actor: Actor) -> str:
    """Make a person's password, factors and provider useless, end their sessions, and return a new link's secret.

    Raises NotFound for another agency's person, Conflict for one's own account and for a service account.
    """
    _manages(user, actor)
    if not may(user, Right.DESK):
        raise Conflict("A service account has no password.", next_step="Give it a token.")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    user.factors.all().delete()
    user.recovery_codes.all().delete()
    user.links.all().delete()
    record("access.user_changed", actor=actor, subject=f"user:{user.pk}", detail={"changed": "reset"})
    end_sessions(user, actor)
    return _link(user, actor)


def invited(secret: str) -> Invitation:
    """Return what a link is. Raises NotFound for one that was used, has lapsed or never was."""
    return _open(_links(), digest=_digest(secret))


@transaction.atomic
def accept(secret: str, password: str) -> User:
    """Use a link: choose a password. Raises NotFound as `invited` does, Invalid for a password that is too weak."""
    held = _open(_links().select_for_update(of=["self"]), digest=_digest(secret))
    choose_password(held.user, password)
    held.user.save(update_fields=["password"])
    return _used(held)


@transaction.atomic
def accept_by(invitation: UUID, provider: Provider, vouched: Vouched) -> User:
    """Use a link: come in by a provider from now on, without a password. Raises as `invited` and `link`."""
    held = _open(_links().select_for_update(of=["self"]), pk=invitation)
    link(held.user, provider, vouched)
    return _used(held)


@transaction.atomic
def suspend(user: User, actor: Actor) -> None:
    """Keep a person out: no session, token or link of theirs is good any more. Raises NotFound, Conflict."""
    _set_active(user, actor, active=False)
    end_sessions(user, actor)


@transaction.atomic
def restore(user: User, actor: Actor) -> None:
    """Let a person in again. Raises NotFound, Conflict."""
    _set_active(user, actor, active=True)


@transaction.atomic
def unlink(user: User, link: UUID, actor: Actor) -> None:
    """Have a provider sign a person in no more, though nothing else may; sessions that it began end at once.

    Raises NotFound, Conflict for one's own account.
    """
    _manages(user, actor)
    unlink_from_provider(user, link, actor)


@transaction.atomic
def change_role(user: User, role: str, actor: Actor) -> None:
    """Give a person another role, from their next request on. Raises NotFound, Conflict, Invalid, Refused."""
    _manages(user, actor)
    _may_give(role, actor)
    _may_give(user.role, actor)
    if Role.SERVICE in {role, user.role} and role != user.role:
        raise Conflict("A person and a machine do not become one another.", next_step="Open another account.")
    before, user.role = user.role, Role(role)
    user.save(update_fields=["role"])
    detail = {"changed": "role", "from": before, "to": role}
    record("access.user_changed", actor=actor, subject=f"user:{user.pk}", detail=detail)


def person_of(agency: Agency, person: UUID) -> User:
    """Return somebody of an agency. Raises NotFound."""
    user = User.objects.select_related("agency").filter(agency=agency, pk=person).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user


def _set_active(user: User, actor: Actor, *, active: bool) -> None:
    _manages(user, actor)
    user.is_active = active
    user.save(update_fields=["is_active"])
    record("access.user_changed", actor=actor, subject=f"user:{user.pk}", detail={"active": active})


def _link(user: User, actor: Actor) -> str:
    now = clock.now()
    user.invitations.filter(used_at__isnull=True).update(used_at=now)  # only the newest link is good
    secret = urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")
    made = Invitation.objects.create(user=user, digest=_digest(secret), made_at=now, expires_at=now + LASTS)
    detail = {"invitation": str(made.pk), "expires_at": made.expires_at.isoformat()}
    record("access.invited", actor=actor, subject=f"user:{user.pk}", detail=detail)
    return secret


def _used(held: Invitation) -> User:
    held.used_at = clock.now()
    held.save(update_fields=["used_at"])
    subject = f"user:{held.user_id}"
    record("access.invitation_used", actor=actor_of(held.user), subject=subject, detail={"invitation": str(held.pk)})
    return held.user


def _links() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("user__agency")


def _open(links: QuerySet[Invitation], **which: object) -> Invitation:
    good = {"used_at__isnull": True, "expires_at__gt": clock.now(), "user__is_active": True}
    held = links.filter(**good, **which).first()
    if held is None:
        raise NotFound(
            "This link was used before, or is too old.", next_step="Ask your agency's administrator for another."
        )
    return held


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _manages(user: User, actor: Actor) -> None:
    """Raise NotFound for another agency's person, Conflict where an administrator means themselves."""
    _of_own_agency(user.agency_id, actor)
    if actor.kind == "user" and actor.reference == str(user.pk):
        raise Conflict("Nobody changes their own rights.", next_step="Ask another administrator.")


def _of_own_agency(agency: UUID, actor: Actor) -> None:
    if actor.kind == "user" and actor.agency != agency:
        raise NotFound("There is no such person.")


def _may_give(role: str, actor: Actor) -> None:
    if role not in Role.values:
        raise Invalid("There is no such role.", next_step="Choose one from the list.")
    if actor.kind == "user" and role not in GIVEN_BY_ADMINISTRATORS:
        raise Refused("Only the operator of the machine gives this role.")
