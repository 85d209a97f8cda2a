"""Alerts: whoever something concerns is told once, of what they may see, until somebody takes notice."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from desk import at_the_desk, content_of, examined, lead_between, shared_bytes, story
from fanal.casework.alerts import news
from fanal.casework.alerts.actions import PATIENCE, acknowledge, escalate, hand_over, raise_alerts
from fanal.casework.alerts.models import Alert, Told
from fanal.casework.alerts.queries import alerts_after, alerts_of, pace_of, waiting_alerts
from fanal.casework.evidence.models import Visibility
from fanal.casework.leads.actions import judge, withdraw
from fanal.casework.leads.findings import Box, Finding
from fanal.casework.leads.models import Lead
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue
from fanal.casework.registry.models import Sighting
from fanal.casework.registry.sighting import sighted
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, NotFound
from labour import all_done
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def told(who: Cast, agency: str) -> list[tuple[str, str, int]]:
    """Return what an agency was told, in that order: kind, whose, and how much of it."""
    asking = getattr(who, agency)
    return [(one.kind, one.other.code, one.count) for one in alerts_after(asking, 0)]


def test_both_sides_of_new_leads_are_told_together_and_once(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path)
    all_done("alerts")
    assert told(who, "new_zealand") == [("lead", "FR", 3)]
    assert told(who, "france") == [("lead", "NZ", 3)]
    assert told(who, "australia") == [], "it sees them, but they are no concern of its"
    with transaction.atomic():
        assert raise_alerts(news.of_leads([lead.pk for lead in leads])) == 0, "however often it is delivered"
    assert Told.objects.count() == 6


def test_what_is_brought_twice_at_once_is_told_once(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path)
    brought = list(news.of_leads([leads[0].pk]))
    with transaction.atomic():
        assert raise_alerts([*brought, *brought]) == 2
    assert told(who, "new_zealand") == [("lead", "FR", 1)]
    assert told(who, "france") == [("lead", "NZ", 1)]


def test_leads_that_an_agency_may_not_see_are_no_news_for_it(who: Cast, tmp_path: Path) -> None:
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN)
    shown = submitted(who.france, folder_of_pictures(tmp_path / "b", range(2), edit=True))
    examined([hidden, shown])
    lead_between(content_of(hidden, "0000.jpg"), content_of(shown, "0000.jpg"), 2)
    all_done("alerts")
    assert told(who, "new_zealand") == [("lead", "FR", 1)]
    assert told(who, "france") == []


def test_what_lies_on_ones_own_material_alone_is_no_news(who: Cast, tmp_path: Path) -> None:
    ours = submitted(who.france, folder_of_pictures(tmp_path / "a", range(2)))
    examined([ours])
    lead_between(content_of(ours, "0000.jpg"), content_of(ours, "0001.jpg"), 2)
    all_done("alerts")
    assert told(who, "france") == []


def test_equal_bytes_are_told_to_all_who_hold_them(who: Cast, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "a", range(1))
    deliveries = [submitted(agency, folder) for agency in (who.france, who.britain)]
    examined(deliveries)
    shared_bytes(content_of(deliveries[0], "0000.jpg"))
    all_done("alerts")
    assert told(who, "france") == [("lead", "GB", 1)]
    assert told(who, "britain") == [("lead", "FR", 1)]


def test_after_the_acknowledgement_further_news_is_a_new_alert_with_a_higher_number(who: Cast, tmp_path: Path) -> None:
    theirs, ours, _ = story(who, tmp_path)
    all_done("alerts")
    first = alerts_of(who.france).get()
    acknowledge(first.pk, who.camille, "We look at it this morning.")
    lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9)
    all_done("alerts")
    assert [(one.kind, one.count) for one in alerts_after(who.france, first.number)] == [("lead", 1)]
    assert [one.pk for one in waiting_alerts(who.france)] == [alerts_of(who.france)[0].pk]
    assert told(who, "new_zealand") == [("lead", "FR", 4)], "where nobody took notice it grows"
    with pytest.raises(Conflict):
        acknowledge(first.pk, who.camille)
    with pytest.raises(NotFound, match="There is no such alert"):
        acknowledge(first.pk, who.mere)


def test_a_judgement_and_its_withdrawal_are_told_to_the_others(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path)
    judge(leads[0].pk, "same", who.camille)
    withdraw(leads[0].pk, who.camille)
    judge(leads[1].pk, "different", who.camille)
    all_done("alerts")
    # What is withdrawn before anybody was told is told as withdrawn.
    assert sorted(told(who, "new_zealand")) == [("judgement", "FR", 1), ("judgement", "FR", 1), ("lead", "FR", 2)]
    assert [kind for kind, _, _ in told(who, "france")] == ["lead"], "who judges knows"


def test_who_keeps_a_clue_and_in_whose_material_it_is_seen_are_told(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path)
    Lead.objects.all().update(state="same")
    lead = leads[0]
    clue = keep_clue(lead.left_id, Box(0.2, 0.2, 0.4, 0.5), "clue", Words("Bottle"), who.camille, shared=True)
    found = Finding("local/1", None, 0.97, "11 points of it lie alike.", {})
    with transaction.atomic():
        sighted([(clue.pk, lead.left_id, found)])
    all_done("alerts")
    assert told(who, "france") == [("sighting", "NZ", 1)]
    assert told(who, "new_zealand") == [("sighting", "FR", 1)]
    judge_sighting(Sighting.objects.get().pk, "same", who.mere)
    all_done("alerts")
    assert told(who, "france") == [("sighting", "NZ", 1), ("judgement", "NZ", 1)]


def test_an_alert_is_handed_to_a_colleague_of_the_same_agency_alone(who: Cast, tmp_path: Path) -> None:
    story(who, tmp_path)
    all_done("alerts")
    luc = enrolled(who.france, "luc")
    alert = alerts_of(who.france).get()
    assert hand_over(alert.pk, "luc", who.camille).handed_to == luc
    with pytest.raises(Invalid, match="Nobody of your agency"):
        hand_over(alert.pk, "mere", who.camille)


def test_what_nobody_takes_notice_of_is_escalated_once_and_stands_first(who: Cast, tmp_path: Path) -> None:
    theirs, ours, _ = story(who, tmp_path)
    all_done("alerts")
    Alert.objects.update(told_at=clock.now() - PATIENCE - timedelta(minutes=1))
    with transaction.atomic():
        assert escalate() == 2
        assert escalate() == 0
    late = alerts_of(who.france).get()
    judge(lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9).pk, "unsure", who.mere)
    all_done("alerts")
    assert alerts_of(who.france)[0].pk == late.pk
    assert alerts_of(who.france).count() == 2


def test_how_fast_an_agency_is_told_and_takes_notice_is_measured(who: Cast, tmp_path: Path) -> None:
    assert (pace_of(who.france).told, pace_of(who.france).acknowledged) == (None, None)
    story(who, tmp_path)
    all_done("alerts")
    alert = alerts_of(who.france).get()
    start = clock.now()
    Alert.objects.filter(pk=alert.pk).update(
        caused_at=start,
        told_at=start + timedelta(seconds=4),
        acknowledged_at=start + timedelta(seconds=64),
        acknowledged_by=who.camille,
    )
    pace = pace_of(who.france)
    assert (pace.told, pace.acknowledged) == (timedelta(seconds=4), timedelta(seconds=60))


def test_the_page_shows_what_it_is_about_and_takes_an_answer(who: Cast, tmp_path: Path) -> None:
    story(who, tmp_path)
    all_done("alerts")
    desk = at_the_desk(who.camille)
    page = desk.get("/alerts/").content.decode()
    assert "Leads on your material" in page
    assert page.count('class="card"') == 3
    alert = alerts_of(who.france).get()
    assert desk.post(f"/alerts/{alert.pk}/acknowledge/", {"answer": "On it."}).status_code == 302
    assert "Nothing is new" in desk.get("/alerts/").content.decode()
    assert "On it." in desk.get("/alerts/?scope=all").content.decode()
    assert at_the_desk(who.mere).post(f"/alerts/{alert.pk}/acknowledge/").status_code == 404


def test_numbers_are_given_one_transaction_after_the_other(who: Cast, tmp_path: Path) -> None:
    story(who, tmp_path)
    with transaction.atomic():
        assert raise_alerts(news.of_leads(list(Lead.objects.values_list("pk", flat=True)))) == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert cursor.fetchone()[0] >= 1, "the next one waits until this is visible"
    numbers = list(Alert.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2]
