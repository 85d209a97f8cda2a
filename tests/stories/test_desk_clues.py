"""An officer keeps what a box shows, by keyboard alone; where another country shows it is judged by one key."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from test_desk_search import folder_with

from browser import Watched
from desk import content_of, examined
from fanal.casework.evidence.models import Content
from fanal.casework.leads.findings import Box
from fanal.casework.registry.actions import Words, keep_clue
from fanal.casework.registry.models import Clue, Sighting
from fanal.core.audit.models import Leaf
from labour import all_done
from leaves import leaves
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


@pytest.fixture
def mine(who: Cast, tmp_path: Path) -> Content:
    """A picture of France."""
    folder = tmp_path / "fr"
    folder.mkdir()
    Image.fromarray(leaves(20)).save(folder / "mine.jpg", quality=92)
    ours = submitted(who.france, folder, case="FR-1")
    examined([ours])
    all_done("match")
    return content_of(ours, "mine.jpg")


def arrives(who: Cast, folder: Path) -> Content:
    """New Zealand submits a scene that shows a part of it."""
    theirs = submitted(who.new_zealand, folder_with(folder, 21, 20), case="NZ-1")
    examined([theirs])
    all_done("match")
    return content_of(theirs, "scene_21.jpg")


def test_a_box_is_kept_by_keyboard_alone(desk: Watched, who: Cast, mine: Content) -> None:
    page = desk.page
    desk.sign_in(who.camille)
    desk.go(f"/contents/{mine.pk}/")
    desk.press("b")
    expect(page.locator(".sheet rect")).to_be_visible()
    page.locator(".sheet").press("a")
    expect(page.get_by_role("heading", name="Add to the catalogue")).to_be_visible()
    page.wait_for_load_state("load")
    page.get_by_label("Title").press_sequentially("Shampoo bottle")
    page.get_by_label("Tags").fill("bottle, bathroom")
    find = page.get_by_label("Find a country")
    find.press_sequentially("belg")
    find.press("Enter")
    find.press_sequentially("fr")
    find.press("Enter")
    expect(page.locator("#country-list input:checked")).to_have_count(2)
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("heading", name="Shampoo bottle")).to_be_visible()
    clue = Clue.objects.get()
    assert (clue.kind, clue.tags, clue.countries) == ("reference", ["bathroom", "bottle"], ["BE", "FR"])
    assert (round(clue.x, 2), round(clue.y, 2), round(clue.width, 2), round(clue.height, 2)) == (0.3, 0.3, 0.4, 0.4)
    assert Leaf.objects.filter(action="registry.clue_kept", subject=f"clue:{clue.pk}").count() == 1
    expect(page.get_by_role("heading", name="Searching")).to_be_visible()
    all_done("match")
    expect(page.get_by_role("heading", name="Seen in 0 files")).to_be_visible()


def test_another_country_is_told_where_its_picture_points(
    desk: Watched, who: Cast, mine: Content, tmp_path: Path
) -> None:
    words = Words("Shampoo bottle", countries=["FR"])
    keep_clue(mine.pk, Box(0.25, 0.25, 0.5, 0.5), "reference", words, who.camille, shared=True)
    all_done("match")
    scene = arrives(who, tmp_path / "nz")
    page = desk.page
    desk.sign_in(who.mere)
    expect(page.get_by_role("heading", name="A clue was seen in 1 place")).to_be_visible()
    desk.go(f"/contents/{scene.pk}/")
    expect(page.locator(".points-to")).to_contain_text("France")
    page.get_by_role("link", name="points of it lie alike").first.click()
    desk.press("r")
    expect(page.locator("#compare .marks:visible circle").first).to_be_visible()
    expect(page.locator("#compare .clear")).to_have_count(2)
    desk.press("s")
    expect(page.locator(".message")).to_contain_text("Judged: Same.")
    assert Sighting.objects.get().state == "same"
    desk.press("z")
    expect(page.locator(".message")).to_contain_text("taken back")
    assert Sighting.objects.get().state == "open"
    desk.press("d")
    expect(page.locator(".message")).to_contain_text("Judged: Different.")
    desk.go(f"/contents/{scene.pk}/")
    expect(page.locator(".points-to")).to_have_count(0)


def test_a_crop_is_covered_until_it_is_asked_for(desk: Watched, who: Cast, mine: Content) -> None:
    words = Words("Shampoo bottle", countries=["FR"])
    keep_clue(mine.pk, Box(0.25, 0.25, 0.5, 0.25), "clue", words, who.camille, shared=False)
    desk.sign_in(who.camille)
    desk.go("/clues/")
    page, before = desk.page, len(desk.pictures())
    expect(page.locator(".crop .glimpse")).to_be_visible()
    assert desk.pictures()[before:] == []
    page.locator(".crop").click()
    expect(page.locator(".crop canvas.clear")).to_be_visible()
    wide, high = page.locator(".crop canvas").evaluate("one => [one.width, one.height]")
    assert wide / high == pytest.approx(2 * 640 / 480, rel=0.02)
    assert Leaf.objects.filter(action="media.served").count() == 1
