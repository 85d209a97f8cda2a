"""What a provider answers when it is asked, and whether what it signed is its own.

Nothing is called but the issuer that the operator named and the addresses that its own description names, each https
(http to this machine where the issuer is here too); no redirect is followed, no proxy used. Keys and description are
asked for anew each time: what the provider takes back is gone.
"""

import json
import ssl
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fanal.kit import clock
from fanal.kit.errors import Unavailable
from fanal.kit.settings import Provider, is_encrypted

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384")
"""Signatures with a key that only the provider has. Not `none`, and none by a secret that both sides know."""
FRESH_SECONDS, LEEWAY_SECONDS = 600, 60
"""How old what a provider says may be; how far its clock may be off."""
PATIENCE_SECONDS, MOST_BYTES, LONGEST_NAME = 10.0, 1 << 18, 255
OK, BAD_REQUEST, UNAUTHORIZED = 200, 400, 401


class ProviderSilent(Unavailable):
    """The provider of the ministry does not answer, or not as OpenID Connect asks."""

    code = "access.provider_silent"
    next_step = "Try again shortly, or sign in another way. Tell the operator if it lasts."


class NotBelieved(Exception):
    """What came back vouches for nobody. Its word says why, to the operator alone."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider is asked. `way_out` is empty where nobody signs out there."""

    door: str
    tokens: str
    keys: str
    way_out: str
    secret_in_body: bool


def places_of(provider: Provider) -> Places:
    """Return where a provider is asked, by its own description. Raises ProviderSilent."""
    told = ask("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise ProviderSilent("The provider calls itself by another name.")
    names = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
    names += ["end_session_endpoint"] if "end_session_endpoint" in told else []
    here = provider.issuer.startswith("http:")
    if not all(isinstance(told.get(name), str) and is_encrypted(told[name], plain_here=here) for name in names):
        raise ProviderSilent("The provider names an address that is not safe.")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    door, tokens, keys, way_out = (*(told[name] for name in names), "")[:4]
    return Places(door, tokens, keys, way_out, secret_in_body="client_secret_basic" not in ways)


def proven(token: str, keys: dict[str, Any], claims: jwt.JWTClaimsRegistry) -> dict[str, Any]:
    """Return what a token says, where one of these keys signed it and its claims hold. Raises NotBelieved."""
    try:
        known = KeySet.import_key_set({"keys": keys["keys"]})
        said = jwt.decode(token, known, algorithms=ALGORITHMS).claims
        claims.validate(said)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotBelieved(type(fault).__name__) from fault
    return said


def wanted(provider: Provider, **essential: Any) -> jwt.JWTClaimsRegistry:
    """Return what any token of a provider for this desk must say, and what `essential` asks for besides."""
    claims = {"iss": {"value": provider.issuer}, "aud": {"value": provider.client}, "exp": {}, "iat": {}, **essential}
    asked = {name: {"essential": True, **how} for name, how in claims.items()}
    return jwt.JWTClaimsRegistry(now=seconds(), leeway=LEEWAY_SECONDS, **asked)  # type: ignore[arg-type]


def is_recent(moment: object) -> bool:
    """Tell whether a claim is a time within the last ten minutes."""
    return isinstance(moment, int) and moment >= seconds() - FRESH_SECONDS - LEEWAY_SECONDS


def seconds() -> int:
    """Return the time as tokens have it."""
    return int(clock.now().timestamp())


def ask(method: str, address: str, **sent: Any) -> dict[str, Any]:
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
