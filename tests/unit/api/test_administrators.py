"""An administrator's programs: people come, go and change as at the desk, webhooks are kept; all of it is logged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from desk import at_the_desk
from fanal.casework.dispatch import signing
from fanal.casework.dispatch.models import Delivery, Webhook
from fanal.core.access.models import ProviderLink, User
from fanal.core.access.provider_links import Vouched, link
from fanal.core.access.providers import keep_provider, provider_of
from fanal.core.audit.models import Leaf
from fanal.doors.api.models import Reply
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.settings import Provider
from labour import all_done
from listening_posts import Post, post
from programs import Program, program
from world import Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another lantern on a shore"


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def ada(who: Cast) -> Program:
    """A program of the administrator of France."""
    return program(enrolled(who.france, "ada", "administrator"))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Somebody outside who takes messages, and an operator who lets them be called."""
    monkeypatch.setenv("FANAL_WEBHOOKS", "private")
    with post() as opened:
        yield opened


def told(answer: Any) -> Any:
    """Return what was answered."""
    return json.loads(answer.content)


def deeds(*prefixes: str) -> list[str]:
    """Return the verbs of the log that begin like this, in order."""
    kept = Leaf.objects.order_by("index").values_list("action", flat=True)
    return [action for action in kept if action.startswith(prefixes)]


def test_a_colleague_is_invited_suspended_restored_and_given_a_role(who: Cast, ada: Program) -> None:
    given = {"username": "odile", "name": "Odile", "role": "officer"}
    invited = ada.post("/people", given)
    assert (invited.status_code, invited.headers["Cache-Control"]) == (201, "no-store")
    assert ada.post("/people", given).status_code == 409
    assert ada.post("/people", {**given, "username": "zoe", "role": "central"}).status_code == 403
    assert ada.post("/people", {**given, "username": "zoe", "role": "wizard"}).status_code == 422
    link = told(invited)["link"]
    assert not any(link.rsplit("/", 2)[1] in bytes(one.body).decode() for one in Reply.objects.all())

    guest, odile = Client(), told(invited)["person"]
    assert guest.post(link.removeprefix("http://testserver"), {"password": NEW, "again": NEW}).status_code == 302
    listed = {one["username"]: one for one in told(ada.get("/people?limit=200"))["items"]}
    assert set(listed) == {"camille", "ada", "odile"}
    assert (listed["odile"]["active"], listed["odile"]["sessions"]) == (True, 1)
    assert told(ada.post(f"/people/{odile}/end-sessions"))["sessions"] == 1
    assert guest.get("/leads/").status_code == 302
    assert ada.post(f"/people/{odile}/role", {"role": "auditor"}).status_code == 200
    assert ada.post(f"/people/{odile}/suspend").status_code == 200
    assert not User.objects.get(pk=odile).is_active
    assert ada.post(f"/people/{odile}/restore").status_code == 200
    again = ada.post(f"/people/{odile}/reset")
    assert (again.status_code, told(again)["link"] != link) == (200, True)
    assert User.objects.get(pk=odile).role == "auditor"
    assert deeds("access.user_changed") == ["access.user_changed"] * 4
    assert deeds("access.seen") == ["access.seen"] * 2


def test_nobody_changes_their_own_rights_nor_people_of_others(who: Cast, ada: Program) -> None:
    own = User.objects.get(username="ada").pk
    assert ada.post(f"/people/{own}/suspend").status_code == 409
    assert ada.post(f"/people/{who.mere.pk}/suspend").status_code == 404
    assert program(who.camille).get("/people").status_code == 403
    User.objects.filter(pk=own).update(role="officer")  # the token is of no use once its person's role has it not
    assert ada.get("/people").status_code == 403


def test_a_key_has_one_effect_for_who_sees_no_material(who: Cast, ada: Program) -> None:
    first, second = (ada.post(f"/people/{who.camille.pk}/suspend", key="the same key") for _ in range(2))
    assert (first.content, second.content) == (second.content, first.content)
    assert deeds("access.user_changed") == ["access.user_changed"]


