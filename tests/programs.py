"""Programs at the API: a token of a person, and requests as a program sends them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import cast
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from fanal.core.access.models import User
from fanal.core.access.roles import scopes_of
from fanal.core.access.tokens import make_token
from fanal.kit.actor import SYSTEM

__all__ = ["Program", "program", "secret_of"]


def secret_of(user: User, *scopes: str, lasts: timedelta = timedelta(days=1)) -> str:
    """Return the secret of a new token of this person, for all that their role may unless some are named."""
    return make_token(user, name="test", scopes=scopes or scopes_of(user.role), lasts=lasts, actor=SYSTEM)[1]


@dataclass(frozen=True)
class Program:
    """Something that shows a token with each request."""

    secret: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Ask for something."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: object = None, key: str = "", **headers: str) -> HttpResponse:
        """Have something done, with a key of its own unless one is given."""
        sent = json.dumps(body if body is not None else {}).encode()
        return self.ask("POST", path, sent, {"Idempotency_Key": key or str(uuid4()), **headers})

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = MappingProxyType({})
    ) -> HttpResponse:
        """Send any request below /api/v1; names of headers are written with `_`."""
        shown = {"Authorization": f"Bearer {self.secret}", **headers}
        sent = {name.replace("_", "-"): value for name, value in shown.items()}
        kind = sent.pop("Content-Type", "application/json")
        return cast("HttpResponse", self.client.generic(method, f"/api/v1{path}", body, kind, headers=sent))


def program(user: User, *scopes: str) -> Program:
    """Return a program of this person."""
    return Program(secret_of(user, *scopes))
