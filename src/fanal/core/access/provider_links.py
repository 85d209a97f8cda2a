"""Who comes in by the word of a provider: accounts that were linked with it. A provider makes no account."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fanal.core.access.models import Agency, Factor, ProviderLink, User
from fanal.core.access.providers import providers_for
from fanal.core.access.queries import actor_of
from fanal.core.access.sealing import seal, unseal
from fanal.core.access.sessions import end_sessions
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, NotFound, Refused
from fanal.kit.settings import Provider

PURPOSE = "links"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider says it has before it, by the name that never changes there."""

    issuer: str
    subject: str
    second: bool
    """Whether it also says, in words that the operator counts, that they showed a second factor."""
    sid: str = ""
    """The name of the session there; empty: it names none."""
    way_out: str = ""
    """The address at which the person signs out there; empty: it has none."""

    @property
    def digest(self) -> bytes:
        """By which the name is found again."""
        return digest_of(self.issuer, self.subject)


def digest_of(issuer: str, name: str) -> bytes:
    """Return the digest of a name that an issuer gave, of a person or a session."""
    return hashlib.sha256(f"{issuer}\0{name}".encode()).digest()


def link_with(user: User, provider: Provider) -> ProviderLink | None:
    """Return a person's link with a provider; None: there is none."""
    return user.links.filter(issuer=provider.issuer).first()


@dataclass(frozen=True, slots=True)
class Linked:
    """A link, the name of its provider (its issuer where it is none any more), and whose account it is there.

    The account is empty where the link was not used since accounts are kept, or was sealed under another key.
    """

    link: ProviderLink
    provider: str
    account: str


def links_in(agency: Agency) -> list[Linked]:
    """Return the links of an agency's people, by name."""
    names = {one.issuer: one.name for one in providers_for(agency)}
    held = ProviderLink.objects.filter(user__agency=agency).select_related("user").order_by("user__username", "made_at")
    return [Linked(one, names.get(one.issuer, one.issuer), _account(one)) for one in held]


@transaction.atomic
def link(user: User, provider: Provider, vouched: Vouched) -> ProviderLink:
    """Let a person in by a provider's word from now on.

    Raises Refused where it does not speak for their agency, Conflict where they, or somebody else, are linked.
    """
    if not provider.speaks_for(user.agency.code):
        raise Refused("This provider does not speak for your agency.")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.links.filter(issuer=vouched.issuer).exists():
        raise Conflict("You are linked already.", next_step="Take the link away first.")
    fresh = {"user": user, "issuer": vouched.issuer, "made_at": clock.now()}
    # Two people at once with one name there: the second waits here, and is told as one who comes later.
    held, made = ProviderLink.objects.get_or_create(digest=vouched.digest, defaults=fresh)
    if not made:
        raise Conflict("This sign-in belongs to another account.", next_step="Ask your agency's administrator.")
    _keep_account(held, vouched)
    record("access.provider_linked", actor=actor_of(user), subject=f"user:{user.pk}", detail=_detail(held))
    return held


@transaction.atomic
def unlink(user: User, link: UUID, actor: Actor, *, keeping: str | None = None) -> None:
    """Let a person in by a link no more; sessions that it began end at once, but for the one with the key to keep.

    Raises NotFound, Conflict for a person who does it themselves where nothing else would let them in.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = user.links.filter(pk=link).first()
    if held is None:
        raise NotFound("There is no such link.")
    if actor == actor_of(user) and not _another_way_in(user, held):
        raise Conflict("Nothing else would let you in.", next_step="Add a passkey first.")
    held.delete()
    record("access.provider_unlinked", actor=actor, subject=f"user:{user.pk}", detail=_detail(held))
    end_sessions(user, actor, but=keeping, subject=bytes(held.digest))


@transaction.atomic
def by_provider(provider: Provider, vouched: Vouched) -> User | None:
    """Return who comes in by a provider's word; None for a name that is not linked, or a person who is kept out.

    A person of an agency for which it does not speak is kept out by it, whatever it says.
    """
    links = ProviderLink.objects.select_related("user__agency")
    held = links.filter(digest=vouched.digest, issuer=vouched.issuer, user__is_active=True).first()
    if held is None or not provider.speaks_for(held.user.agency.code):
        return None
    held.used_at = clock.now()
    _keep_account(held, vouched)
    return held.user


def _another_way_in(user: User, held: ProviderLink) -> bool:
    issuers = [one.issuer for one in providers_for(user.agency) if one.issuer != held.issuer]
    return (
        user.has_usable_password()
        or user.factors.filter(kind=Factor.Kind.PASSKEY).exists()
        or user.links.filter(issuer__in=issuers).exists()
    )


def _keep_account(held: ProviderLink, vouched: Vouched) -> None:
    held.sealed = held.sealed or seal(vouched.subject.encode(), purpose=PURPOSE, of=held.pk)
    held.save(update_fields=["sealed", "used_at"])


def _account(held: ProviderLink) -> str:
    plain = unseal(bytes(held.sealed), purpose=PURPOSE, of=held.pk) if held.sealed else None
    return (plain or b"").decode()


def _detail(held: ProviderLink) -> dict[str, str]:
    return {"link": str(held.pk), "issuer": held.issuer}
