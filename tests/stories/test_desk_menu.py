"""The menu: one line of a usual screen in every language, all of it by keys, and no key promised that does nothing."""

import pytest
from playwright.sync_api import expect

from browser import Opening, Watched
from fanal.core.access.models import Role, User
from fanal.core.access.roles import Right, may
from world import PASSWORD, Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)

ONE_LINE = "nav => new Set([...nav.children].map(one => Math.round(one.getBoundingClientRect().top))).size === 1"


def in_role(who: Cast, role: str) -> User:
    """Give Camille another role."""
    User.objects.filter(pk=who.camille.pk).update(role=role)
    who.camille.refresh_from_db()
    return who.camille


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CENTRAL])
def test_the_menu_is_one_line_in_every_language(open_page: Opening, role: str) -> None:
    one = open_page(width=1280)
    one.sign_in(in_role(cast(), role))
    for language in ("fr", "es", "ar", "en"):
        one.page.locator("#language").select_option(language)
        expect(one.page.locator("html")).to_have_attribute("lang", language)
        assert one.page.locator(".top nav").evaluate(ONE_LINE), language
        assert one.page.locator(".top").bounding_box()["height"] < 70, language  # type: ignore[index]  # it is there


def test_what_is_in_a_group_is_one_key_away_and_the_group_closes_again(desk: Watched) -> None:
    desk.sign_in(in_role(cast(), Role.SUPERVISOR))
    for key, title in (("n", "Notices"), ("d", "Approvals"), ("h", "known"), ("m", "Clues"), ("q", "Log")):
        desk.press(key)
        expect(desk.page.get_by_role("heading", level=1)).to_contain_text(title)
    group = desk.page.locator(".top details").last
    group.locator("summary").focus()
    desk.press("Enter")
    expect(group.get_by_role("link", name="Log")).to_be_visible()
    desk.press("Tab")
    desk.press("Escape")
    expect(group.get_by_role("link", name="Log")).to_be_hidden()
    expect(group.locator("summary")).to_be_focused()
    group.locator("summary").click()
    desk.page.locator("h1").click()
    expect(group.get_by_role("link", name="Log")).to_be_hidden()


def test_a_key_is_claimed_by_the_one_element_that_it_presses(desk: Watched) -> None:
    desk.sign_in(in_role(cast(), Role.SUPERVISOR))
    desk.go("/cases/")
    claims = "all => all.map(one => one.getAttribute('aria-keyshortcuts')).filter(Boolean)"
    claimed = desk.page.locator("[data-key]").evaluate_all(claims)
    assert len(claimed) == len(set(claimed)) > 10
    desk.press("?")
    desk.page.get_by_label("Single-key shortcuts").uncheck()
    assert desk.page.locator("[data-key]").evaluate_all(claims) == []


def test_the_pages_of_an_administrator_are_not_hidden_in_a_group(desk: Watched) -> None:
    ada = in_role(cast(), Role.ADMINISTRATOR)
    assert not may(ada, Right.SEE)
    desk.go("/sign-in/")
    desk.page.get_by_label("Name").fill(ada.username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(desk.page.get_by_role("link", name="People")).to_be_visible()
    expect(desk.page.get_by_role("link", name="Webhooks")).to_be_visible()
    assert desk.page.locator(".top details").count() == 0
