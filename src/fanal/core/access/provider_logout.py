"""A provider says that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0): their sessions end.

What it says is heard once. Only sessions that this same provider began end by it.
"""

from datetime import timedelta

from django.db import transaction
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from fanal.core.access.models import SpentToken
from fanal.core.access.provider_asked import (
    FRESH_SECONDS,
    LEEWAY_SECONDS,
    LONGEST_NAME,
    NotBelieved,
    ask,
    is_recent,
    places_of,
    proven,
    wanted,
)
from fanal.core.access.provider_links import digest_of
from fanal.core.access.sessions import end_all_by
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.settings import Provider

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KEPT_FOR = timedelta(seconds=FRESH_SECONDS + 2 * LEEWAY_SECONDS)
"""How long a word that was heard is remembered: longer than it would be believed."""
LONGEST_TOKEN = 1 << 14


def hear(provider: Provider, token: str) -> int:
    """End the sessions that a logout token of a provider names, at once; return how many.

    Raises NotBelieved, also for a token that was heard before; ProviderSilent.
    """
    _refuse_what_is_none(token)
    claims = proven(token, ask("GET", places_of(provider).keys), wanted(provider, jti={}, events={}))
    sub, sid, jti, events = (claims.get(name) for name in ("sub", "sid", "jti", "events"))
    names = [name for name in (sub, sid, jti) if name is not None]
    held = {
        "names": all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in names),
        "nobody": sub is not None or sid is not None,
        "event": isinstance(events, dict) and isinstance(events.get(EVENT), dict),
        "a nonce": "nonce" not in claims,
        "old": is_recent(claims["iat"]),
    }
    for name, holds in held.items():
        if not holds:
            raise NotBelieved(name)
    named = {"subject": sub, "sid": sid}
    digests = {about: digest_of(provider.issuer, name) for about, name in named.items() if name is not None}
    with transaction.atomic():
        _hear_once(digest_of(provider.word, str(jti)))
        return end_all_by(provider.word, Actor(kind="provider", reference=provider.word), **digests)


def _refuse_what_is_none(token: str) -> None:
    """Raise NotBelieved for what has not even the form of a token: the provider is not asked about it."""
    try:
        if len(token) > LONGEST_TOKEN:
            raise NotBelieved("too long")
        extract_compact(token.encode())
    except (JoseError, ValueError) as fault:
        raise NotBelieved("no token") from fault


def _hear_once(digest: bytes) -> None:
    now = clock.now()
    SpentToken.objects.filter(until__lte=now).delete()
    if not SpentToken.objects.get_or_create(digest=digest, defaults={"until": now + KEPT_FOR})[1]:
        raise NotBelieved("heard before")
