"""Webhooks: each alert is sent once, signed, and to nowhere that was not meant; a dead address is left alone."""

import json
import socket
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk import at_the_desk, content_of, lead_between, story
from fanal.casework.alerts.models import Alert
from fanal.casework.dispatch import calling, delivering
from fanal.casework.dispatch.actions import register_webhook, remove_webhook, send_again, switch_on, try_out
from fanal.casework.dispatch.models import Delivery, Trouble, Try, Webhook
from fanal.casework.dispatch.signing import signature
from fanal.core.access.actions import enrol_user
from fanal.core.access.asking import asking
from fanal.core.access.models import Role, User
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from fanal.kit.settings import Reach
from labour import all_done
from listening_posts import Post, post
from world import PASSWORD, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The operator lets this machine's own network be called; nothing waits before it is tried again."""
    monkeypatch.setenv("FANAL_WEBHOOKS", "private")
    monkeypatch.setenv("FANAL_ORIGIN", "https://fanal.example")
    monkeypatch.setattr(delivering, "PAUSES", (0.0, 0.0, 0.0))
    return cast()


@pytest.fixture
def there() -> Iterator[Post]:
    """A post of France."""
    with post() as opened:
        yield opened


def administrator(who: Cast, agency: str = "france") -> User:
    """Give an agency an administrator."""
    return enrol_user(
        username=f"admin-{agency}",
        display_name="A",
        agency=getattr(who, agency),
        password=PASSWORD,
        actor=SYSTEM,
        role=Role.ADMINISTRATOR,
    )


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    told = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_alert_is_sent_once_signed_and_without_material(who: Cast, there: Post, tmp_path: Path) -> None:
    made, secret = register_webhook(there.address, administrator(who))
    story(who, tmp_path)
    all_done("alerts", "dispatch")
    ((headers, body),) = there.received
    told = json.loads(body)
    alert = Alert.objects.get(agency=who.france)
    assert told["type"] == "alert.lead"
    assert told["data"]["link"] == "https://fanal.example/alerts/"
    assert (told["data"]["alert"], told["data"]["other"], told["data"]["count"]) == (str(alert.pk), "NZ", 3)
    assert set(told["data"]) == {"alert", "number", "kind", "agency", "other", "count", "subjects", "link"}
    time = int(headers["webhook-timestamp"])
    key = b64decode(secret.removeprefix("whsec_"))
    assert headers["webhook-signature"] == signature(key, headers["webhook-id"], time, body)
    # Delivered again, the same job sends nothing; grown, the alert is told as it is then.
    delivering.of_alerts([alert.pk])
    all_done("dispatch")
    assert len(there.received) == 1
    assert Delivery.objects.get(webhook=made).state == "arrived"
    assert secret not in "".join(str(leaf.entry) for leaf in Leaf.objects.all())


def test_only_what_is_told_from_now_on_is_sent_and_each_agency_gets_its_own(
    who: Cast, there: Post, tmp_path: Path
) -> None:
    theirs, ours, _ = story(who, tmp_path)
    all_done("alerts", "dispatch")
    register_webhook(there.address, administrator(who))
    lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9)
    all_done("alerts", "dispatch")
    ((_, body),) = there.received
    assert json.loads(body)["data"]["agency"] == "FR"


def test_nothing_is_called_where_the_operator_does_not_let_it(
    who: Cast, there: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = administrator(who)
    register_webhook(there.address, by)
    monkeypatch.delenv("FANAL_WEBHOOKS")
    with pytest.raises(Refused, match="lets nothing be sent"):
        register_webhook("https://desk.example/", by)
    story(who, tmp_path)
    all_done("alerts", "dispatch")
    assert (there.received, Delivery.objects.count()) == ([], 0)


def test_what_does_not_arrive_is_tried_again_the_same_and_then_given_up(who: Cast, there: Post, tmp_path: Path) -> None:
    made, _ = register_webhook(there.address, administrator(who))
    there.answers = 500
    story(who, tmp_path)
    all_done("alerts", "dispatch")
    assert len(there.received) == 1 + len(delivering.PAUSES)
    assert len({(headers["webhook-id"], body) for headers, body in there.received}) == 1
    delivery = Delivery.objects.get(webhook=made)
    assert (delivery.state, {one.status for one in delivery.tried.all()}) == ("given_up", {500})
    assert Webhook.objects.get().failing_since is not None
    there.answers = 200
    send_again(delivery.pk, User.objects.get(username="admin-france"))
    all_done("dispatch")
    assert there.received[-1][1] == there.received[0][1]
    assert Delivery.objects.get().state == "arrived"
    assert Webhook.objects.get().failing_since is None


def test_an_address_that_is_dead_for_days_is_switched_off_and_catches_up_when_it_is_on_again(
    who: Cast, there: Post, tmp_path: Path
) -> None:
    by = administrator(who)
    made, _ = register_webhook(there.address, by)
    there.answers = 503
    Webhook.objects.update(failing_since=clock.now() - timedelta(days=6))
    theirs, ours, _ = story(who, tmp_path)
    all_done("alerts", "dispatch")
    assert len(there.received) == 1
    assert Webhook.objects.get().off_at is not None
    with pytest.raises(Conflict):
        try_out(made.pk, by)
    lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9)
    all_done("alerts", "dispatch")
    assert len(there.received) == 1, "nothing is sent while it is off"
    there.answers = 200
    assert switch_on(made.pk, by) == 2
    all_done("dispatch")
    assert len({headers["webhook-id"] for headers, _ in there.received}) == 2
    there.answers = 410
    try_out(made.pk, by)
    all_done("dispatch")
    assert Webhook.objects.get().off_at is not None, "what says that it is gone is believed at once"


