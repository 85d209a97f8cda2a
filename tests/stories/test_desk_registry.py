"""Officers of two countries find that pictures are one series and one victim, and whose country it likely is."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Watched
from desk import content_of, examined, lead_between
from fanal.casework.entries.actions import open_entry
from fanal.casework.entries.models import CountryVerdict, Deed, Entry
from fanal.casework.entries.queries import contents_of
from fanal.casework.evidence.models import Content
from fanal.casework.leads.actions import judge
from fanal.casework.registry.models import Clue, Sighting
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from labour import all_done
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


@pytest.fixture
def rooms(who: Cast, tmp_path: Path) -> list[Content]:
    """Three pictures of New Zealand that accepted leads hold together; in the first a reference of France is seen."""
    ours = submitted(who.new_zealand, folder_of_pictures(tmp_path / "nz", range(40, 43)), case="NZ-1")
    theirs = submitted(who.france, folder_of_pictures(tmp_path / "fr", range(60, 61)), case="FR-1")
    examined([ours, theirs])
    pictures = [content_of(ours, f"IMG_{seed:04}.jpg") for seed in range(40, 43)]
    for other in pictures[1:]:
        judge(lead_between(pictures[0], other, 4).pk, "same", who.mere)
    all_done("alerts")  # in which it is worked out what is proposed
    box = {"x": 0.2, "y": 0.2, "width": 0.4, "height": 0.4}
    words = {"kind": "reference", "title": "Shampoo bottle", "countries": ["FR"], "shared": True, "state": "ready"}
    shelf = content_of(theirs, "IMG_0060.jpg")
    clue = Clue.objects.create(content=shelf, agency=who.france, at=clock.now(), **words, **box)
    found = {"technique": "local/1", "confidence": 0.97, "why": "11 points of it lie alike.", "created_at": clock.now()}
    Sighting.objects.create(clue=clue, content=pictures[0], **found)
    return pictures


def test_a_proposed_series_is_opened_and_its_country_confirmed_by_keyboard(
    desk: Watched, who: Cast, rooms: list[Content]
) -> None:
    page = desk.page
    desk.sign_in(who.mere)
    desk.press("v")
    expect(page.get_by_role("heading", name="Proposed series")).to_be_visible()
    page.get_by_role("button", name="Open as a series…").press("Enter")
    reference = page.get_by_label("Reference")
    reference.fill("Anna")
    reference.press("Enter")
    expect(page.get_by_text("Names stay in that file")).to_be_visible()
    page.go_back()
    page.get_by_label("Reference").fill("nz-s-2015-1")
    page.get_by_label("Reference").press("Enter")
    expect(page.get_by_role("heading", name="NZ-S-2015-1")).to_be_visible()
    expect(page.get_by_role("heading", name="3 files, in the order of making")).to_be_visible()
    first = page.locator(".likely > li").first
    expect(first).to_contain_text("France")
    expect(first).to_contain_text("A catalogue reference is seen: \N{FIRST STRONG ISOLATE}Shampoo bottle")
    expect(first).to_contain_text("To be told")
    desk.press("y")
    expect(page.locator(".message")).to_contain_text("Confirmed. The country is told.")
    expect(page.locator(".likely > li").first).to_contain_text("Confirmed")
    desk.press("z")
    expect(page.locator(".message")).to_contain_text("Undone.")
    assert CountryVerdict.objects.get().deed.undone_by == who.mere
    series = Entry.objects.get()
    assert sorted(contents_of(who.france, series)) == sorted(picture.pk for picture in rooms)
    assert Leaf.objects.filter(action="entries.seen", subject=f"entry:{series.pk}").exists()


def test_a_victim_is_linked_identified_and_split_at_the_desk(desk: Watched, who: Cast, rooms: list[Content]) -> None:
    series = open_entry("series", "NZ-S-2015-1", who.mere, [picture.pk for picture in rooms])
    page = desk.page
    desk.sign_in(who.mere)
    desk.go("/registry/new/?kind=victim")
    page.get_by_label("Reference").fill("NZ-2015-0441")
    page.get_by_label("Reference").press("Enter")
    page.get_by_text("Link or set apart…").click()
    page.get_by_label("Entry").select_option(str(series.pk))
    page.get_by_role("button", name="Belongs to it", exact=True).click()
    expect(page.get_by_role("heading", name="3 files, in the order of making")).to_be_visible()
    page.get_by_text("State…").click()
    page.locator("[name=state]").select_option("identified")
    page.get_by_label("Since").fill("2015-03-02")
    page.locator("form:has([name=state]) [name=country]").select_option("FR")
    page.locator("form:has([name=state]) [name=reference]").fill("FR-09-77")
    page.locator("form:has([name=state])").get_by_role("button", name="State it").click()
    expect(page.locator(".section-head .state")).to_have_text("Identified")
    page.get_by_label(f"Choose {rooms[1]}").check()
    page.get_by_text("What was chosen…").click()
    page.get_by_role("button", name="Does not belong here").click()
    expect(page.get_by_role("heading", name="2 files, in the order of making")).to_be_visible()
    desk.press("z")
    expect(page.locator(".message")).to_contain_text("Undone.")
    victim = Entry.objects.get(kind="victim")
    assert len(contents_of(who.new_zealand, victim)) == 3
    desk.go(f"/registry/{victim.pk}/")
    expect(page.locator(".history .withdrawn")).to_have_count(1)
    assert Deed.objects.filter(undone_at__isnull=False).count() == 1
