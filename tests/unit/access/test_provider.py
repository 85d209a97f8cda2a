"""Sign-in by a ministry's provider: who is let in, and every answer that is not believed."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from audited import everything_stored
from broken_audit import BREAKAGES
from desk import at_the_desk
from fanal.core.access import oidc
from fanal.core.access.models import ProviderLink, Session, SignInAttempt, User
from fanal.core.access.people import invite, reset, suspend
from fanal.core.access.provider_asked import NotBelieved
from fanal.core.access.provider_links import Vouched, link
from fanal.core.audit.models import Leaf
from fanal.kit import clock, settings
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, Refused
from fanal.kit.settings import Provider
from ministry import CLIENT, NAME, SECRET, Ministry, believed_by
from world import Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = {"provider": "settings"}
REFUSAL = b"This did not let you in."
NEW_YEAR = 1_767_225_600


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


def the_provider() -> Provider:
    """Return the provider that the settings name."""
    held = settings.read().provider
    assert held is not None
    return held


def sent_out(client: Client, path: str = "/sign-in/provider/", **given: str) -> str:
    """Return the address to which a page takes a browser."""
    answer = client.post(path, CHOSEN | given)
    assert answer.status_code == 200
    return str(answer.headers["Refresh"].removeprefix("0; url="))


def brought_back(out: str) -> str:
    """Have the provider sign its person in; return the path to which the browser comes back."""
    parts = urlsplit(httpx.get(out, trust_env=False).headers["Location"])
    return f"{parts.path}?{parts.query}"


def signed_in(client: Client) -> Any:
    """Go out and come back."""
    return client.get(brought_back(sent_out(client)))


def plain(page: bytes) -> list[str]:
    """Return the lines of a page, without its own address and the tokens that are drawn anew for each form."""
    drawn = r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+|/sign-in/provider/back/[^"]*'
    return re.sub(drawn, "", page.decode()).splitlines()


def logged(action: str) -> list[dict[str, Any]]:
    """Return the details of entries of the log, in order."""
    kept = Leaf.objects.filter(action=action).order_by("index").values_list("entry", flat=True)
    return [json.loads(entry)["detail"] for entry in kept]


def test_without_a_provider_nothing_is_shown_or_asked(who: Cast) -> None:
    assert b"Continue with" not in Client().get("/sign-in/").content
    assert Client().post("/sign-in/provider/", CHOSEN).status_code == 404
    assert Client().get("/sign-in/provider/back/?code=a&state=b").status_code == 404
    desk = at_the_desk(who.camille)
    assert desk.post("/account/provider/", CHOSEN).status_code == 404
    assert b"Link with" not in desk.get("/account/").content


def test_who_is_linked_is_let_in_and_may_leave(linked: User) -> None:
    client = Client()
    assert NAME.encode() in client.get("/sign-in/").content
    answer = signed_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert logged("access.signed_in") == [{"by": "provider"}]
    assert SignInAttempt.objects.count() == 0
    (session,) = Session.objects.filter(user=linked)
    assert session.expire_date - session.began_at <= timedelta(hours=12, seconds=5)
    assert client.get("/leads/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/leads/").status_code == 302
    assert len(logged("access.signed_out")) == 1


def test_a_name_that_is_not_linked_makes_no_account(who: Cast, there: Ministry) -> None:
    before, client = User.objects.count(), Client()
    answer = signed_in(client)
    assert (answer.status_code, REFUSAL in answer.content) == (401, True)
    assert (User.objects.count(), ProviderLink.objects.count(), Session.objects.exclude(user=None).count()) == (
        before,
        0,
        0,
    )
    assert len(logged("access.sign_in_refused")) == 1


def test_who_is_suspended_is_told_what_a_stranger_is(linked: User, there: Ministry) -> None:
    suspend(linked, SYSTEM)
    kept_out = signed_in(Client())
    there.subject = "a stranger"
    stranger = signed_in(Client())
    pages = [plain(one.content) for one in (kept_out, stranger)]
    assert pages[0] == pages[1]
    assert (kept_out.status_code, stranger.status_code) == (401, 401)


LATER = 10_000_000_000
LIES: dict[str, Callable[[Ministry], object]] = {
    "nonce": lambda there: there.claims.update(nonce="another"),
    "no nonce": lambda there: there.claims.update(nonce=None),
    "audience": lambda there: there.claims.update(aud="another desk"),
    "no audience": lambda there: there.claims.update(aud=None),
    "two audiences, for another": lambda there: there.claims.update(aud=[CLIENT, "b"], azp="b"),
    "two audiences, for nobody": lambda there: there.claims.update(aud=[CLIENT, "b"]),
    "expired": lambda there: there.claims.update(exp=NEW_YEAR),
    "never expires": lambda there: there.claims.update(exp=None),
    "of the future": lambda there: there.claims.update(iat=LATER, exp=LATER + 60),
    "issuer": lambda there: there.claims.update(iss="https://other.example"),
    "signed in long ago": lambda there: there.claims.update(auth_time=NEW_YEAR),
    "signed in who knows when": lambda there: there.claims.update(auth_time=None),
    "signed in at no number": lambda there: there.claims.update(auth_time="now"),
    "nobody": lambda there: there.claims.update(sub=None),
    "an endless name": lambda there: there.claims.update(sub="a" * 256),
    "a list of names": lambda there: there.claims.update(sub=["7f3a"]),
    "unknown key": lambda there: there.shown.append(
        ECKey.generate_key("P-256", {"kid": "other"}).as_dict(private=False)
    ),
    "another key of that name": lambda there: there.shown.append(
        ECKey.generate_key("P-256", {"kid": "now"}).as_dict(private=False)
    ),
    "no keys": lambda there: there.shown.append({}),
    "unsigned": lambda there: setattr(there, "unsigned", True),
    "refused there": lambda there: setattr(there, "says_no", True),
}


def test_what_is_not_true_is_not_believed(linked: User, there: Ministry) -> None:
    for number, (name, lie) in enumerate(LIES.items(), start=1):
        there.truthful()
        lie(there)
        client = Client()
        answer = signed_in(client)
        assert (answer.status_code, REFUSAL in answer.content) == (401, True), name
        assert client.get("/leads/").status_code == 302, name
        assert Session.objects.filter(user=linked).count() == 0, name
        assert len(logged("access.sign_in_refused")) == number
    there.truthful()
    assert signed_in(Client()).status_code == 302


def test_a_signature_by_what_both_know_is_not_believed(linked: User, there: Ministry) -> None:
    provider, known = the_provider(), {"keys": [there.key.as_dict(private=False)]}
    forged = jwt.encode({"alg": "HS256", "kid": "now"}, {"sub": there.subject}, OctKey.import_key(SECRET))
    shared = {"kty": "oct", "k": urlsafe_b64encode(SECRET.encode()).decode().rstrip("="), "kid": "now"}
    for keys in (known, {"keys": [shared]}):
        with pytest.raises(NotBelieved, match="Algorithm"):
            oidc._believed(forged, keys, provider, "nonce")


def test_keys_of_rsa_and_a_changed_key_are_believed(linked: User, there: Ministry) -> None:
    there.key = RSAKey.generate_key(2048, {"kid": "new", "use": "sig"})
    there.shown = [ECKey.generate_key("P-256", {"kid": "old"}).as_dict(private=False), there.key.as_dict(private=False)]
    assert signed_in(Client()).status_code == 302


def test_an_answer_is_good_once_and_for_whom_it_was_asked(linked: User) -> None:
    client = Client()
    first = brought_back(sent_out(client))
    assert Client().get(first).status_code == 401  # another browser
    assert client.get(first).status_code == 302
    assert client.get(first).status_code == 401  # again

    other = Client()
    wrong = brought_back(sent_out(other)).replace("state=", "state=x")
    assert other.get(wrong).status_code == 401
    # A code that was redeemed before, with a state that is good.
    state = dict(part.split("=") for part in urlsplit(sent_out(other)).query.split("&"))["state"]
    used = dict(part.split("=") for part in urlsplit(first).query.split("&"))["code"]
    assert other.get(f"/sign-in/provider/back/?code={used}&state={state}").status_code == 401
    # An answer of another issuer (RFC 9207).
    mixed = re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fother.example", brought_back(sent_out(other)))
    assert other.get(mixed).status_code == 401
    assert Session.objects.filter(user=linked).count() == 1


def test_who_takes_too_long_goes_out_again(linked: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    came = brought_back(sent_out(client))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    assert client.get(came).status_code == 401


def test_a_provider_that_cannot_be_trusted_is_not_gone_to(linked: User, there: Ministry) -> None:
    for lie in (
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
        {"token_endpoint": "https://user:word@ministry.example/token"},
    ):
        there.description = lie
        assert Client().post("/sign-in/provider/", CHOSEN).status_code == 503, lie
    assert set(there.asked) == {"/.well-known/openid-configuration"}


def test_a_provider_that_does_not_answer_is_said_to(linked: User, monkeypatch: pytest.MonkeyPatch) -> None:
    believed_by(monkeypatch, "http://127.0.0.1:1")
    answer = Client().post("/sign-in/provider/", CHOSEN)
    assert (answer.status_code, b"does not answer" in answer.content) == (503, True)


@pytest.mark.parametrize(
    "issuer", ["http://ministry.example", "https://a.example/?realm=1", "https://u:p@a.example", "ministry", "ftp://a"]
)
def test_only_an_encrypted_issuer_is_taken(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    believed_by(monkeypatch, issuer)
    with pytest.raises(Invalid, match="FANAL_OIDC_ISSUER"):
        settings.read()


def test_who_is_invited_comes_in_without_a_password(who: Cast, there: Ministry) -> None:
    given = {"username": "odile", "display_name": "Odile", "role": "officer"}
    odile, secret = invite(agency=who.france, actor=SYSTEM, **given)
    guest = Client()
    assert NAME.encode() in guest.get(f"/welcome/{secret}/").content
    came = guest.get(brought_back(sent_out(guest, invitation=secret)))
    assert (came.status_code, guest.get("/leads/").status_code) == (302, 200)
    assert len(logged("access.provider_linked")) == len(logged("access.invitation_used")) == 1
    assert Client().post("/sign-in/provider/", CHOSEN | {"invitation": secret}).status_code == 404
    assert signed_in(Client()).status_code == 302
    odile.refresh_from_db()
    assert not odile.has_usable_password()
    with pytest.raises(Conflict):
        link(who.camille, the_provider(), Vouched(there.issuer, there.subject, second=False))

    only = guest.post("/account/provider/remove/", {"link": odile.links.get().pk})
    assert only.status_code == 409  # nothing else would let them in
    reset(odile, SYSTEM)
    assert signed_in(Client()).status_code == 401


def test_a_person_links_their_own_account(who: Cast, there: Ministry) -> None:
    desk = at_the_desk(who.camille)
    assert b"Link with" in desk.get("/account/").content
    came = desk.get(brought_back(sent_out(desk, "/account/provider/")))
    assert (came.status_code, came.headers["Location"]) == (302, "/account/")
    assert signed_in(Client()).status_code == 302
    assert desk.post("/account/provider/remove/", {"link": ProviderLink.objects.get().pk}).status_code == 302
    assert signed_in(Client()).status_code == 401
    assert (len(logged("access.provider_linked")), len(logged("access.provider_unlinked"))) == (1, 1)


def test_another_person_s_way_out_links_nobody(who: Cast, there: Ministry) -> None:
    desk = at_the_desk(who.camille)
    out = sent_out(desk, "/account/provider/")
    desk.force_login(enrolled(who.france, "luc"))
    assert desk.get(brought_back(out)).status_code == 401
    assert ProviderLink.objects.count() == 0


def test_an_old_session_links_nothing(who: Cast, there: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, now = at_the_desk(who.camille), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    assert desk.post("/account/provider/", CHOSEN).status_code == 403


def test_a_provider_speaks_for_its_agencies_alone(
    linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch
) -> None:
    believed_by(monkeypatch, there.issuer, AGENCIES="NZ, AU")
    assert signed_in(Client()).status_code == 401
    with pytest.raises(Refused):
        link(linked, the_provider(), Vouched(there.issuer, "other", second=False))
    believed_by(monkeypatch, there.issuer, AGENCIES="NZ, FR")
    assert signed_in(Client()).status_code == 302


@pytest.mark.parametrize(
    ("said", "setting", "second"),
    [
        ({}, {}, False),
        ({"amr": ["pwd", "mfa"], "acr": "gold"}, {}, False),
        ({"amr": ["pwd", "mfa"]}, {"AMR": "hwk mfa"}, True),
        ({"acr": "gold"}, {"ACR": "gold"}, True),
        ({"acr": "mfa", "amr": "gold"}, {"ACR": "gold", "AMR": "mfa"}, False),
        ({"amr": ["pwd"], "acr": ["gold"]}, {"ACR": "gold", "AMR": "mfa"}, False),
    ],
)
def test_its_factor_counts_where_the_operator_says_so(
    linked: User,
    there: Ministry,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, Any],
    setting: dict[str, str],
    second: bool,
) -> None:
    linked.agency.second_factor = True
    linked.agency.save()
    believed_by(monkeypatch, there.issuer, **setting)
    there.claims = said
    client = Client()
    out = sent_out(client)
    assert ("acr_values=gold" in out) == ("ACR" in setting)
    assert client.get(brought_back(out)).status_code == 302
    assert (client.get("/leads/").status_code == 200) == second
    assert logged("access.signed_in") == [{"by": "provider+factor" if second else "provider"}]


def test_who_has_a_factor_here_shows_it(linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    linked.factors.create(kind="app", sealed=b"", made_at=clock.now())
    client = Client()
    assert signed_in(client).headers["Location"] == "/sign-in/second/"
    assert client.get("/leads/").status_code == 302
    believed_by(monkeypatch, there.issuer, AMR="mfa")
    there.claims = {"amr": ["mfa"]}
    assert signed_in(client).headers["Location"] == "/"


def test_attempts_from_one_address_are_held_off(linked: User, there: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanal.core.access.attempts.MOST_OF_ADDRESS", 3)
    there.says_no = True
    for _ in range(3):
        assert signed_in(Client()).status_code == 401
    before = len(there.asked)
    assert Client().post("/sign-in/provider/", CHOSEN).status_code == 429
    assert len(there.asked) == before


def test_what_cannot_be_logged_lets_nobody_in(linked: User, there: Ministry) -> None:
    client, desk, other = Client(), at_the_desk(linked), at_the_desk(enrolled(linked.agency, "luc"))
    came = brought_back(sent_out(client))
    there.subject = "luc"
    linking = brought_back(sent_out(other, "/account/provider/"))
    with BREAKAGES["no_right_to_insert"]():
        there.subject = "7f3a"
        assert client.get(came).status_code == 503
        there.subject = "luc"
        assert other.get(linking).status_code == 503
        before = everything_stored()
        assert desk.post("/account/provider/remove/", {"link": linked.links.get().pk}).status_code == 503
        assert everything_stored() == before
    assert client.get("/leads/").status_code == 302
    assert ProviderLink.objects.count() == 1