def test_it_is_told_who_comes_in_by_a_provider_and_unlinks_them(who: Cast, ada: Program) -> None:
    provider = Provider(
        "french", "https://login.fr.example", "fanal", "x", None, "Police", frozenset(), (), frozenset()
    )
    keep_provider(who.france, provider, SYSTEM)
    made = link(who.camille, provider_of("french"), Vouched(provider.issuer, "c-1", second=False))
    theirs = ProviderLink.objects.create(
        user=who.mere, issuer="https://elsewhere", digest=b"x" * 32, made_at=clock.now()
    )
    (shown,) = told(ada.get("/people/links"))["items"]
    assert (shown["id"], shown["person"]) == (str(made.pk), str(who.camille.pk))
    assert (shown["username"], shown["provider"], shown["issuer"]) == ("camille", "Police", provider.issuer)
    assert (shown["account"], shown["last_used_at"]) == ("c-1", None)

    assert ada.post(f"/people/{who.mere.pk}/unlink", {"link": str(theirs.pk)}).status_code == 404
    assert ada.post(f"/people/{who.camille.pk}/unlink", {"link": str(theirs.pk)}).status_code == 404
    asked = {"link": str(made.pk)}
    first, again = (ada.post(f"/people/{who.camille.pk}/unlink", asked, key="the same key") for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    assert ada.post(f"/people/{who.camille.pk}/unlink", asked).status_code == 404
    assert told(ada.get("/people/links"))["items"] == []
    assert list(ProviderLink.objects.all()) == [theirs]
    assert deeds("access.provider_unlinked") == ["access.provider_unlinked"]
    assert deeds("access.seen") == ["access.seen"] * 2
    assert program(who.camille).get("/people/links").status_code == 403


def test_an_agency_asks_everybody_for_a_factor(who: Cast, ada: Program) -> None:
    desk = at_the_desk(who.camille)
    assert desk.get("/leads/").status_code == 200
    assert told(ada.post("/people/factor", {"required": True})) == told(ada.get("/people/factor")) == {"required": True}
    assert desk.get("/leads/").headers["Location"] == "/account/"
    assert deeds("access.agency_changed") == ["access.agency_changed"]


def test_a_webhook_is_registered_paused_given_another_secret_and_removed(who: Cast, ada: Program, there: Post) -> None:
    made = ada.post("/webhooks", {"address": there.address})
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert ada.post("/webhooks", {"address": there.address}).status_code == 409
    hook, secret = told(made)["webhook"], told(made)["secret"]
    (listed,) = told(ada.get("/webhooks"))["items"]
    assert (listed["address"], listed["paused"]) == (there.address, False)

    sent = told(ada.post(f"/webhooks/{hook}/try"))["delivery"]
    all_done("dispatch")
    renewed = told(ada.post(f"/webhooks/{hook}/secret"))["secret"]
    assert renewed != secret
    assert ada.post(f"/deliveries/{sent}/again").status_code == 200
    all_done("dispatch")
    for shown, (headers, body) in zip((0, 1), there.received, strict=True):
        kept = signing.secret_of(Webhook.objects.get().pk, shown)
        assert signing.as_shown(kept) == (secret, renewed)[shown]
        at = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == signing.signature(kept, headers["webhook-id"], at, body)
    (delivery,) = told(ada.get(f"/webhooks/{hook}/deliveries"))["items"]
    assert (delivery["state"], [one["status"] for one in delivery["tries"]]) == ("arrived", [204, 204])

    assert ada.post(f"/webhooks/{hook}/pause").status_code == 200
    assert ada.post(f"/webhooks/{hook}/pause").status_code == 409
    assert ada.post(f"/webhooks/{hook}/try").status_code == 409
    assert told(ada.get("/webhooks"))["items"][0]["paused"]
    assert ada.post(f"/webhooks/{hook}/switch-on").status_code == 200
    assert not Webhook.objects.get().paused
    assert ada.ask("DELETE", f"/webhooks/{hook}").status_code == 204
    assert ada.ask("DELETE", f"/webhooks/{hook}").status_code == 404
    assert told(ada.get("/webhooks")) == {"items": []}
    changes = ("registered", "secret_renewed", "paused", "switched_on", "removed")
    assert deeds("dispatch.webhook") == [f"dispatch.webhook_{one}" for one in changes]


def test_what_waited_while_it_was_paused_is_sent_afterwards(who: Cast, ada: Program, there: Post) -> None:
    hook = told(ada.post("/webhooks", {"address": there.address}))["webhook"]
    ada.post(f"/webhooks/{hook}/try")
    ada.post(f"/webhooks/{hook}/pause")
    all_done("dispatch")
    assert (there.received, Delivery.objects.get().state) == ([], "given_up")
    assert told(ada.post(f"/webhooks/{hook}/switch-on"))["messages"] == 1
    all_done("dispatch")
    assert len(there.received) == 1


def test_a_token_may_change_people_only_where_that_was_asked_for(who: Cast) -> None:
    ada = enrolled(who.france, "ada", "administrator")
    reaching = program(ada, "reach")
    assert (reaching.get("/people").status_code, reaching.get("/webhooks").status_code) == (403, 200)
    page = at_the_desk(ada).get("/account/").content.decode()
    assert 'value="people">' in page
    assert 'value="reach" checked>' in page
