"""Verbs on agencies and people; each is logged or does not happen."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from fanal.core.access.models import Agency, Role, User
from fanal.core.access.queries import actor_of
from fanal.core.audit.actions import record
from fanal.kit.actor import Actor


@transaction.atomic
def admit_agency(*, code: str, name: str, country: str, actor: Actor, connected: bool = True) -> Agency:
    """Make an agency known, or return the one that has this code already."""
    agency, fresh = Agency.objects.get_or_create(
        code=code, defaults={"name": name, "country": country, "connected": connected}
    )
    if fresh:
        detail = {"code": code, "country": country, "connected": connected}
        record("access.agency_admitted", actor=actor, subject=f"agency:{agency.id}", detail=detail)
    return agency


@transaction.atomic
def enrol_user(
    *, username: str, display_name: str, agency: Agency, password: str, actor: Actor, role: Role = Role.OFFICER
) -> User:
    """Give a person an account, or return the one that has this name already."""
    user, fresh = User.objects.get_or_create(
        username=username,
        defaults={
            "display_name": display_name,
            "agency": agency,
            "password": make_password(password),
            "role": role,
        },
    )
    if fresh:
        detail = {"agency": agency.code, "role": str(role)}
        record("access.user_enrolled", actor=actor, subject=f"user:{user.id}", detail=detail)
    return user


@transaction.atomic
def note_sign_in(user: User) -> None:
    """Log that a person signed in. Raises AuditUnavailable: then there is no sign-in."""
    record("access.signed_in", actor=actor_of(user), subject=f"user:{user.id}")


@transaction.atomic
def note_refused_sign_in() -> None:
    """Log a failed attempt to sign in. The name that was tried is not kept: people type passwords there."""
    record("access.sign_in_refused", actor=Actor(kind="anonymous", reference="web"))


@transaction.atomic
def note_sign_out(user: User) -> None:
    """Log that a person signed out."""
    record("access.signed_out", actor=actor_of(user), subject=f"user:{user.id}")


@transaction.atomic
def choose_language(user: User, language: str) -> None:
    """Remember the language a person wants to read."""
    User.objects.filter(pk=user.pk).update(language=language)
