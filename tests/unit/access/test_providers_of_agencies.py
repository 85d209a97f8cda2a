"""Each agency may have a provider of its own: it lets in that agency's people, and nobody else whatever it says."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from joserfc.jwk import ECKey, RSAKey

from desk import at_the_desk
from fanal.core.access.asking import asking, asking_for_nobody
from fanal.core.access.models import Agency, AgencyProvider, ProviderLink, Session, User
from fanal.core.access.provider_links import Vouched, link
from fanal.core.access.providers import keep_provider, provider_of, providers, remove_provider
from fanal.core.access.queries import operator_of
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from fanal.kit.settings import Provider
from ministry import CLIENT, NAME, SECRET, Ministry, believed_by, ministry
from ready import Ready
from world import Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def there() -> Iterator[Ministry]:
    """The ministry of France."""
    with ministry() as opened:
        yield opened


@pytest.fixture
def elsewhere() -> Iterator[Ministry]:
    """The ministry of New Zealand."""
    with ministry() as opened:
        yield opened


def known(word: str, issuer: str, **more: Any) -> Provider:
    """Return a provider as the operator names it."""
    said = {"client": CLIENT, "secret": SECRET, "key": None, "name": word.capitalize(), **more}
    said = {"agencies": frozenset(), "acr": (), "amr": frozenset(), **said}
    return Provider(word=word, issuer=issuer, **said)


def kept(word: str, agency: Agency, issuer: str, **more: Any) -> Provider:
    """Have the operator name a provider of an agency."""
    keep_provider(agency, known(word, issuer, **more), operator_of(agency))
    return provider_of(word)


def came_back(client: Client, word: str, path: str = "/sign-in/provider/") -> str:
    """Go out to a provider and have it sign its person in; return the path to which the browser comes back."""
    answer = client.post(path, {"provider": word})
    assert answer.status_code == 200
    out = answer.headers["Refresh"].removeprefix("0; url=")
    parts = urlsplit(httpx.get(out, trust_env=False).headers["Location"])
    return f"{parts.path}?{parts.query}"


def signed_in(client: Client, word: str) -> int:
    """Go out to a provider and come back; return the status."""
    return int(client.get(came_back(client, word)).status_code)


def logged(action: str) -> list[dict[str, Any]]:
    """Return entries of the log, in order."""
    entries = Leaf.objects.filter(action=action).order_by("index").values_list("entry", flat=True)
    return [json.loads(entry) for entry in entries]


def test_each_agency_comes_in_by_its_own(who: Cast, there: Ministry, elsewhere: Ministry) -> None:
    french, other = kept("french", who.france, there.issuer), kept("other", who.new_zealand, elsewhere.issuer)
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    link(who.mere, other, Vouched(elsewhere.issuer, elsewhere.subject, second=False))
    client = Client()
    page = client.get("/sign-in/").content.decode()
    assert page.count("Continue with") == 2
    assert signed_in(client, "french") == 302
    assert client.get("/account/").context["user"] == who.camille
    assert signed_in(client, "other") == 302
    assert client.get("/account/").context["user"] == who.mere
    assert [one["detail"] for one in logged("access.signed_in")] == [{"by": "provider"}] * 2


def test_no_provider_signs_in_a_person_of_another_agency(who: Cast, there: Ministry) -> None:
    """Not even where their account is linked with its issuer, as when two agencies have one ministry."""
    french = kept("french", who.france, there.issuer)
    kept("other", who.new_zealand, there.issuer)
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    assert signed_in(Client(), "other") == 401
    with pytest.raises(Refused):
        link(who.mere, french, Vouched(there.issuer, "mere", second=False))
    desk = at_the_desk(who.mere)
    assert "French" not in desk.get("/account/").content.decode()
    assert desk.post("/account/provider/", {"provider": "french"}).status_code == 404
    assert ProviderLink.objects.count() == 1
    assert signed_in(Client(), "french") == 302


def test_one_provider_s_answer_is_not_taken_for_another_s(who: Cast, there: Ministry, elsewhere: Ministry) -> None:
    french = kept("french", who.france, there.issuer)
    kept("other", who.new_zealand, elsewhere.issuer)
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    client = Client()
    mixed = came_back(client, "french").replace("/french/", "/other/")
    assert client.get(mixed).status_code == 401
    assert "/token" not in elsewhere.asked + there.asked
    # And what the other says of the same name there is of another person.
    assert signed_in(client, "other") == 401


def test_the_settings_name_one_as_before_and_agencies_have_theirs_besides(
    who: Cast, there: Ministry, elsewhere: Ministry, monkeypatch: pytest.MonkeyPatch
) -> None:
    believed_by(monkeypatch, elsewhere.issuer)
    kept("french", who.france, there.issuer)
    assert [one.word for one in providers()] == ["settings", "french"]
    desk = at_the_desk(who.camille)
    page = desk.get("/account/").content.decode()
    assert f"Link with {NAME}" in page
    assert "Link with French" in page
    for word in ("settings", "french"):
        assert desk.get(came_back(desk, word, "/account/provider/")).status_code == 302
    assert who.camille.links.count() == 2
    assert signed_in(Client(), "settings") == signed_in(Client(), "french") == 302


def test_many_are_a_list_to_choose_from(who: Cast, there: Ministry) -> None:
    for number in range(4):
        kept(f"p-{number}", who.france, f"https://login-{number}.police.example")
    page = Client().get("/sign-in/").content.decode()
    assert page.count("Continue with") == 0
    assert page.count('<option value="p-') == 4


@pytest.mark.parametrize("make", [lambda: ECKey.generate_key("P-256"), lambda: RSAKey.generate_key(2048)])
def test_the_desk_shows_a_key_instead_of_a_secret(who: Cast, there: Ministry, tmp_path: Path, make: Any) -> None:
    there.proof, file = make(), tmp_path / "key.pem"
    file.write_bytes(there.proof.as_pem(private=True))
    french = kept("french", who.france, there.issuer, secret="", key=file)
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    assert signed_in(Client(), "french") == 302
    there.proof = make()  # the provider knows another key
    with pytest.raises(Exception, match="signature"):
        there._proven({"client_assertion_type": "jwt-bearer", "client_assertion": _shown(french)})
    file.unlink()
    client = Client()
    assert client.get(came_back(client, "french")).status_code == 503


def _shown(provider: Provider) -> str:
    from fanal.core.access.oidc import _assertion

    return _assertion(provider)


def test_a_secret_is_sealed_and_no_word_of_it_is_logged(who: Cast, there: Ministry) -> None:
    kept("french", who.france, there.issuer)
    row = AgencyProvider.objects.get()
    assert SECRET.encode() not in bytes(row.sealed or b"")
    assert SECRET not in repr(provider_of("french"))
    (entry,) = logged("access.provider_added")
    assert entry["detail"]["issuer"] == there.issuer
    assert SECRET not in json.dumps(entry)
    # Sealed for this row alone: in another's place it opens nothing.
    row.pk, row.word, row.agency = None, "copied", who.australia
    AgencyProvider.objects.create(
        word="copied", agency=who.australia, issuer=there.issuer, client=CLIENT, sealed=row.sealed, name="x",
        made_at=row.made_at,
    )  # fmt: skip
    assert provider_of("copied").secret == ""


def test_what_the_operator_names_is_checked(who: Cast, tmp_path: Path) -> None:
    nothing = tmp_path / "key.pem"
    nothing.write_text("no key")
    at = "https://login.police.example"
    for wrong in (
        {"issuer": "http://login.police.example"},
        {"issuer": f"{at}/?realm=1"},
        {"word": "Français"},
        {"word": "settings"},
        {"secret": ""},
        {"client": ""},
        {"key": nothing},
        {"key": tmp_path / "none"},
    ):
        said = {"word": "french", "issuer": at, **wrong}
        with pytest.raises(Invalid):
            kept(said.pop("word"), who.france, said.pop("issuer"), **said)  # type: ignore[arg-type]
    assert AgencyProvider.objects.count() == 0
    kept("french", who.france, at)
    kept("french", who.france, at, client="renamed")
    assert provider_of("french").client == "renamed"
    assert len(logged("access.provider_changed")) == 1
    with pytest.raises(Conflict):
        kept("french", who.australia, at)
    with pytest.raises(Invalid, match="another word"):
        kept("second", who.france, at)


def test_one_that_is_removed_lets_nobody_in_and_its_sessions_end(who: Cast, there: Ministry) -> None:
    french, client = kept("french", who.france, there.issuer), Client()
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    assert signed_in(client, "french") == 302
    at_the_desk(who.camille)
    assert remove_provider("french", SYSTEM) == 1
    assert client.get("/leads/").status_code == 302
    assert Session.objects.filter(user=who.camille).count() == 1, "that by password goes on"
    assert Client().post("/sign-in/provider/", {"provider": "french"}).status_code == 404
    assert len(logged("access.provider_removed")) == len(logged("access.provider_signed_out")) == 1
    with pytest.raises(NotFound):
        remove_provider("french", SYSTEM)


def test_the_database_gives_an_agency_its_own_and_lets_it_write_none(who: Cast, there: Ministry) -> None:
    kept("french", who.france, there.issuer)
    with asking(who.france.pk):
        assert AgencyProvider.objects.count() == 1
        assert AgencyProvider.objects.update(client="mine") == 0
    for asks in (asking(who.new_zealand.pk), asking_for_nobody()):
        with asks:
            assert AgencyProvider.objects.count() == 0
            assert len(providers()) == 1, "who signs in is of no agency yet"


def ada(who: Cast) -> User:
    """The administrator of France."""
    return enrolled(who.france, "ada", "administrator")


def test_an_administrator_sees_who_is_linked_and_unlinks(who: Cast, there: Ministry) -> None:
    french, client = kept("french", who.france, there.issuer), Client()
    held = link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    assert signed_in(client, "french") == 302
    elsewhere = at_the_desk(who.camille)
    desk = at_the_desk(ada(who))
    page = desk.get("/people/").content.decode()
    assert "French" in page
    assert there.subject in page
    assert desk.post(f"/people/{who.camille.pk}/unlink/", {"link": held.pk}).status_code == 302
    assert client.get("/leads/").status_code == 302, "out at once"
    assert elsewhere.get("/leads/").status_code == 200
    assert signed_in(Client(), "french") == 401
    (entry,) = logged("access.provider_unlinked")
    assert entry["detail"]["issuer"] == there.issuer
    assert there.subject not in json.dumps(entry)
    assert desk.post(f"/people/{who.camille.pk}/unlink/", {"link": held.pk}).status_code == 404
    assert desk.post(f"/people/{who.camille.pk}/unlink/", {"link": "x"}).status_code == 422
    assert "Who comes in by a ministry" not in desk.get("/people/").content.decode()


def test_nobody_unlinks_a_person_of_another_agency(who: Cast, there: Ministry) -> None:
    held = link(who.camille, kept("french", who.france, there.issuer), Vouched(there.issuer, "x", second=False))
    desk = at_the_desk(enrolled(who.australia, "zoe", "administrator"))
    assert desk.post(f"/people/{who.camille.pk}/unlink/", {"link": held.pk}).status_code == 404
    assert there.issuer not in desk.get("/people/").content.decode()
    officer = at_the_desk(who.camille)
    assert officer.post(f"/people/{who.camille.pk}/unlink/", {"link": held.pk}).status_code == 403
    assert ProviderLink.objects.count() == 1


def test_a_link_of_before_tells_its_account_from_its_next_use_on(who: Cast, there: Ministry) -> None:
    french = kept("french", who.france, there.issuer)
    link(who.camille, french, Vouched(there.issuer, there.subject, second=False))
    ProviderLink.objects.update(sealed=None)
    desk = at_the_desk(ada(who))
    assert "Shown after the next sign-in" in desk.get("/people/").content.decode()
    assert signed_in(Client(), "french") == 302
    assert there.subject in desk.get("/people/").content.decode()
    assert there.subject.encode() not in bytes(ProviderLink.objects.get().sealed or b"")


def run(*words: str) -> int:
    """Run one command line."""
    return app.run(Ready(), words)  # type: ignore[arg-type]


def test_the_operator_names_lists_and_removes_them_in_the_terminal(
    who: Cast, there: Ministry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FANAL_ORIGIN", "https://fanal.example")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    named = ("--agency", "FR", "--issuer", there.issuer, "--client", CLIENT, "--amr", "mfa", "--amr", "hwk")
    assert run("provider", "add", "fr-police", *named) == 0
    assert capsys.readouterr().out.split() == [
        *("redirect_uri", "https://fanal.example/sign-in/provider/fr-police/back/"),
        *("post_logout_redirect_uri", "https://fanal.example/sign-in/"),
        *("backchannel_logout_uri", "https://fanal.example/sign-in/provider/fr-police/out/"),
    ]
    held = provider_of("fr-police")
    assert (held.secret, held.name) == (SECRET, "127.0.0.1")
    assert (sorted(held.agencies), sorted(held.amr)) == (["FR"], ["hwk", "mfa"])
    assert run("provider", "list", "--json") == 0
    listed = capsys.readouterr().out
    assert json.loads(listed)["second_factor"] == {"acr": [], "amr": ["hwk", "mfa"]}
    assert SECRET not in listed
    assert run("provider", "remove", "fr-police") == 0
    assert providers() == []
    assert run("provider", "remove", "fr-police") == 1
    assert "No agency has such a provider." in capsys.readouterr().err
