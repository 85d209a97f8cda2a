"""OpenID Connect as Fanal needs it: the authorization code with PKCE, and an ID token that is believed or not.

Nothing is kept of an answer but whom it vouches for, and the way by which they sign out there.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from fanal.core.access.provider_asked import (
    FRESH_SECONDS,
    LONGEST_NAME,
    NotBelieved,
    Places,
    ProviderSilent,
    ask,
    is_recent,
    places_of,
    proven,
    seconds,
    wanted,
)
from fanal.core.access.provider_links import Vouched
from fanal.kit.ids import random_bytes
from fanal.kit.settings import Provider

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_HINT = 4096
"""Characters of an ID token that still fits into an address."""


def begin(provider: Provider, back: str) -> tuple[str, dict[str, str]]:
    """Return where to send a browser, and what `finish` needs to believe what it brings back to the address `back`.

    Raises ProviderSilent.
    """
    kept = {name: _drawn() for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": "openid",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": _text(sha256(kept["verifier"].encode()).digest()),
        "code_challenge_method": "S256",
        # Whoever finds an open desk is not let in by a session that somebody left at the provider.
        "max_age": str(FRESH_SECONDS),
    } | ({"acr_values": " ".join(provider.acr)} if provider.acr else {})
    return _address(places_of(provider).door, asked), kept


def finish(provider: Provider, back: str, kept: Mapping[str, str], answer: Mapping[str, str], home: str) -> Vouched:
    """Return whom a provider vouches for in what a browser brought back to the address `back`.

    `home` is where it sends them after they signed out there. Raises NotBelieved, ProviderSilent.
    """
    if not hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
        raise NotBelieved("state")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise NotBelieved("issuer")
    if "error" in answer or not answer.get("code"):
        raise NotBelieved("refused there")
    places = places_of(provider)
    token = _redeemed(provider, places, answer["code"], back, kept["verifier"])
    claims = _believed(token, ask("GET", places.keys), provider, kept["nonce"])
    out = _way_out(provider, places, token, home)
    return Vouched(provider.issuer, claims["sub"], _second(claims, provider), claims.get("sid", ""), out)


def _redeemed(provider: Provider, places: Places, code: str, back: str, verifier: str) -> str:
    """Give a code for an ID token: the provider takes it once, from us, with the verifier that we alone know."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
        "client_id": provider.client,
    }
    if provider.key:
        shown = {"client_assertion_type": ASSERTION, "client_assertion": _assertion(provider)}
        told = ask("POST", places.tokens, data={**sent, **shown})
    elif places.secret_in_body:
        told = ask("POST", places.tokens, data={**sent, "client_secret": provider.secret})
    else:
        basic = httpx.BasicAuth(*(quote(word, safe="") for word in (provider.client, provider.secret)))  # RFC 6749
        told = ask("POST", places.tokens, data=sent, auth=basic)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise NotBelieved("no token")
    return token


def _assertion(provider: Provider) -> str:
    """Return the proof that this desk holds its key (`private_key_jwt`), for this provider alone: its issuer is named,
    not an address that its description gives.
    """
    try:
        pem = provider.key.read_bytes() if provider.key else b""
        curved = isinstance(load_pem_private_key(pem, None), EllipticCurvePrivateKey)
        key = ECKey.import_key(pem) if curved else RSAKey.import_key(pem)
        alg = {"P-256": "ES256", "P-384": "ES384"}[key.curve_name] if isinstance(key, ECKey) else "RS256"
        who = {"iss": provider.client, "sub": provider.client, "aud": provider.issuer, "jti": _drawn()}
        return jwt.encode({"alg": alg}, {**who, "iat": seconds(), "exp": seconds() + 60}, key)
    except (OSError, ValueError, TypeError, KeyError, JoseError) as fault:
        raise ProviderSilent("The key for the provider cannot be used.") from fault


def _believed(token: str, keys: dict[str, Any], provider: Provider, nonce: str) -> dict[str, Any]:
    """Return the claims of a token, where all that OpenID Connect asks of them holds. Raises NotBelieved."""
    claims = proven(token, keys, wanted(provider, sub={}, nonce={}, auth_time={}))
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    held = {
        "nonce": claims["nonce"] == nonce,
        "authorized party": claims.get("azp", None if others else provider.client) == provider.client,
        "time of sign-in": is_recent(claims["auth_time"]),
        "subject": len(claims["sub"]) <= LONGEST_NAME,
        "session": isinstance(claims.get("sid", ""), str),
    }
    for name, holds in held.items():
        if not holds:
            raise NotBelieved(name)
    return claims


def _way_out(provider: Provider, places: Places, token: str, home: str) -> str:
    """Return where a person signs out there (OpenID Connect RP-Initiated Logout); empty: nowhere."""
    if not places.way_out:
        return ""
    asked = {"client_id": provider.client, "post_logout_redirect_uri": home}
    return _address(places.way_out, asked | ({"id_token_hint": token} if len(token) <= LONGEST_HINT else {}))


def _second(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Tell whether a token says that a second factor was shown, in words that the operator counts."""
    ways = claims.get("amr")
    named = {way for way in ways if isinstance(way, str)} if isinstance(ways, list) else set()
    return claims.get("acr") in provider.acr or bool(named & provider.amr)


def _address(place: str, asked: Mapping[str, str]) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def _drawn() -> str:
    return _text(random_bytes(32))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
