"""An administrator invites a colleague at the desk; the colleague comes in, and ends a session of their own."""

import pytest
from playwright.sync_api import expect

from browser import Opening
from fanal.core.access.models import User
from world import PASSWORD, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another lantern on a shore"


@pytest.fixture
def ada() -> User:
    """The administrator of France."""
    france = cast().france
    return enrolled(france, "ada", "administrator")


def test_a_colleague_is_invited_and_comes_in(open_page: Opening, ada: User) -> None:
    office, home = open_page(), open_page()
    office.go("/sign-in/")
    office.page.keyboard.type("ada")
    office.press("Tab")
    office.page.keyboard.type(PASSWORD)
    office.press("Enter")
    expect(office.page).to_have_url(f"{office.address}/people/")
    expect(office.page.get_by_role("link", name="Leads")).to_have_count(0)
    office.press("/")
    expect(office.page.get_by_label("Name to sign in with")).to_be_focused()
    office.page.keyboard.type("odile")
    office.press("Tab")
    office.page.keyboard.type("Odile")
    office.press("Enter")
    link = office.page.locator("[data-once]").input_value()

    home.page.goto(link)
    expect(home.page.get_by_label("New password")).to_be_focused()
    home.page.keyboard.type(NEW)
    home.press("Tab")
    home.page.keyboard.type(NEW)
    home.press("Enter")
    expect(home.page.get_by_role("heading", name="Today")).to_be_visible()
    home.page.goto(link)
    expect(home.page.get_by_text("This link was used before, or is too old.")).to_be_visible()

    office.go("/people/")
    row = office.page.locator("tr", has_text="Odile")
    expect(row.get_by_text("Active")).to_be_visible()
    row.get_by_role("button", name="Suspend").click()
    expect(office.page.locator("tr", has_text="Odile").get_by_text("Suspended")).to_be_visible()
    home.go("/leads/")
    expect(home.page.get_by_role("heading", name="Sign in to Fanal")).to_be_visible()


def test_a_person_ends_a_session_elsewhere(open_page: Opening) -> None:
    camille = cast().camille
    here, there = open_page(), open_page()
    there.sign_in(camille)
    here.sign_in(camille)
    here.page.get_by_role("link", name="Camille").click()
    expect(here.page.get_by_role("heading", name="Your account")).to_be_visible()
    here.page.get_by_role("button", name="End", exact=True).click()
    expect(here.page.get_by_text("Ended.")).to_be_visible()
    there.go("/leads/")
    expect(there.page.get_by_role("heading", name="Sign in to Fanal")).to_be_visible()
    here.go("/leads/")
    expect(here.page.get_by_role("heading", name="Leads")).to_be_visible()
