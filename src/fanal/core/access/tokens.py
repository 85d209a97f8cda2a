"""Tokens: what programs show instead of a password. The secret is shown once; only its SHA-256 is kept."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from fanal.core.access.database.among import Among
from fanal.core.access.models import Agency, Role, Token, User
from fanal.core.access.roles import Right, may, scopes_of
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Invalid, NotFound, Refused
from fanal.kit.ids import random_bytes

PREFIX = "fanal_"
"""Begins every secret, so that whoever finds one in a file knows what it is."""
SECRET_BYTES = 32
LONGEST = timedelta(days=366)
LONGEST_NAME = 100
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_token(user: User, *, name: str, scopes: Sequence[str], lasts: timedelta, actor: Actor) -> tuple[Token, str]:
    """Give a program a token to act for a person; return it with its secret, which nobody can read again.

    Raises Invalid for a scope that the role has no use of, no name or too long a time; Refused where somebody would
    make one for another person, in whose name they could then act.
    """
    own_machine = actor.agency == user.agency_id and user.role == Role.SERVICE
    if actor.kind == "user" and actor.reference != str(user.pk) and not own_machine:
        raise Refused("Tokens for others are given to machines alone.")
    possible = scopes_of(user.role)
    if not scopes or not set(scopes) <= set(possible):
        words = ", ".join(possible) or "none: this role has no use of a token"
        raise Invalid(
            "A token needs scopes that its person's role may use.", next_step="Use some of: %(known)s.", known=words
        )
    if not 0 < len(name) <= LONGEST_NAME or not timedelta() < lasts <= LONGEST:
        raise Invalid("A token needs a name of up to 100 characters, and lasts up to a year.")
    secret = PREFIX + urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")
    now = clock.now()
    made = Token.objects.create(
        user=user, name=name, digest=_digest(secret), scopes=sorted(set(scopes)), made_at=now, expires_at=now + lasts
    )
    detail = {"token": str(made.pk), "scopes": made.scopes, "expires_at": made.expires_at.isoformat()}
    record("access.token_made", actor=actor, subject=f"user:{user.pk}", detail=detail)
    return made, secret


@transaction.atomic
def revoke_token(token: UUID, actor: Actor) -> Token:
    """Make a token useless from the next request on; twice is once. Raises NotFound."""
    held = Token.objects.select_for_update(of=["self"]).select_related("user").filter(pk=token).first()
    if held is None:
        raise NotFound("There is no such token.", next_step="List them: fanal token list")
    if held.revoked_at is None:
        held.revoked_at = clock.now()
        held.save(update_fields=["revoked_at"])
        record("access.token_revoked", actor=actor, subject=f"user:{held.user_id}", detail={"token": str(held.pk)})
    return held


def tokens_of(agency: Agency | None = None) -> list[Token]:
    """Return the tokens of an agency's people, or all, oldest first, those that are of no use any more too."""
    known = Token.objects.select_related("user__agency")
    return list(known.filter(user__agency=agency) if agency else known)


def token_of(user: User, token: UUID) -> Token:
    """Return a token that somebody may take back: their own, or one of their agency's where that is their right."""
    within = {"user__agency": user.agency_id} if may(user, Right.PEOPLE) else {"user": user}
    found = Token.objects.filter(pk=token, **within).first()
    if found is None:
        raise NotFound("There is no such token.")
    return found


def valid_token(secret: str) -> Token | None:
    """Return the token with this secret; None when there is none, when it is over or its person is kept out."""
    now = clock.now()
    token = _good().select_related("user__agency").filter(digest=_digest(secret)).first()
    if token is not None:
        unnoted = Q(used_at__isnull=True) | Q(used_at__lt=now - USE_NOTED_EVERY)
        Token.objects.filter(unnoted, pk=token.pk).update(used_at=now)
    return token


def still_good(token: Token) -> bool:
    """Tell whether a token that was shown a while ago would let its program in again."""
    return good_roles([token.pk]).get(token.pk) == token.user.role


def good_roles(tokens: Iterable[UUID]) -> dict[UUID, str]:
    """Return those of these tokens that would let a program in now, each with the role that its person has now."""
    return dict(_good().filter(Among("pk", tokens)).values_list("pk", "user__role"))


def _good() -> QuerySet[Token]:
    return Token.objects.filter(revoked_at__isnull=True, expires_at__gt=clock.now(), user__is_active=True)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
