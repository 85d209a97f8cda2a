"""Signing out at the provider too, and being signed out here by its word: once, and by none but its own."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey

from broken_audit import BREAKAGES
from desk import at_the_desk
from fanal.core.access.models import Session, SpentToken, User
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from ministry import CLIENT, Ministry
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


def came_in(there: Ministry, sid: str = "evening") -> Client:
    """Sign in by the provider, in a session there."""
    there.sid, client = sid, Client()
    answer = client.post("/sign-in/provider/", {"provider": "settings"})
    out = answer.headers["Refresh"].removeprefix("0; url=")
    parts = urlsplit(httpx.get(out, trust_env=False).headers["Location"])
    assert client.get(f"{parts.path}?{parts.query}").status_code == 302
    return client


def told(token: str, path: str = "/sign-in/provider/out/") -> int:
    """Have the provider tell the desk that somebody signed out; return the status. It has no cookie of ours."""
    return int(Client(enforce_csrf_checks=True).post(path, {"logout_token": token}).status_code)


def is_in(client: Client) -> bool:
    """Tell whether a browser is signed in."""
    return bool(client.get("/leads/").status_code == 200)


def logged(action: str) -> list[dict[str, Any]]:
    """Return entries of the log, in order."""
    entries = Leaf.objects.filter(action=action).order_by("index").values_list("entry", flat=True)
    return [json.loads(entry) for entry in entries]


def test_who_signs_out_is_taken_to_the_provider_to_sign_out_there(linked: User, there: Ministry) -> None:
    client = came_in(there)
    page = client.post("/sign-out/")
    assert not is_in(client), "here first"
    assert len(logged("access.signed_out")) == 1
    out = page.headers["Refresh"].removeprefix("0; url=")
    assert out.startswith(f"{there.issuer}/leave?realm=1&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out).query).items()}
    assert asked["client_id"] == CLIENT
    assert asked["post_logout_redirect_uri"] == "http://testserver/sign-in/"
    assert jwt.decode(asked["id_token_hint"], there.key).claims["sid"] == "evening"
    assert httpx.get(out, trust_env=False).headers["Location"] == "http://testserver/sign-in/"


def test_who_came_in_by_a_password_or_whose_provider_has_no_way_out_is_not(linked: User, there: Ministry) -> None:
    assert at_the_desk(linked).post("/sign-out/").headers["Location"] == "/sign-in/"
    there.description = {"end_session_endpoint": ""}
    assert came_in(there).post("/sign-out/").headers["Location"] == "/sign-in/"
    there.description = {"end_session_endpoint": "http://169.254.169.254/"}
    assert Client().post("/sign-in/provider/", {"provider": "settings"}).status_code == 503


def test_who_has_a_second_factor_here_signs_out_there_as_well(
    linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked.factors.create(kind="app", sealed=b"", made_at=clock.now())
    monkeypatch.setattr("fanal.doors.web.entrance.by_code", lambda *_: "app")
    client = came_in(there)
    assert not is_in(client)
    assert client.post("/sign-in/second/", {"code": "1"}).status_code == 302
    assert is_in(client)
    assert told(there.word_of_leaving()) == 200
    assert not is_in(client)
    client = came_in(there)
    assert told(there.word_of_leaving()) == 200  # between the one and the other
    assert client.post("/sign-in/second/", {"code": "1"}).headers["Location"] == "/sign-in/"


def test_a_session_keeps_nothing_of_the_provider_in_plain(linked: User, there: Ministry) -> None:
    client = came_in(there)
    row = Session.objects.get(user=linked)
    assert row.provider == "settings"
    kept = json.dumps(dict(client.session))
    assert there.subject not in kept
    assert "id_token" not in kept


def test_the_provider_ends_one_session_or_all_of_a_person(linked: User, there: Ministry) -> None:
    morning, evening, by_password = came_in(there, "morning"), came_in(there, "evening"), at_the_desk(linked)
    assert told(there.word_of_leaving(sid="morning")) == 200
    assert (is_in(morning), is_in(evening)) == (False, True)
    morning = came_in(there, "morning")
    assert told(there.word_of_leaving(sid=None)) == 200
    assert (is_in(morning), is_in(evening), is_in(by_password)) == (False, False, True)
    evening = came_in(there, "evening")
    assert told(there.word_of_leaving(sub=None, sid="evening")) == 200
    assert not is_in(evening)
    entries = logged("access.provider_signed_out")
    assert [len(one["detail"]["sessions"]) for one in entries] == [1, 2, 1]
    assert {(one["actor"]["kind"], one["actor"]["reference"]) for one in entries} == {("provider", "settings")}


def test_whom_it_names_in_vain_is_told_as_whom_it_signs_out(linked: User, there: Ministry) -> None:
    client = came_in(there)
    for other in ({"sub": "somebody"}, {"sid": "another"}, {"sub": None, "sid": "another"}):
        assert told(there.word_of_leaving(**other)) == 200
    assert is_in(client)
    assert logged("access.provider_signed_out") == []


def test_a_word_is_heard_once(linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    came_in(there)
    word = there.word_of_leaving()
    assert told(word) == 200
    again = came_in(there)
    assert told(word) == 400
    assert is_in(again)
    # It is forgotten when it would be too old to be believed, and not before.
    now = clock.now()
    for minutes in (9, 13):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        assert told(word) == 400
    assert is_in(again)
    assert told(there.word_of_leaving()) == 200
    assert SpentToken.objects.count() == 1


NEW_YEAR, LATER = 1_767_225_600, 10_000_000_000
LIES: dict[str, Callable[[Ministry], str]] = {
    "issuer": lambda there: there.word_of_leaving(iss="https://other.example"),
    "no issuer": lambda there: there.word_of_leaving(iss=None),
    "audience": lambda there: there.word_of_leaving(aud="another desk"),
    "no audience": lambda there: there.word_of_leaving(aud=None),
    "a nonce": lambda there: there.word_of_leaving(nonce="n"),
    "no event": lambda there: there.word_of_leaving(events=None),
    "another event": lambda there: there.word_of_leaving(events={"http://other.example": {}}),
    "an event of no kind": lambda there: there.word_of_leaving(events={EVENT: "yes"}),
    "events that are none": lambda there: there.word_of_leaving(events=EVENT),
    "nobody": lambda there: there.word_of_leaving(sub=None, sid=None),
    "a list of names": lambda there: there.word_of_leaving(sub=["7f3a"]),
    "a number": lambda there: there.word_of_leaving(sid=7),
    "an empty name": lambda there: there.word_of_leaving(sid=""),
    "an endless name": lambda there: there.word_of_leaving(sub="a" * 256),
    "no name of its own": lambda there: there.word_of_leaving(jti=None),
    "an endless name of its own": lambda there: there.word_of_leaving(jti="a" * 256),
    "expired": lambda there: there.word_of_leaving(exp=NEW_YEAR),
    "never expires": lambda there: there.word_of_leaving(exp=None),
    "said long ago": lambda there: there.word_of_leaving(iat=NEW_YEAR),
    "said who knows when": lambda there: there.word_of_leaving(iat=None),
    "of the future": lambda there: there.word_of_leaving(iat=LATER, exp=LATER + 60),
    "an ID token": lambda there: there._token("nonce"),
    "no token": lambda there: "a.b.c",
    "nothing": lambda there: "",
    "endless": lambda there: "a" * 20_000,
}


def test_what_is_not_true_signs_nobody_out(linked: User, there: Ministry) -> None:
    client = came_in(there)
    for name, lie in LIES.items():
        assert told(lie(there)) == 400, name
    there.unsigned = True
    assert told(there.word_of_leaving()) == 400
    there.truthful()
    for kid in ("other", "now"):
        there.shown = [ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False)]
        assert told(there.word_of_leaving()) == 400
    there.truthful()
    assert is_in(client)
    assert logged("access.provider_signed_out") == []
    assert SpentToken.objects.count() == 0
    assert told(there.word_of_leaving()) == 200
    assert not is_in(client)


def test_only_a_provider_is_heard(linked: User, there: Ministry) -> None:
    client = came_in(there)
    assert told(there.word_of_leaving(), "/sign-in/provider/another/out/") == 404
    assert Client().get("/sign-in/provider/out/").status_code == 405
    before = len(there.asked)
    assert told("no token at all") == 400
    assert len(there.asked) == before, "it is not asked about what is no token"
    assert is_in(client)


def test_who_says_too_much_is_heard_no_more(linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    client = came_in(there)
    monkeypatch.setattr("fanal.core.access.attempts.MOST_OF_ADDRESS", 3)
    for _ in range(3):
        assert told(there.word_of_leaving(iss="https://other.example")) == 400
    before = len(there.asked)
    assert told(there.word_of_leaving()) == 429
    assert (len(there.asked), is_in(client)) == (before, True)


def test_what_cannot_be_logged_ends_nothing_and_may_be_said_again(linked: User, there: Ministry) -> None:
    client, word = came_in(there), there.word_of_leaving()
    with BREAKAGES["no_right_to_insert"]():
        assert told(word) == 503
    assert is_in(client)
    assert told(word) == 200
    assert not is_in(client)
