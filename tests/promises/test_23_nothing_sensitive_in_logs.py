"""Promise 23: nothing sensitive in logs, tracebacks or error pages, whatever route is asked and however it fails.

200 canaries: names of files, folders and cases, text and bytes of files, notes, tokens, digests, passwords. They are in
the database, in what is sent, and in the messages of the failures themselves. The routes are those of the OpenAPI
document and of the desk's addresses.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from hashlib import md5, sha1, sha256
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client

from broken_audit import BREAKAGES
from canaries import Canaries, written
from desk import content_of, examined, lead_between
from fanal.casework.evidence.models import Visibility
from fanal.casework.leads.actions import judge
from fanal.core.access.actions import enrol_user
from fanal.core.access.models import User
from fanal.core.vault.errors import StoreUnavailable
from fanal.doors.api.urls import api
from fanal.doors.web.urls import urlpatterns
from fanal.kit.actor import SYSTEM
from programs import secret_of
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["written"]

WORDS = 160
PARAMETER = re.compile(r"\{(?:(\w+):)?(\w+)\}|<(\w+):(\w+)>")
FAULT = 500


class House:
    """A house full of canaries, and a person and a program in it."""

    def __init__(self, who: Cast, canaries: Canaries, folder: Path, dice: Random) -> None:
        self.canaries = canaries
        name, case = canaries.word(), canaries.word()
        folder_of_pictures(folder / name, range(2))
        for number in range(2):
            (folder / name / f"IMG_{number:04}.jpg").rename(folder / name / f"{canaries.word()}-{number}.jpg")
        (folder / name / f"{canaries.word()}.txt").write_text(canaries.word())
        for file in (folder / name).iterdir():
            for digest in (sha256, sha1, md5):
                canaries.keep(digest(file.read_bytes()).hexdigest())
        theirs = submitted(who.new_zealand, folder / name, visibility=Visibility.ALL_CONNECTED, case=case, label=name)
        examined([theirs])
        first, second = content_of(theirs, "-0.jpg"), content_of(theirs, "-1.jpg")
        self.lead = lead_between(first, second, 4)
        judge(self.lead.pk, "same", who.mere, canaries.word())
        self.content, self.submission = first, theirs
        password = canaries.keep(dice.randbytes(20).hex())
        self.user: User = enrol_user(
            username=canaries.word(), display_name=canaries.word(), agency=who.france, password=password, actor=SYSTEM
        )
        self.secret = canaries.keep(secret_of(self.user))
        self.password = password
        while len(canaries.sung) < WORDS:
            canaries.word()
        self.spare = [*canaries.sung[-40:], *(canaries.digest() for _ in range(200 - WORDS))]

    def filled(self, address: str, dice: Random) -> str:
        """Return an address with what is there, or what is not, in the place of its parameters."""

        def value(found: re.Match[str]) -> str:
            kind, name = found[1] or found[3] or "", found[2] or found[4]
            there = {"lead": self.lead.pk, "submission": self.submission.pk, "content": self.content.pk, "position": 1}
            if name in there and kind in ("uuid", "int") and dice.random() < 0.7:
                return str(there[name])
            if "sha" in name:
                return dice.choice([bytes(self.content.sha256 or b"").hex(), self.spare[-1]])
            return {"uuid": "00000000-0000-4000-8000-000000000001", "int": "987654321"}.get(kind, self.spare[-1])

        return PARAMETER.sub(value, address)


@pytest.fixture
def house(fresh_data: Path, tmp_path: Path, dice: Random) -> House:
    """The house."""
    return House(cast(), Canaries(dice), tmp_path, dice)


def routes_of_programs() -> list[tuple[str, str]]:
    """Return method and address of every route of the OpenAPI document."""
    return [
        (method.upper(), address)
        for address, methods in api.get_openapi_schema()["paths"].items()
        for method in (*methods, "patch")
    ]


def routes_of_the_desk() -> list[tuple[str, str]]:
    """Return method and address of every page, asked in both ways."""
    return [(method, f"/{page.pattern}") for page in urlpatterns for method in ("GET", "POST")]


def asked(house: House, dice: Random) -> Iterator[Any]:
    """Ask everything once, as a program and at the desk, with canaries in all that is sent."""
    desk, stranger = at_house(house), Client(raise_request_exception=False, enforce_csrf_checks=True)
    form = dict.fromkeys(
        ("note", "answer", "verdict", "q", "digests", "title", "reference", "kind", "country", "next", "username", "x"),
        dice.choice(house.spare),
    )
    for method, address in routes_of_the_desk():
        if "sign-out" not in address:
            yield desk.generic(method, house.filled(address, dice), *_form(form if method == "POST" else {}))
            yield stranger.generic(method, house.filled(address, dice), *_form(form if method == "POST" else {}))
    program = Client(raise_request_exception=False)
    for method, address in routes_of_programs():
        if address.endswith("/stream"):
            continue
        for secret in (house.secret, f"fanal_{house.spare[0]}"):
            body = json.dumps(dict.fromkeys(("sha256", "note", "verdict", "path", "label"), dice.choice(house.spare)))
            headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": dice.choice(house.spare)}
            yield program.generic(method, house.filled(address, dice), body, "application/json", headers=headers)


def _form(fields: dict[str, str]) -> tuple[bytes, str]:
    sent = "&".join(f"{name}={value}" for name, value in fields.items())
    return sent.encode(), "application/x-www-form-urlencoded"


def at_house(house: House) -> Client:
    """Return a browser in which the person is signed in, and that shows a server's faults as a visitor sees them."""
    desk = Client(raise_request_exception=False)
    desk.force_login(house.user)
    return desk


def broken_by(error: Exception) -> Callable[[], AbstractContextManager[object]]:
    """Return a failure in the midst of nearly every request, with the canary in its message."""
    return lambda: mock.patch("fanal.core.audit.actions.record_all", side_effect=error)


def test_200_canaries_are_nowhere_in_logs_and_error_pages(house: House, written: io.StringIO, dice: Random) -> None:
    loud = " ".join(house.canaries.sung[:WORDS])
    failures: list[Callable[[], AbstractContextManager[object]]] = [
        nullcontext,
        BREAKAGES["no_right_to_insert"],
        broken_by(ValueError(loud)),
        broken_by(KeyError(loud)),
        broken_by(StoreUnavailable(f"The media store /srv/{loud} failed.")),
        broken_by(OperationalError(loud)),
    ]
    answers = faults = 0
    for failure in failures:
        with failure():
            for answer in asked(house, dice):
                answers += 1
                faults += answer.status_code >= FAULT
                if answer.status_code >= 400 and not answer.streaming:
                    shown = answer.content.decode()
                    known_to_visitor = {*house.spare, house.user.username, house.user.display_name}
                    assert set(house.canaries.seen_in(shown)) <= known_to_visitor, shown
                    assert answer.status_code < FAULT or "/srv/" not in shown
    logged = written.getvalue()
    assert len(house.canaries.sung) == 200
    assert answers > 500
    assert faults > 100
    assert "Traceback" not in logged
    assert "builtins.ValueError" in logged
    assert house.canaries.seen_in(logged) == []
