"""Verbs on agencies and people; each is logged or does not happen."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fanal.core.access import attempts
from fanal.core.access.models import Agency, Role, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, may
from fanal.core.access.sessions import end_sessions
from fanal.core.audit.actions import record
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid


@transaction.atomic
def admit_agency(*, code: str, name: str, country: str, actor: Actor, connected: bool = True) -> Agency:
    """Make an agency known, or return the one that has this code already. Raises Invalid for a code that is none."""
    agency = Agency.objects.filter(code=code).first()
    if agency is not None:
        return agency
    agency = Agency(code=code, name=name, country=country, connected=connected)
    _check(agency, "An agency needs a short code in capitals, a name and the ISO 3166 code of its country, such as NZ.")
    agency.save()
    detail = {"code": code, "country": country, "connected": connected}
    record("access.agency_admitted", actor=actor, subject=f"agency:{agency.id}", detail=detail)
    return agency


@transaction.atomic
def enrol_user(
    *, username: str, display_name: str, agency: Agency, password: str | None, actor: Actor, role: str = Role.OFFICER
) -> User:
    """Give a person an account, or return the one that has this name in this agency already.

    Without a password nobody signs in with it. Raises Invalid for a password that is too weak or a role that is none,
    Conflict for a name that is taken.
    """
    user = User.objects.filter(username__iexact=username).first()
    if user is not None:
        if user.agency_id != agency.id:
            raise Conflict("The name %(name)s is taken.", next_step="Choose another name.", name=username)
        return user
    user = User(username=username, display_name=display_name, agency=agency, role=role)
    if password is None or not may(user, Right.DESK):
        user.set_unusable_password()
    else:
        choose_password(user, password)
    _check(user, f"An officer needs a name and one of the roles: {', '.join(Role.values)}.")
    user.save()
    detail = {"agency": agency.code, "role": str(role)}
    record("access.user_enrolled", actor=actor, subject=f"user:{user.id}", detail=detail)
    return user


@transaction.atomic
def change_password(user: User, password: str, actor: Actor, *, keeping: str | None = None) -> None:
    """Give a person another password; all their sessions end, but for the one with the key to keep.

    Raises Invalid for a password that is too weak.
    """
    choose_password(user, password)
    user.save(update_fields=["password"])
    record("access.user_changed", actor=actor, subject=f"user:{user.id}", detail={"changed": "password"})
    end_sessions(user, actor, but=keeping)


def hold_agency(agency: Agency) -> None:
    """Let no other transaction do what needs this for the same agency until the caller's ends."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)


def choose_password(user: User, password: str) -> None:
    """Set a password, not yet saved. Raises Invalid for one that is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise Invalid(
            " ".join(fault.messages), next_step="Choose a longer password; a short sentence is best."
        ) from fault
    user.set_password(password)


def _check(row: Agency | User, needs: str) -> None:
    """Have the row's fields and constraints checked. Raises Invalid."""
    try:
        row.full_clean()
    except ValidationError as fault:
        raise Invalid(" ".join(fault.messages), next_step=needs) from fault


def begin_sign_in(username: str, address: str) -> bool:
    """Count an attempt to sign in before the password is looked at; False, and logged, when there were too many.

    `address`: where the request comes from. Raises AuditUnavailable: then nothing was tried.
    """
    if attempts.begin(username, address):
        return True
    with transaction.atomic():
        record("access.sign_in_held_off", actor=Actor(kind="anonymous", reference="web"))
    return False


@transaction.atomic
def note_sign_in(user: User, address: str, how: str = "password") -> None:
    """Log that a person signed in, and by what. Raises AuditUnavailable: then there is no sign-in."""
    attempts.forget(user.username, address)
    record("access.signed_in", actor=actor_of(user), subject=f"user:{user.id}", detail={"by": how})


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
