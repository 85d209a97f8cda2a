"""Who comes in by the word of a provider: accounts that were linked with it. A provider makes no account."""

import hashlib
from dataclasses import dataclass

from django.db import transaction

from fanal.core.access.models import Factor, ProviderLink, User
from fanal.core.access.queries import actor_of
from fanal.core.audit.actions import record
from fanal.kit import clock, settings
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider says it has before it, by the name that never changes there."""

    issuer: str
    subject: str
    second: bool
    """Whether it also says, in words that the operator counts, that they showed a second factor."""

    @property
    def digest(self) -> bytes:
        """What is kept of the name."""
        return hashlib.sha256(f"{self.issuer}\0{self.subject}".encode()).digest()


def provider_for(user: User) -> settings.Provider | None:
    """Return the provider that speaks for a person's agency; None: there is none."""
    provider = settings.read().provider
    return provider if provider and provider.speaks_for(user.agency.code) else None


def link_of(user: User) -> ProviderLink | None:
    """Return a person's link with the provider of now; None: there is none."""
    provider = provider_for(user)
    return user.links.filter(issuer=provider.issuer).first() if provider else None


@transaction.atomic
def link(user: User, vouched: Vouched) -> ProviderLink:
    """Let a person in by their provider's word from now on.

    Raises Refused where it does not speak for their agency, Conflict where they, or somebody else, are linked.
    """
    provider = provider_for(user)
    if provider is None or provider.issuer != vouched.issuer:
        raise Refused("This provider does not speak for your agency.")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.links.filter(issuer=vouched.issuer).exists():
        raise Conflict("You are linked already.", next_step="Take the link away first.")
    fresh = {"user": user, "issuer": vouched.issuer, "made_at": clock.now()}
    # Two people at once with one name there: the second waits here, and is told as one who comes later.
    held, made = ProviderLink.objects.get_or_create(digest=vouched.digest, defaults=fresh)
    if not made:
        raise Conflict("This sign-in belongs to another account.", next_step="Ask your agency's administrator.")
    record("access.provider_linked", actor=actor_of(user), subject=f"user:{user.pk}")
    return held


@transaction.atomic
def unlink(user: User, actor: Actor) -> None:
    """Let a person in by no provider any more. Raises NotFound, Conflict where nothing else would let them in."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.links.exists():
        raise NotFound("There is no such link.")
    if not user.has_usable_password() and not user.factors.filter(kind=Factor.Kind.PASSKEY).exists():
        raise Conflict("Nothing else would let you in.", next_step="Add a passkey first.")
    user.links.all().delete()
    record("access.provider_unlinked", actor=actor, subject=f"user:{user.pk}")


@transaction.atomic
def by_provider(vouched: Vouched) -> User | None:
    """Return who comes in by a provider's word; None for a name that is not linked, or a person who is kept out."""
    links = ProviderLink.objects.select_related("user__agency")
    held = links.filter(digest=vouched.digest, issuer=vouched.issuer, user__is_active=True).first()
    if held is None or provider_for(held.user) is None:
        return None
    ProviderLink.objects.filter(pk=held.pk).update(used_at=clock.now())
    return held.user
