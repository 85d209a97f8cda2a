"""An officer compares the two sides of leads, judges, thinks better of it, and never touches the mouse."""

from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from browser import Watched
from desk import content_of, examined, lead_between, shared_bytes, story
from fanal.casework.leads.actions import propose
from fanal.casework.leads.findings import Finding, Proposal
from fanal.casework.leads.models import Judgement, Lead
from fanal.core.audit.models import Leaf
from fanal.engine.match.explain import explain_shown
from fanal.engine.match.orientation import Orientation
from world import cast, folder_of_pictures, picture, submitted

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = "#compare img.clear"


def mode(page: Page) -> str | None:
    """Return how the two sides are laid out."""
    return page.locator("#compare").get_attribute("data-mode")


def test_a_day_of_judging_by_keyboard_alone(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, _, leads = story(who, tmp_path)
    desk.sign_in(who.camille)
    page = desk.page
    expect(page.get_by_text("3 leads wait for you")).to_be_visible()
    desk.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The same picture: 2 of 256 fingerprint bits differ.")
    assert desk.pictures() == []

    desk.press("r")
    expect(page.locator(SHOWN)).to_have_count(2)
    assert len(desk.pictures()) == Leaf.objects.filter(action="media.served").count() == 2
    for key, laid in (("2", "swipe"), ("3", "difference"), ("b", "blink"), ("1", "side")):
        desk.press(key)
        assert mode(page) == laid
    desk.press("r")
    expect(page.locator(SHOWN)).to_have_count(0)

    desk.press("e")
    page.keyboard.type("the same lamp")
    desk.press("Escape")
    desk.press("s")
    expect(page.locator(".message")).to_contain_text("Judged: Same.")
    expect(page.get_by_role("heading", level=1)).to_have_text("The same picture: 6 of 256 fingerprint bits differ.")
    desk.press("d")
    expect(page.get_by_role("heading", level=1)).to_have_text("The same picture: 12 of 256 fingerprint bits differ.")
    desk.press("u")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    assert [lead.state for lead in Lead.objects.order_by("distance")] == ["same", "different", "unsure"]

    desk.press("z")
    expect(page.get_by_text("The judgement was taken back.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("The same picture: 12 of 256 fingerprint bits differ.")
    expect(page.locator(".history li.withdrawn")).to_have_count(1)
    assert Lead.objects.get(pk=leads[2].pk).state == Lead.State.OPEN
    assert Judgement.objects.count() == 3
    done = list(Leaf.objects.filter(action__startswith="leads.judge").values_list("action", flat=True))
    assert done == ["leads.judged"] * 3 + ["leads.judgement_withdrawn"]

    desk.press("l")
    page.get_by_role("link", name="Same", exact=True).focus()
    desk.press("Enter")
    expect(page.get_by_text("1 lead", exact=True)).to_be_visible()
    desk.press("j")
    desk.press("o")
    expect(page.locator(".history")).to_contain_text("the same lamp")
    expect(page.locator(".history")).to_contain_text("Camille")


def test_the_help_lists_the_keys_of_the_page_and_can_switch_them_off(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, _, leads = story(who, tmp_path)
    desk.sign_in(who.camille)
    desk.go(f"/leads/{leads[0].pk}/")
    page = desk.page
    desk.press("?")
    help_card = page.get_by_role("dialog")
    expect(help_card).to_be_visible()
    keys = page.locator("#help-list kbd").all_inner_texts()
    assert {"S", "D", "U", "E", "R", "1", "2", "3", "B", "J", "+", "-", "0"} <= set(keys)
    assert len(keys) == len(set(keys)), "one key, one action"
    page.get_by_label("Single-key shortcuts").uncheck()
    desk.press("Escape")
    desk.press("s")
    desk.press("2")
    assert mode(page) == "side"
    assert Judgement.objects.count() == 0


def test_turned_pictures_are_laid_alike_and_enlarged_alike(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    folders = [tmp_path / "upright", tmp_path / "turned"]
    for folder in folders:
        folder.mkdir()
    picture(5).save(folders[0] / "a.png")
    picture(5).rotate(90, expand=True).save(folders[1] / "a.png")
    sides = [submitted(who.new_zealand, folders[0]), submitted(who.france, folders[1])]
    examined(sides)
    lead = lead_between(content_of(sides[0], "a.png"), content_of(sides[1], "a.png"), 4, Orientation.LEFT)
    desk.sign_in(who.camille)
    desk.go(f"/leads/{lead.pk}/")
    page = desk.page
    # France's own is the left one: seen from there, the other was turned to the right.
    expect(page.get_by_role("heading", level=1)).to_contain_text("turned by 90° to the right")
    expect(page.locator(".sides h2").first).to_have_text("Unité française")
    for key in ("r", "a", "3"):
        desk.press(key)
    expect(page.locator(SHOWN)).to_have_count(2)
    boxes = page.locator(SHOWN)
    first, second = (_painted(boxes.nth(number).evaluate(PAINTED)) for number in (0, 1))
    assert first == pytest.approx(second, abs=2), "turned, it does not lie on the other"
    desk.press("+")
    desk.press("ArrowLeft")
    larger, also = (_painted(boxes.nth(number).evaluate(PAINTED)) for number in (0, 1))
    assert larger == pytest.approx(also, abs=3)
    assert larger[2] == pytest.approx(first[2] * 1.5, abs=3)
    assert larger[0] != pytest.approx(first[0] - first[2] / 4, abs=3), "it did not move"
    desk.press("0")
    expect(page.locator("#zoom")).to_have_text("100 %")


PAINTED = """image => {
  const box = image.getBoundingClientRect();
  const style = new DOMMatrix(getComputedStyle(image).transform);
  const lies = Math.abs(style.a) < 1e-6;
  const [width, height] = lies ? [image.naturalHeight, image.naturalWidth] : [image.naturalWidth, image.naturalHeight];
  const scale = Math.min(box.width / width, box.height / height);
  return [box.x + box.width / 2, box.y + box.height / 2, width * scale, height * scale];
}"""
"""Where the picture itself is painted: its middle, width and height, in pixels of the screen."""


def _painted(found: list[float]) -> list[float]:
    x, y, width, height = found
    return [x - width / 2, y - height / 2, width, height]


def test_equal_bytes_are_told_with_all_who_hold_them(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    folder = folder_of_pictures(tmp_path / "set", range(9, 10))
    holding = [submitted(agency, folder) for agency in (who.new_zealand, who.france, who.britain)]
    examined(holding[:1])
    shared_bytes(content_of(holding[0], ".jpg"))
    desk.sign_in(who.camille)
    page = desk.page
    expect(page.locator(".card .held")).to_contain_text("3×")
    for code in ("NZ", "FR", "GB"):
        expect(page.locator(".card .held")).to_contain_text(code)
    desk.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("byte for byte")
    expect(page.locator(".sides h2").first).to_have_text("Unité française")
    desk.press("r")
    expect(page.locator(SHOWN)).to_have_count(1)
    assert len(desk.pictures()) == 1


def test_the_matched_points_are_drawn_over_both_pictures(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    _, _, leads = story(who, tmp_path)
    points = [[0.1 * n, 0.2, 0.1 * n, 0.3] for n in range(1, 9)]
    whole = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    reason = explain_shown(8, mirrored=False)
    shown = Finding("local/1", None, 0.97, str(reason), {"points": points, "here": whole, "there": whole})
    with transaction.atomic():
        propose([Proposal((leads[0].left_id, leads[0].right_id), (shown,))])
    desk.sign_in(who.camille)
    desk.go(f"/leads/{leads[0].pk}/")
    page = desk.page
    expect(page.locator(".findings li")).to_have_count(2)
    expect(page.locator(".findings")).to_contain_text("8 points lie alike")
    expect(page.locator(".marks").first).to_be_hidden()

    desk.press("r")
    expect(page.locator(SHOWN)).to_have_count(2)
    expect(page.locator(".marks:visible")).to_have_count(2)
    expect(page.locator(".marks:visible circle")).to_have_count(16)
    desk.press("p")
    expect(page.locator(".marks:visible")).to_have_count(0)
