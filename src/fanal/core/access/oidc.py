"""OpenID Connect as Fanal needs it: the authorization code with PKCE, and an ID token that is believed or not.

Nothing is called but the configured issuer and the three addresses that its own description names, each https (http
to this machine where the issuer is here too); no redirect is followed, no proxy used. Nothing is kept of an answer but
whom it vouches for. Keys and description are asked for anew at each sign-in: what the provider takes back is gone.
"""

import hmac
import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fanal.core.access.provider_links import Vouched
from fanal.kit import clock
from fanal.kit.errors import Unavailable
from fanal.kit.ids import random_bytes
from fanal.kit.settings import Provider, is_encrypted

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384")
"""Signatures with a key that only the provider has. Not `none`, and none by a secret that both sides know."""
FRESH_SECONDS, LEEWAY_SECONDS = 600, 60
"""How long ago a person may have signed in there; how far its clock may be off."""
PATIENCE_SECONDS, MOST_BYTES, LONGEST_SUBJECT = 10.0, 1 << 18, 255
OK, BAD_REQUEST, UNAUTHORIZED = 200, 400, 401


class ProviderSilent(Unavailable):
    """The provider of the ministry does not answer, or not as OpenID Connect asks."""

    code = "access.provider_silent"
    next_step = "Try again shortly, or sign in another way. Tell the operator if it lasts."


class NotBelieved(Exception):
    """What came back vouches for nobody. Its word says why, to the operator alone."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider is asked."""

    door: str
    tokens: str
    keys: str
    secret_in_body: bool


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
    door = _places(provider).door
    return f"{door}{'&' if '?' in door else '?'}{urlencode(asked)}", kept


def finish(provider: Provider, back: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Vouched:
    """Return whom a provider vouches for in what a browser brought back. Raises NotBelieved, ProviderSilent."""
    if not hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
        raise NotBelieved("state")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise NotBelieved("issuer")
    if "error" in answer or not answer.get("code"):
        raise NotBelieved("refused there")
    places = _places(provider)
    token = _redeemed(provider, places, answer["code"], back, kept["verifier"])
    claims = _believed(token, _asked("GET", places.keys), provider, kept["nonce"])
    return Vouched(provider.issuer, claims["sub"], _second(claims, provider))


def _places(provider: Provider) -> Places:
    told = _asked("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise ProviderSilent("The provider calls itself by another name.")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    here = provider.issuer.startswith("http:")
    if not all(isinstance(told.get(name), str) and is_encrypted(told[name], plain_here=here) for name in names):
        raise ProviderSilent("The provider names an address that is not safe.")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    door, tokens, keys = (told[name] for name in names)
    return Places(door, tokens, keys, secret_in_body="client_secret_basic" not in ways)


def _redeemed(provider: Provider, places: Places, code: str, back: str, verifier: str) -> str:
    """Give a code for an ID token: the provider takes it once, from us, with the verifier that we alone know."""
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    who = (provider.client, provider.secret)
    if places.secret_in_body:
        told = _asked("POST", places.tokens, data={**sent, "client_id": who[0], "client_secret": who[1]})
    else:
        shown = httpx.BasicAuth(*(quote(word, safe="") for word in who))  # RFC 6749, 2.3.1
        told = _asked("POST", places.tokens, data={**sent, "client_id": who[0]}, auth=shown)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise NotBelieved("no token")
    return token


def _believed(token: str, keys: Mapping[str, Any], provider: Provider, nonce: str) -> dict[str, Any]:
    """Return the claims of a token, where all that OpenID Connect asks of them holds. Raises NotBelieved."""
    now = int(clock.now().timestamp())
    wanted = jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
        auth_time={"essential": True},
    )
    try:
        known = KeySet.import_key_set({"keys": keys["keys"]})
        claims = jwt.decode(token, known, algorithms=ALGORITHMS).claims
        wanted.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotBelieved(type(fault).__name__) from fault
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    held = {
        "nonce": claims["nonce"] == nonce,
        "authorized party": claims.get("azp", None if others else provider.client) == provider.client,
        "time of sign-in": isinstance(claims["auth_time"], int)
        and claims["auth_time"] >= now - FRESH_SECONDS - LEEWAY_SECONDS,
        "subject": len(claims["sub"]) <= LONGEST_SUBJECT,
    }
    for name, holds in held.items():
        if not holds:
            raise NotBelieved(name)
    return claims


def _second(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Tell whether a token says that a second factor was shown, in words that the operator counts."""
    ways = claims.get("amr")
    named = {way for way in ways if isinstance(way, str)} if isinstance(ways, list) else set()
    return claims.get("acr") in provider.acr or bool(named & provider.amr)


def _asked(method: str, address: str, **sent: Any) -> dict[str, Any]:
    """Return what an address of the provider answers. Raises ProviderSilent; NotBelieved where it refuses a code."""
    plain = {"Accept": "application/json", "Accept-Encoding": "identity"}
    body = bytearray()
    try:
        with (
            httpx.Client(verify=ssl.create_default_context(), trust_env=False, timeout=PATIENCE_SECONDS) as client,
            client.stream(method, address, headers=plain, **sent) as answer,
        ):
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ProviderSilent("The provider answers too much.")
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
        raise ProviderSilent("The provider does not answer.") from fault
    if method == "POST" and status in {BAD_REQUEST, UNAUTHORIZED}:
        raise NotBelieved("code")
    try:
        told = json.loads(body) if status == OK else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ProviderSilent("The provider does not answer as it should.")
    return told


def _drawn() -> str:
    return _text(random_bytes(32))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
