"""An administrator has alerts sent to an address, an officer has them mailed, and a series is declined: by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Opening
from desk import story
from fanal.casework.dispatch import delivering
from fanal.casework.dispatch.models import Digest
from fanal.casework.leads.actions import judge
from fanal.core.access.actions import enrol_user
from fanal.kit.actor import SYSTEM
from labour import all_done
from listening_posts import Post, post
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there() -> Iterator[Post]:
    with post() as opened:
        yield opened


def test_an_address_is_registered_tried_and_its_secret_shown_once(
    open_page: Opening, there: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANAL_WEBHOOKS", "private")
    monkeypatch.setattr(delivering, "PAUSES", ())
    enrol_user(
        username="ada", display_name="Ada", agency=cast().france, password=PASSWORD, actor=SYSTEM, role="administrator"
    )
    office = open_page()
    office.go("/sign-in/")
    office.page.keyboard.type("ada")
    office.press("Tab")
    office.page.keyboard.type(PASSWORD)
    office.press("Enter")
    expect(office.page).to_have_url(f"{office.address}/people/")
    office.press("w")
    expect(office.page.get_by_role("heading", name="Webhooks")).to_be_visible()
    office.press("/")
    office.page.keyboard.type(there.address)
    office.press("Enter")
    expect(office.page.get_by_text("whsec_")).to_be_visible()
    office.page.get_by_role("button", name="Try it out").press("Enter")
    expect(office.page.locator(".message")).to_contain_text("It is sent.")
    expect(office.page.get_by_text("whsec_")).to_have_count(0)
    all_done("dispatch")
    office.page.reload()
    expect(office.page.locator("tbody")).to_contain_text("Arrived")
    there.answers = 500
    office.page.get_by_role("button", name="Send again").press("Enter")
    expect(office.page.locator(".message")).to_be_visible()
    all_done("dispatch")
    office.page.reload()
    expect(office.page.locator("tbody")).to_contain_text("It does not take it.")


def test_mail_is_chosen_and_a_proposed_series_declined_and_back(
    open_page: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANAL_SMTP_URL", "smtp://127.0.0.1:1")
    who = cast()
    _, _, leads = story(who, tmp_path)
    judge(leads[0].pk, "same", who.camille)
    all_done("alerts")
    desk = open_page()
    desk.sign_in(who.camille)
    desk.press("i")
    desk.page.get_by_role("link", name="By mail").press("Enter")
    desk.page.get_by_label("How often").select_option("day")
    desk.press("/")
    desk.page.keyboard.type("camille@unit.example")
    desk.press("Enter")
    expect(desk.page.locator(".message")).to_contain_text("A link is mailed to this address.")
    assert Digest.objects.get().every == "day"
    desk.press("v")
    expect(desk.page.locator(".proposal")).to_contain_text("1 accepted lead")
    desk.page.get_by_role("button", name="No series").press("Enter")
    expect(desk.page.locator(".message")).to_contain_text("Not proposed to your agency again.")
    expect(desk.page.locator(".proposal")).to_have_count(0)
    desk.press("z")
    expect(desk.page.locator(".proposal")).to_have_count(1)
