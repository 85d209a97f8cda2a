"""An officer looks through a submission: everything is blurred, and each look is asked for, logged and can be ended."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Opening, Watched
from desk import examined, story
from fanal.core.audit.models import Leaf
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

TILES = "[data-reveal]"
OPEN = f'{TILES}[aria-pressed="true"]'
SHOWN = f"{TILES} img.clear"


def served() -> int:
    """Return how many pictures were served, as the log has it."""
    return Leaf.objects.filter(action="media.served").count()


def test_nothing_is_fetched_before_it_is_asked_for_and_each_look_is_logged_once(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, ours, _ = story(who, tmp_path)
    desk.sign_in(who.camille)
    desk.go(f"/submissions/{ours.pk}/")
    page = desk.page
    expect(page.locator(TILES)).to_have_count(3)
    page.wait_for_load_state("networkidle")
    assert desk.pictures() == []
    assert page.locator(f"{TILES} img.glimpse").evaluate_all("all => all.every(one => one.naturalWidth <= 32)")

    page.locator(TILES).nth(1).click()
    expect(page.locator(SHOWN)).to_have_count(1)
    assert len(desk.pictures()) == served() == 1
    page.locator(TILES).nth(1).click()
    expect(page.locator(SHOWN)).to_have_count(0)
    page.locator(TILES).nth(1).click()
    expect(page.locator(SHOWN)).to_have_count(1)
    assert len(desk.pictures()) == served() == 2, "what was covered is fetched, and logged, anew"


def test_a_glance_lasts_as_long_as_the_button_is_held(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, ours, _ = story(who, tmp_path)
    desk.sign_in(who.camille)
    desk.go(f"/submissions/{ours.pk}/")
    page = desk.page
    page.locator(TILES).first.hover()
    page.mouse.down()
    expect(page.locator(SHOWN)).to_have_count(1)
    page.mouse.up()
    expect(page.locator(OPEN)).to_have_count(0)
    expect(page.locator(SHOWN)).to_have_count(0)
    assert served() == 1


def test_one_key_covers_everything(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, ours, _ = story(who, tmp_path)
    desk.sign_in(who.camille)
    desk.go(f"/submissions/{ours.pk}/")
    page = desk.page
    expect(page.locator("#cover")).to_be_hidden()
    desk.press("j")
    expect(page.locator(TILES).first).to_be_focused()
    desk.press("Enter")
    desk.press("j")
    desk.press("Enter")
    expect(page.locator(SHOWN)).to_have_count(2)
    desk.press("c")
    expect(page.locator(OPEN)).to_have_count(0)
    desk.press("o")
    expect(page.get_by_role("heading", name="Found in")).to_be_visible()


def test_two_officers_look_and_the_log_knows_who(open_page: Opening, tmp_path: Path) -> None:
    who = cast()
    theirs, _, _ = story(who, tmp_path)
    for user in (who.mere, who.camille):
        one = open_page()
        one.sign_in(user)
        one.go(f"/submissions/{theirs.pk}/")
        one.page.locator(TILES).first.click()
        expect(one.page.locator(SHOWN)).to_have_count(1)
    agencies = Leaf.objects.filter(action="media.served").values_list("agency", flat=True)
    assert list(agencies) == [str(who.new_zealand.pk), str(who.france.pk)]


def test_what_cannot_be_read_says_why(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    folder = folder_of_pictures(tmp_path / "phone", range(1))
    (folder / "broken.jpg").write_bytes((folder / "IMG_0000.jpg").read_bytes()[:300])
    (folder / "empty.jpg").write_bytes(b"")
    submission = submitted(who.france, folder)
    examined([submission])
    desk.sign_in(who.camille)
    desk.go(f"/submissions/{submission.pk}/")
    expect(desk.page.get_by_text("The file is damaged: its decoder stopped before the end.")).to_be_visible()
    expect(desk.page.get_by_text("The file has no bytes.")).to_be_visible()
    expect(desk.page.locator(f"{TILES}:disabled")).to_have_count(2)
    desk.page.get_by_role("link", name="empty.jpg").click()
    expect(desk.page.get_by_text("Its bytes are kept.")).to_be_visible()
