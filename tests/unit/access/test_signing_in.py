"""Signing in: guessing is held off, whatever is typed; leaving always works."""

import json
from pathlib import Path

import pytest
from django.test import Client

from fanal.core.access import attempts
from fanal.core.access.models import SignInAttempt
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from ready import Ready
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = "198.51.100.7"


def answer(password: str, name: str = "mere", address: str = "") -> int:
    """Try to sign in and return the status."""
    told = {"HTTP_X_FORWARDED_FOR": f"203.0.113.9, {address}"} if address else {}
    return Client().post("/sign-in/", {"username": name, "password": password}, **told).status_code  # type: ignore[arg-type]


def test_after_ten_wrong_passwords_the_right_one_has_to_wait(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast()

    assert [answer("wrong") for _ in range(attempts.MOST_OF_BOTH)] == [401] * attempts.MOST_OF_BOTH
    assert answer(PASSWORD) == 429
    assert answer(PASSWORD, name="MERE") == 429
    assert Leaf.objects.filter(action="access.sign_in_held_off").count() == 2
    assert answer(PASSWORD, address=ELSEWHERE) == 302

    monkeypatch.setattr(attempts, "WINDOW", -attempts.WINDOW)
    assert answer(PASSWORD) == 302


def test_one_address_may_not_try_one_name_after_the_other(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_OF_ADDRESS", 3)
    cast()

    assert [answer("wrong", name=name) for name in ("jack", "camille", "edith")] == [401, 401, 401]
    assert answer(PASSWORD) == 429
    assert answer(PASSWORD, address=ELSEWHERE) == 302


def test_bad_passkeys_from_elsewhere_keep_nobody_out(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_OF_NAME", 3)
    monkeypatch.setattr(attempts, "MOST_OF_ADDRESS", 4)

    def shown(address: str) -> int:
        there = {"HTTP_X_FORWARDED_FOR": f"203.0.113.9, {address}"}
        return Client().post("/sign-in/passkey/", {"credential": "{}"}, **there).status_code  # type: ignore[arg-type]

    cast()
    assert [shown(ELSEWHERE) for _ in range(5)] == [401] * 4 + [429]
    assert shown("198.51.100.8") == 401


def test_signing_in_forgets_what_came_before_and_nothing_typed_is_kept(fresh_data: Path) -> None:
    cast()
    answer("wrong")
    answer("wrong", name="correct horse battery staple")

    assert answer(PASSWORD) == 302
    (kept,) = SignInAttempt.objects.all()
    assert len(kept.name) == len(kept.address) == 32
    assert b"horse" not in kept.name


@pytest.mark.parametrize("name", ["mere\0", "\ud800", "é" * 5000, ""])
def test_whatever_is_typed_is_refused_in_words(fresh_data: Path, name: str) -> None:
    cast()

    assert answer("wrong\0", name=name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")) == 401


def test_leaving_works_where_nothing_can_be_logged(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast()
    client = Client()
    client.post("/sign-in/", {"username": "mere", "password": PASSWORD})
    (fresh_data / "keys" / "audit.ed25519").chmod(0o644)

    assert client.post("/sign-out/").status_code == 503
    assert "/sign-in/" in client.get("/").headers["Location"]


def test_what_the_operator_does_is_logged_as_the_operators(fresh_data: Path) -> None:
    app.run(Ready(), ["agency", "add", "CH", "--name", "Swiss unit", "--country", "CH"])  # type: ignore[arg-type]

    admitted = Leaf.objects.get(action="access.agency_admitted")
    assert json.loads(admitted.entry)["actor"] == {"agency": None, "kind": "operator", "reference": "terminal"}
