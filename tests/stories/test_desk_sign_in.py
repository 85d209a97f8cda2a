"""An officer comes to the desk: is refused, is let in, chooses a language, and leaves."""

import pytest
from playwright.sync_api import expect

from browser import Watched
from fanal.core.audit.models import Leaf
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)


def logged() -> list[str]:
    """Return what was done at the door, in order."""
    return [action for action in Leaf.objects.values_list("action", flat=True) if action.startswith("access.sign")]


def test_who_may_not_is_refused_and_who_may_is_let_in(desk: Watched) -> None:
    who = cast()
    page = desk.page
    desk.go("/leads/?state=same")
    expect(page).to_have_url(f"{desk.address}/sign-in/?next=%2Fleads%2F%3Fstate%3Dsame")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(who.camille.username)
    desk.press("Tab")
    page.keyboard.type("a lantern on another shore")
    desk.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not fit")
    expect(page.get_by_label("Name")).to_have_value("camille")
    assert logged() == ["access.sign_in_refused"]

    page.get_by_label("Password").fill(PASSWORD)
    desk.press("Enter")
    expect(page).to_have_url(f"{desk.address}/leads/?state=same")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    assert logged() == ["access.sign_in_refused", "access.signed_in"]

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Fanal")).to_be_visible()
    desk.go("/")
    expect(page.get_by_label("Password")).to_be_visible()
    assert logged() == ["access.sign_in_refused", "access.signed_in", "access.signed_out"]


def test_nobody_is_sent_to_another_host(desk: Watched) -> None:
    who = cast()
    desk.go("/sign-in/?next=https://elsewhere.example/")
    desk.page.get_by_label("Name").fill(who.jack.username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.press("Enter")
    expect(desk.page).to_have_url(f"{desk.address}/")


def test_the_language_is_kept_for_the_person(desk: Watched) -> None:
    who = cast()
    desk.sign_in(who.edith)
    desk.page.get_by_label("Language").select_option("ar")
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(desk.page.get_by_role("heading", name="اليوم")).to_be_visible()
    desk.page.context.clear_cookies()
    desk.go("/sign-in/")
    desk.page.locator("[name=username]").fill(who.edith.username)
    desk.page.locator("[name=password]").fill(PASSWORD)
    desk.press("Enter")
    expect(desk.page.locator("html")).to_have_attribute("lang", "ar")


def test_who_never_chose_a_language_reads_on_in_that_of_the_page_where_they_came_in(desk: Watched) -> None:
    who = cast()
    # Edith keeps the language of her first page; Jack, later at the same machine, has one of his own.
    for person, page, told in ((who.edith, "fr", "fr"), (who.jack, "es", "es"), (who.edith, "es", "fr")):
        desk.go("/sign-in/")
        desk.page.locator("#language").select_option(page)
        expect(desk.page.locator("html")).to_have_attribute("lang", page)
        desk.page.locator("[name=username]").fill(person.username)
        desk.page.locator("[name=password]").fill(PASSWORD)
        desk.press("Enter")
        desk.page.wait_for_url(f"{desk.address}/")
        expect(desk.page.locator("html")).to_have_attribute("lang", told)
        desk.page.locator("form[action='/sign-out/'] button").click()
        desk.page.wait_for_url(f"{desk.address}/sign-in/")
