"""The second factor: a code is good once and for a minute, recovery codes once, and an agency may ask for one."""

from base64 import b32decode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.http import HttpResponse
from django.test import Client

from broken_audit import BREAKAGES
from desk import at_the_desk
from fanal.core.access import factors
from fanal.core.access.factors import Site, add_app, by_code, by_passkey, new_recovery_codes, new_secret, remove_factor
from fanal.core.access.models import Factor, Session, User
from fanal.core.access.people import reset
from fanal.core.access.queries import actor_of
from fanal.core.audit.models import Leaf
from fanal.doors.web.qr import squares
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Invalid, NotFound
from world import PASSWORD, Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

BEGAN = int(datetime(2026, 11, 30, 12, 0, tzinfo=UTC).timestamp())


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = BEGAN

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self.at, UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the second factor."""
    made = Clock()
    monkeypatch.setattr(factors, "clock", made)
    return made


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


def shown(secret: str, at: int) -> str:
    """Return what an app shows at a time."""
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(at).decode()


def with_app(user: User, at: int) -> tuple[str, list[str]]:
    """Give a person an app; return its secret and the recovery codes."""
    secret = new_secret()
    return secret, add_app(user, secret, shown(secret, at), "phone")


def test_a_code_is_good_once_and_around_its_time(who: Cast, time: Clock) -> None:
    secret, _ = with_app(who.camille, BEGAN)
    assert by_code(who.camille, shown(secret, BEGAN)) == ""  # it was used to set up
    time.at = BEGAN + 60
    early, late = shown(secret, time.at + 30), shown(secret, time.at - 30)
    assert by_code(who.camille, shown(secret, time.at + 90)) == ""
    assert by_code(who.camille, f" {late[:3]} {late[3:]} ") == "app"
    assert by_code(who.camille, late) == ""
    assert by_code(who.camille, early) == "app"
    assert by_code(who.camille, shown(secret, time.at)) == ""  # older than what was used
    assert by_code(who.mere, shown(secret, time.at + 60)) == ""
    for wrong in ("", "12345", "\0", "１２３４５６", "x" * 400):
        assert by_code(who.camille, wrong) == ""


def test_the_published_vectors(time: Clock) -> None:
    secret = b"12345678901234567890"  # RFC 6238, appendix B, its last six digits
    for at, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")):
        time.at = at
        assert factors._step_of(secret, code, after=0) == at // 30


def test_the_secret_is_sealed_for_its_person(who: Cast, time: Clock) -> None:
    secret, _ = with_app(who.camille, BEGAN)
    (held,) = Factor.objects.all()
    assert b32decode(secret) not in bytes(held.sealed)
    Factor.objects.update(user=who.mere)
    time.at += 60
    assert by_code(who.mere, shown(secret, time.at)) == ""


def test_a_recovery_code_signs_in_once(who: Cast, time: Clock) -> None:
    _, codes = with_app(who.camille, BEGAN)
    assert len(set(codes)) == 10
    assert by_code(who.mere, codes[0]) == ""
    assert by_code(who.camille, codes[0].lower()) == "recovery"
    assert by_code(who.camille, codes[0]) == ""
    fresh = new_recovery_codes(who.camille, actor_of(who.camille))
    assert (by_code(who.camille, codes[1]), by_code(who.camille, fresh[1])) == ("", "recovery")
    assert not Leaf.objects.filter(entry__contains=codes[2]).exists()
    (held,) = Factor.objects.all()
    with pytest.raises(NotFound):
        remove_factor(who.mere, held.pk, actor_of(who.mere))
    remove_factor(who.camille, held.pk, actor_of(who.camille))
    assert by_code(who.camille, fresh[2]) == ""


def test_a_wrong_code_adds_no_app(who: Cast, time: Clock) -> None:
    with pytest.raises(Invalid, match="does not fit"):
        add_app(who.camille, new_secret(), "000000", "phone")
    assert not Factor.objects.exists()


def test_what_is_no_passkey_lets_nobody_in(who: Cast) -> None:
    site = Site("localhost", "http://localhost")
    _, state = factors.begin_sign_in(site)
    for answer in ({}, {"rawId": "AA", "id": "AA", "response": {}, "type": "public-key"}, {"rawId": 5}):
        assert by_passkey(site, state, answer) is None


def answered(client: Client, code: str) -> HttpResponse:
    """Take the second step."""
    return client.post("/sign-in/second/", {"code": code})  # type: ignore[return-value]


def test_a_password_alone_signs_nobody_in_who_has_a_factor(who: Cast) -> None:
    now = int(clock.now().timestamp())
    secret, codes = with_app(who.camille, now - 30)
    client, asked = Client(), {"username": "camille", "password": PASSWORD, "next": "/leads/"}
    assert client.get("/sign-in/second/").headers["Location"] == "/sign-in/"
    assert client.post("/sign-in/", asked).headers["Location"] == "/sign-in/second/"
    assert client.get("/leads/").status_code == 302
    assert not Session.objects.filter(user=who.camille).exists()
    assert answered(client, "000000").status_code == 401
    assert answered(client, shown(secret, now + 30)).headers["Location"] == "/leads/"
    assert client.get("/leads/").status_code == 200
    told = [leaf.entry for leaf in Leaf.objects.filter(action="access.signed_in")]
    assert '"by":"app"' in told[-1]

    client.post("/sign-in/", asked)
    tries = [answered(client, "000000").status_code for _ in range(11)]
    assert (tries[0], tries[-1]) == (401, 429)
    assert answered(client, codes[0]).status_code == 429


def test_an_agency_may_ask_everybody_for_a_factor(who: Cast) -> None:
    ada = enrolled(who.france, "ada", "administrator")
    desk = at_the_desk(who.camille)
    assert at_the_desk(ada).post("/people/factor/", {"required": "yes"}).status_code == 302
    assert desk.get("/leads/").headers["Location"] == "/account/"
    assert desk.post("/account/tokens/", {"name": "x", "scope": ["read"]}).headers["Location"] == "/account/"
    page = desk.get("/account/app/")
    secret = page.context["secret"]
    assert desk.post("/account/app/", {"code": "000000"}).status_code == 422
    added = desk.post("/account/app/", {"code": shown(secret, int(clock.now().timestamp()))})
    assert len(added.context["codes"]) == 10
    assert desk.get("/leads/").status_code == 200
    assert at_the_desk(who.mere).get("/leads/").status_code == 200


def test_a_desk_that_was_left_open_takes_no_new_key(who: Cast) -> None:
    desk = at_the_desk(who.camille)
    session = desk.session
    session["session"] = {**session["session"], "began_at": "2026-01-01T00:00:00+00:00"}
    session.save()
    for path in ("/account/app/", "/account/passkey/wanted/", "/account/passkey/", "/account/recovery/"):
        assert desk.post(path).status_code == 403
    assert not Factor.objects.exists()


def test_a_reset_takes_the_factors_away(who: Cast, time: Clock) -> None:
    _, codes = with_app(who.camille, BEGAN)
    reset(who.camille, SYSTEM)
    assert not Factor.objects.exists()
    assert by_code(who.camille, codes[0]) == ""


def test_a_qr_code_is_read_by_a_reader_of_qr_codes() -> None:
    import cv2
    import numpy as np

    address = "otpauth://totp/Fanal:camille?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Fanal"
    drawn = squares(address)
    field = np.full((drawn.side, drawn.side), 255, np.uint8)
    for square in drawn.path.split("M")[1:]:
        x, y = (int(number) for number in square.split("h")[0].split())
        field[y, x] = 0
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.kron(field, np.ones((8, 8), np.uint8)))
    assert read == address


def test_no_factor_comes_or_goes_unlogged(who: Cast) -> None:
    desk = at_the_desk(who.camille)
    secret = desk.get("/account/app/").context["secret"]
    with BREAKAGES["no_right_to_insert"]():
        code = shown(secret, int(clock.now().timestamp()))
        assert desk.post("/account/app/", {"code": code}).status_code == 503
        assert not Factor.objects.exists()
    with_app(who.camille, int(clock.now().timestamp()))
    (held,) = Factor.objects.all()
    with BREAKAGES["no_right_to_insert"]():
        assert desk.post(f"/account/factors/{held.pk}/remove/").status_code == 503
        assert Factor.objects.exists()
