"""An officer tells a country that is not connected of a series: written, looked at, sealed, sent and answered."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from abroad import NOBODYS_KEY, morocco
from browser import Opening, Watched
from desk import content_of, examined
from fanal.casework.entries.actions import Subject, judge_country, open_entry
from fanal.casework.leads.findings import Box
from fanal.casework.notices.actions import bring_in_recipient, compare_key
from fanal.casework.notices.models import Notice
from fanal.casework.registry.actions import Words, keep_clue
from fanal.core.access.actions import choose_language
from labour import all_done
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """A series of New Zealand that is likely Moroccan, with a boxed stove; Morocco's key is compared."""
    people = cast()
    delivered = submitted(people.new_zealand, folder_of_pictures(tmp_path / "forum", range(40, 42)), case="NZ-2026-17")
    examined([delivered])
    pictures = [content_of(delivered, f"IMG_{seed:04}.jpg") for seed in (40, 41)]
    stove = Words("Tiled stove", "Green tiles with a star.", countries=["MA"])
    keep_clue(pictures[0].pk, Box(0.1, 0.15, 0.4, 0.5), "clue", stove, people.mere, shared=False)
    series = open_entry("series", "NZ-S-2026-17", people.mere, [one.pk for one in pictures])
    recipient = bring_in_recipient(morocco(), "Desk for minors, Rabat, +212 5 37 00 00 00", NOBODYS_KEY, "ar")
    compare_key(recipient.pk, people.mere)
    judge_country(Subject(entry=series.pk), "MA", "confirmed", people.mere)
    all_done("alerts")
    return people


def photographed(watched: Watched, name: str) -> None:
    """Keep a screenshot where somebody wants to look at it."""
    if folder := os.environ.get("FANAL_SCREENSHOTS"):
        watched.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_notice_goes_from_its_proposal_to_an_answer(desk: Watched, who: Cast) -> None:
    page = desk.page
    desk.sign_in(who.mere)
    desk.press("i")
    expect(page.get_by_role("heading", name="A notice waits")).to_be_visible()
    notice = Notice.objects.get()
    page.get_by_role("link", name=notice.reference).press("Enter")
    expect(page.get_by_role("heading", name=notice.reference)).to_be_visible()
    page.get_by_label("What is known: no names").fill("A room with a tiled stove is seen in nine pictures.")
    page.get_by_label("Whom to contact").fill("Desk for children, Wellington, desk@nz.example")
    expect(page.get_by_role("checkbox", name="Tiled stove")).to_be_checked()
    photographed(desk, "notice-writing")
    page.get_by_role("button", name="Keep", exact=True).press("Enter")
    expect(page.get_by_text("Kept.")).to_be_visible()
    all_done("match")
    desk.press("p")
    expect(page.get_by_role("img", name="Page 1")).to_be_visible()
    photographed(desk, "notice-pages")
    desk.press("b")
    page.get_by_role("button", name="Seal it").press("Enter")
    expect(page.get_by_text("Fanal sends nothing.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Take the sealed file").press("Enter")
    assert download.value.suggested_filename == f"{notice.reference}.pdf.age"
    assert Path(download.value.path()).read_bytes().startswith(b"age-encryption.org/v1")
    page.get_by_label("How it was sent, and by whom").fill("The liaison officer in Rabat")
    page.get_by_role("button", name="It was sent").press("Enter")
    page.get_by_role("button", name="They have received it").press("Enter")
    page.get_by_role("radio", name="They work on it").check()
    page.get_by_label("In their words").fill("The brigade in Fes has taken it up.")
    page.get_by_role("button", name="Take down the answer").press("Enter")
    expect(page.get_by_text("The brigade in Fes has taken it up.").first).to_be_visible()
    photographed(desk, "notice-answered")
    assert Notice.objects.get().outcome == "working"


def rejected(who: Cast) -> Notice:
    """Return the notice, whose country somebody rejects."""
    notice = Notice.objects.get()
    judge_country(Subject(entry=notice.entry_id), "MA", "rejected", who.mere)
    return notice


def test_a_notice_to_a_country_that_was_rejected_is_withdrawn_by_one_key(desk: Watched, who: Cast) -> None:
    notice = rejected(who)
    desk.sign_in(who.mere)
    desk.go(f"/notices/{notice.pk}/")
    photographed(desk, "notice-rejected-dark-en")
    desk.page.get_by_role("button", name="Withdraw the notice").press("Enter")
    expect(desk.page.get_by_text("Officers rejected the country.")).to_be_visible()
    assert Notice.objects.get().state == Notice.State.WITHDRAWN


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ar")])
def test_pages_of_notices_look_well(open_page: Opening, who: Cast, theme: str, language: str) -> None:
    choose_language(who.mere, language)
    watched = open_page(theme=theme)
    watched.sign_in(who.mere)
    for path, name in (
        ("/notices/", "list"),
        (f"/notices/{Notice.objects.get().pk}/", "one"),
        ("/notices/recipients/", "recipients"),
    ):
        watched.go(path)
        expect(watched.page.get_by_role("heading", level=1)).to_be_visible()
        wide = watched.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} is wider than the window"
        photographed(watched, f"notice-{name}-{theme}-{language}")
    watched.go(f"/notices/{rejected(who).pk}/")
    expect(watched.page.get_by_role("note")).to_be_visible()
    photographed(watched, f"notice-rejected-{theme}-{language}")
