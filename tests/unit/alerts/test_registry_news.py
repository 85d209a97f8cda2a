"""Alerts of the registry: a country is told of what points to it, and all who search that a victim is identified."""

from itertools import pairwise
from pathlib import Path

import pytest

from desk import at_the_desk, content_of, examined, lead_between, story
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.entries.actions import Subject, decline_series, judge_country, open_entry, state, undo_deed
from fanal.casework.entries.facts import stated_state
from fanal.casework.entries.proposed import proposed_series
from fanal.casework.evidence.models import Visibility
from fanal.casework.leads.actions import judge
from fanal.core.access.models import Agency
from labour import all_done
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def told(agency: Agency, kind: str) -> list[tuple[str, int]]:
    all_done("alerts")
    return [(one.other.code, one.count) for one in alerts_after(agency, 0) if one.kind == kind]


def test_a_country_is_told_of_contents_that_point_to_it_and_nobody_else_is(who: Cast, tmp_path: Path) -> None:
    theirs, ours, _ = story(who, tmp_path)
    for name in ("0040.jpg", "0041.jpg"):
        judge_country(Subject(content=content_of(theirs, name).pk), "FR", "confirmed", who.jack)
    judge_country(Subject(content=content_of(ours, "0042.jpg").pk), "FR", "confirmed", who.jack)
    assert told(who.france, "country") == [("NZ", 2)], "together, and not of what it submitted itself"
    assert told(who.australia, "country") == []


def test_a_country_is_told_nothing_of_what_it_may_not_see(who: Cast, tmp_path: Path) -> None:
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path / "x", range(1)), visibility=Visibility.OWN)
    examined([hidden])
    judge_country(Subject(content=content_of(hidden, "0000.jpg").pk), "FR", "confirmed", who.mere)
    assert told(who.france, "country") == []


def test_all_who_hold_material_of_a_victim_are_told_once_that_it_is_identified(who: Cast, tmp_path: Path) -> None:
    theirs, ours, _ = story(who, tmp_path)
    contents = [content_of(theirs, "0040.jpg").pk, content_of(ours, "0040.jpg").pk]
    victim = open_entry("victim", "NZ-2015-0441", who.mere, contents)
    assert told(who.new_zealand, "identified") == []
    deed = state(victim.pk, stated_state("identified", "2015-03-01", "FR", "FR-88-12"), who.camille)
    assert told(who.new_zealand, "identified") == [("FR", 1)]
    assert told(who.france, "identified") == [], "who says so knows"
    assert told(who.australia, "identified") == [], "it sees the entry, but has nothing of it"
    undo_deed(deed.pk, who.camille)
    assert told(who.new_zealand, "identified") == [("FR", 1)]


def test_a_country_is_told_of_an_entry_that_is_its_own(who: Cast, tmp_path: Path) -> None:
    theirs, _, _ = story(who, tmp_path)
    series = open_entry("series", "NZ-2015-0007", who.mere, [content_of(theirs, "0040.jpg").pk])
    judge_country(Subject(entry=series.pk), "FR", "confirmed", who.jack)
    assert told(who.france, "country") == [("NZ", 1)]
    assert f"/registry/{series.pk}/" in at_the_desk(who.camille).get("/alerts/").content.decode()


def test_those_concerned_are_told_once_that_a_series_is_proposed(who: Cast, tmp_path: Path) -> None:
    made = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(6)))
    shared = submitted(who.france, folder_of_pictures(tmp_path / "b", range(50, 51)))
    examined([made, shared])
    far = submitted(who.britain, folder_of_pictures(tmp_path / "c", range(1)))
    examined([far])
    pictures = [content_of(shared, "0050.jpg"), *(content_of(made, f"{seed:04}.jpg") for seed in range(6))]
    leads = [lead_between(one, other, 3) for one, other in pairwise(pictures)]
    judge(leads[0].pk, "same", who.camille)
    assert told(who.france, "proposed") == [], "two files are what was said"
    judge(leads[1].pk, "same", who.jack)
    assert len(proposed_series(who.france, 9)) == 1
    assert told(who.france, "proposed") == told(who.new_zealand, "proposed") == [("AU", 3)]
    assert told(who.australia, "proposed") == [("AU", 3)], "whose officer accepted a lead of it"
    assert told(who.britain, "proposed") == [("AU", 3)], "which holds one of them"
    judge(leads[2].pk, "same", who.jack)
    assert told(who.france, "proposed") == [("AU", 3)], "most of it is known"
    page = at_the_desk(who.camille).get("/alerts/").content.decode()
    assert "A series is proposed" in page
    assert page.count("/contents/") >= 3
    decline_series(proposed_series(who.france, 9)[0].contents, who.camille)
    for lead in leads[3:]:
        judge(lead.pk, "same", who.jack)
    assert told(who.france, "proposed") == [("AU", 3)], "it was declined"


def test_nobody_is_told_of_a_series_that_they_may_not_see(who: Cast, tmp_path: Path) -> None:
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(3)), visibility=Visibility.OWN)
    examined([hidden])
    pictures = [content_of(hidden, f"{seed:04}.jpg") for seed in range(3)]
    for one, other in pairwise(pictures):
        judge(lead_between(one, other, 3).pk, "same", who.mere)
    assert told(who.new_zealand, "proposed") == [("NZ", 3)]
    assert told(who.france, "proposed") == []
