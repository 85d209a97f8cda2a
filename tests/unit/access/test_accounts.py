"""Accounts change in the terminal: another password, and a door that is shut and opened again."""

import io
import json
from pathlib import Path

import pytest
from django.test import Client

from fanal.core.access.models import User
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from ready import Ready
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> int:
    """Run one command line."""
    return app.run(Ready(), words)  # type: ignore[arg-type]


def signs_in(password: str) -> Client | None:
    """Sign in as Mere and return the browser, if it is let in."""
    client = Client()
    answer = client.post("/sign-in/", {"username": "mere", "password": password})
    return client if answer.status_code == 302 else None


def test_another_password_ends_every_session(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast()
    before = signs_in(PASSWORD)
    assert before is not None

    monkeypatch.setattr("sys.stdin", io.StringIO("a lantern on another shore\n"))
    assert run("officer", "password", "MERE") == 0

    assert before.get("/").status_code == 302
    assert signs_in(PASSWORD) is None
    assert signs_in("a lantern on another shore") is not None
    assert Leaf.objects.filter(action="access.user_changed").count() == 1


def test_a_weak_password_changes_nothing(
    fresh_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cast()
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))

    assert run("officer", "password", "mere") == 1
    assert "longer password" in capsys.readouterr().err
    assert signs_in(PASSWORD) is not None


def test_who_is_kept_out_is_out_at_once_and_may_come_back(fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast()
    inside = signs_in(PASSWORD)
    assert inside is not None

    assert run("officer", "suspend", "mere") == 0
    assert inside.get("/").status_code == 302
    assert signs_in(PASSWORD) is None
    capsys.readouterr()
    assert run("officer", "list", "--agency", "NZ", "--json") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["active"] for one in listed if one["username"] == "mere"] == [False]

    assert run("officer", "restore", "mere") == 0
    assert signs_in(PASSWORD) is not None


def test_nobody_of_that_name(fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("officer", "suspend", "nobody") == 1
    assert "nobody" in capsys.readouterr().err
    assert not User.objects.exists()
