"""Digests: who wants it is mailed what is new, in their language, and nothing where nothing is."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from desk import at_the_desk, content_of, lead_between, story
from fanal.casework.alerts.actions import acknowledge
from fanal.casework.alerts.queries import alerts_of
from fanal.casework.dispatch.actions import choose_digest, confirm_digest
from fanal.casework.dispatch.models import Digest
from fanal.casework.dispatch.signing import word_for
from fanal.core.access.actions import choose_language
from fanal.core.access.models import User
from fanal.core.jobs.actions import defer
from fanal.kit import clock
from fanal.kit.errors import Invalid, NotFound
from labour import all_done
from listening_posts import MailServer, mail_server
from world import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """The operator's mail server."""
    with mail_server() as server:
        monkeypatch.setenv("FANAL_SMTP_URL", server.url)
        monkeypatch.setenv("FANAL_ORIGIN", "https://fanal.example")
        yield server


def chosen(every: str, user: User) -> None:
    """Have a person mailed, at an address that they confirmed before."""
    choose_digest(every, "camille@unit.example", user)
    confirm_digest(word_for(user.pk, "camille@unit.example"), user)
    Digest.objects.update(asked_at=clock.now())


def an_hour_later() -> None:
    """Have what is due mailed."""
    Digest.objects.update(next_at=clock.now() - timedelta(seconds=1))
    defer("dispatch.digests")
    all_done("housekeeping", "dispatch")


def test_what_is_new_is_mailed_once_in_the_readers_language(who: Cast, mails: MailServer, tmp_path: Path) -> None:
    chosen("hour", who.camille)
    choose_language(who.camille, "fr")
    an_hour_later()
    assert mails.mails == [], "nothing is new"
    story(who, tmp_path)
    all_done("alerts")
    an_hour_later()
    an_hour_later()
    ((to, sent),) = mails.mails
    mail = message_from_bytes(sent, policy=policy.default)
    told = mail.get_body().get_content()  # type: ignore[union-attr]
    assert (to, mail["From"], mail["Subject"]) == (
        "camille@unit.example",
        "fanal@fanal.example",
        "Fanal · FR · 1 nouvelle alerte",
    )
    assert mail.get_content_type() == "text/plain"
    assert "https://fanal.example/alerts/" in told
    assert [word for word in ("IMG_", "NZ-1", "New Zealand") if word in told] == []
    assert Digest.objects.get().sent_at is not None


def test_what_was_acknowledged_meanwhile_is_not_new(who: Cast, mails: MailServer, tmp_path: Path) -> None:
    chosen("day", who.camille)
    story(who, tmp_path)
    all_done("alerts")
    acknowledge(alerts_of(who.france).get().pk, who.camille)
    an_hour_later()
    assert mails.mails == []


def test_a_mail_that_is_not_taken_is_tried_again_and_nothing_of_it_is_lost(
    who: Cast, mails: MailServer, tmp_path: Path
) -> None:
    chosen("hour", who.camille)
    theirs, ours, _ = story(who, tmp_path)
    all_done("alerts")
    mails.takes = False
    an_hour_later()
    held = Digest.objects.get()
    assert held.failing_since is not None
    assert clock.now() < held.next_at < clock.now() + timedelta(hours=1)
    assert "has not taken a mail" in at_the_desk(who.camille).get("/alerts/mail/").content.decode()
    mails.takes = True
    acknowledge(alerts_of(who.france).get().pk, who.camille)
    lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9)
    all_done("alerts")
    an_hour_later()
    assert len(mails.mails) == 1
    assert Digest.objects.get().failing_since is None


def test_no_mail_leaves_without_the_operator_nor_to_whom_is_kept_out(who: Cast, tmp_path: Path) -> None:
    chosen("hour", who.camille)
    story(who, tmp_path)
    all_done("alerts")
    an_hour_later()
    assert (Digest.objects.get().after, Digest.objects.get().sent_at) == (0, None)
    with mail_server() as server, pytest.MonkeyPatch.context() as operator:
        operator.setenv("FANAL_SMTP_URL", server.url)
        type(who.camille).objects.filter(pk=who.camille.pk).update(is_active=False)
        an_hour_later()
        assert server.mails == []


def test_an_officer_chooses_and_takes_it_back(who: Cast) -> None:
    desk = at_the_desk(who.camille)
    assert desk.post("/alerts/mail/", {"every": "day", "address": "c@unit.example"}).status_code == 302
    assert 'value="c@unit.example"' in desk.get("/alerts/mail/").content.decode()
    for every, address in (("week", "c@unit.example"), ("day", "nobody"), ("day", "a@b.example\nBcc: c@d.example")):
        with pytest.raises(Invalid):
            choose_digest(every, address, who.camille)
    desk.post("/alerts/mail/", {"every": ""})
    assert not Digest.objects.exists()


def test_nothing_but_a_question_goes_to_an_address_before_it_is_confirmed(
    who: Cast, mails: MailServer, tmp_path: Path
) -> None:
    desk = at_the_desk(who.camille)
    desk.post("/alerts/mail/", {"every": "hour", "address": "camille@unit.example"})
    story(who, tmp_path)
    all_done("alerts", "dispatch")
    an_hour_later()
    an_hour_later()
    ((to, sent),) = mails.mails
    mail = message_from_bytes(sent, policy=policy.default)
    told = mail.get_body().get_content()  # type: ignore[union-attr]
    assert (to, mail["Subject"]) == ("camille@unit.example", "Fanal · Is this your address?")
    (way,) = re.findall(r"https://fanal\.example(/alerts/mail/confirm/\w+/)", told)
    assert "alert" not in told.replace(way, "")
    assert "Not confirmed yet" in desk.get("/alerts/mail/").content.decode()

    # The word is for this person and this address alone.
    assert at_the_desk(who.mere).get(way).status_code == 404
    assert desk.get("/alerts/mail/confirm/word/").status_code == 404
    assert desk.get(way).status_code == 302
    an_hour_later()
    assert len(mails.mails) == 2
    desk.post("/alerts/mail/", {"every": "hour", "address": "other@unit.example"})
    assert desk.get(way).status_code == 404
    all_done("dispatch")
    assert (mails.mails[2][0], len(mails.mails)) == ("other@unit.example", 3)
    with pytest.raises(NotFound):
        confirm_digest("", who.camille)