def test_a_webhook_is_its_agencys_alone_and_its_administrators(who: Cast, there: Post) -> None:
    made, _ = register_webhook(there.address, administrator(who))
    theirs = administrator(who, "britain")
    for deed in (remove_webhook, switch_on, try_out):
        with pytest.raises(NotFound):
            deed(made.pk, theirs)
        with pytest.raises(Refused):
            deed(made.pk, who.camille)
    try_out(made.pk, User.objects.get(username="admin-france"))
    with asking(who.britain.pk):
        assert [table.objects.count() for table in (Webhook, Delivery)] == [0, 0]
    remove_webhook(made.pk, User.objects.get(username="admin-france"))
    all_done("dispatch")
    assert there.received == []


def test_no_redirect_is_followed(who: Cast, there: Post) -> None:
    with post() as elsewhere:
        there.answers, there.onward = 302, elsewhere.address
        made, _ = register_webhook(there.address, administrator(who))
        try_out(made.pk, User.objects.get(username="admin-france"))
        all_done("dispatch")
        assert elsewhere.received == []
    assert {one.trouble for one in Try.objects.all()} == {Trouble.REDIRECTED}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "desk.example",
        "http://desk.example/",
        "http://10.0.0.7/",
        "https://user:password@desk.example/",
        "https://desk.example/#part",
        "https://desk.example/a b",
        "https://desk.example:99999/",
        "file:///etc/passwd",
        "https://169.254.169.254/latest",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://224.0.0.1/",
        "https://" + "a" * 600,
    ],
)
def test_what_is_no_address_for_webhooks_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        calling.target_of(address, Reach.PRIVATE)


def test_addresses_of_the_operators_own_network_need_the_operators_word() -> None:
    for address in ("https://127.0.0.1/", "https://10.0.0.7/", "https://[::ffff:10.0.0.7]/", "https://[::1]/"):
        calling.target_of(address, Reach.PRIVATE)
        with pytest.raises(Invalid):
            calling.target_of(address, Reach.PUBLIC)
    with pytest.raises(Invalid):
        calling.target_of("http://127.0.0.1:8080/", Reach.PUBLIC)
    assert calling.target_of("https://desk.example/a?b=c", Reach.PUBLIC).path == "/a?b=c"


def test_a_name_is_not_believed_before_it_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside is not called, be it one of two addresses; what was looked at is what is called."""
    leads_to: list[str] = []
    called: list[str] = []

    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in leads_to]

    def connect(address: tuple[str, int], *_: object) -> socket.socket:
        called.append(address[0])
        raise OSError

    monkeypatch.setattr("fanal.casework.dispatch.calling.socket.getaddrinfo", resolve)
    monkeypatch.setattr("fanal.casework.dispatch.calling.socket.create_connection", connect)
    for leads_to[:], trouble in (
        (["192.0.2.1"], Trouble.NOT_ALLOWED),
        (["10.0.0.7"], Trouble.NOT_ALLOWED),
        (["93.184.216.34", "127.0.0.1"], Trouble.NOT_ALLOWED),
        (["93.184.216.34"], Trouble.NO_ANSWER),
    ):
        assert calling.post("https://desk.example/", b"{}", {}, Reach.PUBLIC).trouble == trouble
    assert called == ["93.184.216.34"]


def test_a_certificate_that_is_not_good_ends_it(there: Post) -> None:
    told = calling.post(there.address.replace("http://", "https://"), b"{}", {}, Reach.PRIVATE)
    assert told.trouble == Trouble.NOT_SAFE
    assert there.received == []


def test_the_page_shows_the_secret_once_and_how_it_goes(who: Cast, there: Post) -> None:
    desk = at_the_desk(administrator(who))
    page = desk.post("/webhooks/", {"address": there.address})
    assert b"whsec_" in page.content
    assert page["Cache-Control"] == "no-store"
    assert b"whsec_" not in desk.get("/webhooks/").content
    made = Webhook.objects.get()
    assert desk.post(f"/webhooks/{made.pk}/try/").status_code == 302
    all_done("dispatch")
    assert "Arrived" in desk.get("/webhooks/").content.decode()
    assert at_the_desk(who.camille).get("/webhooks/").status_code == 403
