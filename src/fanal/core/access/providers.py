"""By which providers of OpenID Connect people may sign in: that of the settings, and those of single agencies.

The operator names them. What an agency's provider says counts for that agency's people alone.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ValidationError
from django.db import transaction

from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, AgencyProvider
from fanal.core.access.sealing import seal, unseal
from fanal.core.access.sessions import end_all_by
from fanal.core.audit.actions import record
from fanal.kit import clock, settings
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid, NotFound
from fanal.kit.settings import ISSUER, Provider, is_issuer

PURPOSE = "providers"


@asking_for_everybody()
def providers() -> list[Provider]:
    """Return all providers, that of the settings first. Who signs in is of no agency yet."""
    own = settings.read().provider
    rows = [_told(row) for row in AgencyProvider.objects.select_related("agency")]
    return [own, *rows] if own else rows


def provider_of(word: str) -> Provider:
    """Return the provider with this word. Raises NotFound."""
    found = next((one for one in providers() if one.word == word), None)
    if found is None:
        raise NotFound("There is no such provider.", next_step="List them: fanal provider list")
    return found


def providers_for(agency: Agency) -> list[Provider]:
    """Return the providers that speak for an agency."""
    return [one for one in providers() if one.speaks_for(agency.code)]


@transaction.atomic
def keep_provider(agency: Agency, provider: Provider, actor: Actor) -> None:
    """Let people of an agency sign in by a provider from now on, or ask the one with this word in another way.

    Raises Invalid for what is no provider, Conflict where another one has the word, or a changed issuer.
    """
    if not is_issuer(provider.issuer):
        raise Invalid("This is no issuer.", next_step=ISSUER)
    if provider.key:
        _read_key(provider.key)
    elif not provider.secret:
        raise Invalid("A provider needs a secret or a key.", next_step="Give one that the provider knows.")
    row = AgencyProvider.objects.filter(word=provider.word).select_related("agency").first()
    if row is not None and (row.agency_id, row.issuer) != (agency.pk, provider.issuer):
        raise Conflict("This word is another provider's.", next_step="Choose another, or remove that one first.")
    known = row is not None
    row = row or AgencyProvider(word=provider.word, agency=agency, issuer=provider.issuer, made_at=clock.now())
    secret = provider.secret.encode()
    row.sealed = None if provider.key else seal(secret, purpose=PURPOSE, of=row.pk)
    row.key_file = str(provider.key or "")
    row.client, row.name, row.acr, row.amr = provider.client, provider.name, list(provider.acr), sorted(provider.amr)
    try:
        row.full_clean()
    except ValidationError as fault:
        raise Invalid(" ".join(fault.messages)) from fault
    row.save()
    detail = {
        "provider": row.word,
        "agency": agency.code,
        "issuer": row.issuer,
        "client": row.client,
        "factors": [*row.acr, *row.amr],
    }
    verb = "access.provider_changed" if known else "access.provider_added"
    record(verb, actor=actor, subject=f"agency:{agency.pk}", detail=detail)


@transaction.atomic
def remove_provider(word: str, actor: Actor) -> int:
    """Have an agency's provider sign nobody in; sessions that it began end at once: return how many. Raises NotFound.

    What was linked with its issuer stays linked, should it be named again.
    """
    row = AgencyProvider.objects.filter(word=word).first()
    if row is None:
        raise NotFound("No agency has such a provider.", next_step="List them: fanal provider list")
    row.delete()
    detail = {"provider": word, "issuer": row.issuer}
    record("access.provider_removed", actor=actor, subject=f"agency:{row.agency_id}", detail=detail)
    return end_all_by(word, actor)


def _told(row: AgencyProvider) -> Provider:
    secret = unseal(bytes(row.sealed), purpose=PURPOSE, of=row.pk) if row.sealed else None
    return Provider(
        word=row.word,
        issuer=row.issuer,
        client=row.client,
        secret=(secret or b"").decode(),
        key=Path(row.key_file) if row.key_file else None,
        name=row.name,
        agencies=frozenset({row.agency.code}),
        acr=tuple(row.acr),
        amr=frozenset(row.amr),
    )


def _read_key(path: Path) -> None:
    try:
        load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise Invalid(
            "This file holds no private key that can be read.", next_step="Name a file in PEM, without a password."
        ) from fault
