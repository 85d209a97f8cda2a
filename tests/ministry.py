"""A ministry's provider of OpenID Connect, on this machine alone: real keys, codes good once, and ways to lie."""

import json
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from fanal.core.access.models import User
from fanal.core.access.provider_links import Vouched, link
from fanal.core.access.providers import providers
from fanal.kit import clock
from world import Cast

__all__ = ["Ministry", "believed_by", "ministry"]

CLIENT, SECRET = "fanal", "the secret: 100% kept/shared"
NAME = "Ministry of Lanterns"


@dataclass
class Ministry:
    """Who is before it, and what it says of them; what differs from the truth is for tests to see refused."""

    issuer: str = ""
    subject: str = "7f3a"
    key: ECKey | RSAKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "now", "use": "sig"}))
    shown: list[dict[str, Any]] = field(default_factory=list)
    """The keys that it publishes; empty: that with which it signs."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims that differ; None: left out."""
    description: dict[str, Any] = field(default_factory=dict)
    """What differs in its description of itself."""
    header: dict[str, Any] = field(default_factory=dict)
    unsigned: bool = False
    says_no: bool = False
    proof: ECKey | RSAKey | None = None
    """The desk's own key, by which it shows that it is itself; None: it shows the secret."""
    sid: str = "evening"
    """The session that it has with its person."""
    left: list[dict[str, str]] = field(default_factory=list)
    """What it was asked by people who came to sign out."""
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was asked for with each code that was not redeemed yet."""

    def truthful(self) -> None:
        """Say what is true again."""
        self.shown, self.claims, self.description, self.header = [], {}, {}, {}
        self.unsigned = self.says_no = False

    def described(self) -> dict[str, Any]:
        """Return its description."""
        at = self.issuer
        ends = {
            "authorization_endpoint": f"{at}/door?realm=1",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "end_session_endpoint": f"{at}/leave?realm=1",
        }
        said = {"issuer": at, **ends, **self.description}
        return {name: value for name, value in said.items() if value != ""}

    def leave(self, asked: dict[str, str]) -> str:
        """Return where a browser goes after its person has signed out, at once."""
        self.left.append(asked)
        return asked["post_logout_redirect_uri"]

    def word_of_leaving(self, **claims: Any) -> str:
        """Return a logout token (OpenID Connect Back-Channel Logout); `claims` that differ; None: left out."""
        now = int(clock.now().timestamp())
        event: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
        who = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "sid": self.sid, "events": event}
        return self._signed({**who, "iat": now, "exp": now + 120, "jti": str(uuid4()), **claims})

    def door(self, asked: dict[str, str]) -> str:
        """Return where a browser goes after the person has signed in, at once."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        if self.says_no:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = str(uuid4())
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def redeem(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return what a code is good for, once; None: nothing."""
        asked = self.codes.pop(sent.get("code", ""), None)
        basic = b64decode(authorization.removeprefix("Basic ")).decode()
        who = tuple(map(unquote, basic.split(":")))
        proof = urlsafe_b64encode(sha256(sent.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        known = self._proven(sent) if self.proof else who == (CLIENT, SECRET)
        if asked is None or not known or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"id_token": self._token(asked["nonce"])} if proof == asked["code_challenge"] else None

    def _token(self, nonce: str) -> str:
        now = int(clock.now().timestamp())
        who = {"iss": self.issuer, "sub": self.subject, "sid": self.sid, "aud": CLIENT, "nonce": nonce}
        return self._signed({**who, "iat": now, "exp": now + 60, "auth_time": now, **self.claims})

    def _proven(self, sent: dict[str, str]) -> bool:
        """Tell whether the desk showed that it holds its key (RFC 7523), to this provider."""
        assert self.proof
        assert sent["client_assertion_type"].endswith("jwt-bearer")
        shown = jwt.decode(sent["client_assertion"], self.proof, algorithms=["ES256", "RS256"]).claims
        return (shown["iss"], shown["sub"], shown["aud"]) == (CLIENT, CLIENT, self.issuer)

    def _signed(self, said: dict[str, Any]) -> str:
        claims = {name: value for name, value in said.items() if value is not None}
        if self.unsigned:
            parts = ({"alg": "none", "kid": "now"}, claims)
            return ".".join(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."
        alg = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": self.key.kid, **self.header}, claims, self.key)


@contextmanager
def ministry() -> Iterator[Ministry]:
    """Open a ministry's provider."""
    kept = Ministry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            kept.asked.append(parts.path)
            through = {"/door": kept.door, "/leave": kept.leave}.get(parts.path)
            if through:
                self.send_response(302)
                self.send_header("Location", through(dict(parse_qsl(parts.query))))
                self.end_headers()
            elif parts.path == "/keys":
                self._tell({"keys": kept.shown or [kept.key.as_dict(private=False)]})
            elif parts.path == "/.well-known/openid-configuration":
                self._tell(kept.described())
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            kept.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told = kept.redeem(dict(parse_qsl(body)), self.headers.get("Authorization", ""))
            self._tell(told or {"error": "invalid_grant"}, 200 if told else 400)

        def _tell(self, told: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


def believed_by(monkeypatch: pytest.MonkeyPatch, issuer: str, **more: str) -> None:
    """Have the operator of the desk believe a provider; `more`: settings, without FANAL_OIDC_."""
    said = {"ISSUER": issuer, "CLIENT": CLIENT, "SECRET": SECRET, "NAME": NAME, **more}
    for name, value in said.items():
        monkeypatch.setenv(f"FANAL_OIDC_{name}", value)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministry]:
    """A provider that the operator believes."""
    with ministry() as opened:
        believed_by(monkeypatch, opened.issuer)
        yield opened


@pytest.fixture
def linked(who: Cast, there: Ministry) -> User:
    """Camille, who is linked with her person at the provider."""
    link(who.camille, providers()[0], Vouched(there.issuer, there.subject, second=False))
    return who.camille
