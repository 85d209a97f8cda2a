"""A person links their account with their ministry's provider, by keyboard, and comes in by it from then on."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser import Opening, Watched
from fanal.core.access.models import ProviderLink
from fanal.core.access.provider_links import Vouched, link
from fanal.core.access.providers import keep_provider, provider_of
from fanal.core.audit.models import Leaf
from fanal.kit.actor import SYSTEM
from fanal.kit.settings import Provider
from ministry import CLIENT, NAME, SECRET, Ministry, ministry
from world import PASSWORD, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)


def faults_in(page: Page) -> list[str]:
    """Return what axe finds wrong."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def test_a_person_comes_in_by_their_ministry(desk: Watched, there: Ministry) -> None:
    camille, page = cast().camille, desk.page
    desk.also = (there.issuer,)
    desk.go("/sign-in/")
    assert faults_in(page) == []
    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This did not let you in.")
    assert faults_in(page) == []

    desk.sign_in(camille)
    desk.go("/account/")
    page.get_by_role("button", name=f"Link with {NAME}").press("Enter")
    expect(page.get_by_text("From now on you may sign in by it.")).to_be_visible()
    assert faults_in(page) == []
    assert ProviderLink.objects.get().user == camille

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{desk.address}/sign-in/")
    assert there.left == [], "they came in by a password"
    desk.go("/leads/")
    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    assert '"by":"provider"' in Leaf.objects.filter(action="access.signed_in").latest("index").entry

    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page).to_have_url(f"{desk.address}/sign-in/")
    assert len(there.left) == 1, "and signed out there too"

    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    desk.go("/account/")
    page.get_by_role("button", name="Sign in by it no longer").press("Enter")
    expect(page.get_by_role("button", name=f"Link with {NAME}")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This did not let you in.")


def test_an_administrator_unlinks_somebody_who_is_out_at_once(
    open_page: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast()
    monkeypatch.setenv("FANAL_OIDC_ISSUER", "")
    with ministry() as there:
        for number, agency in enumerate((who.france, who.britain, who.australia, who.new_zealand)):
            named = Provider(
                f"p-{number}", there.issuer, CLIENT, SECRET, None, f"{NAME} {number}", frozenset(), (), frozenset()
            )
            keep_provider(agency, named, SYSTEM)
        link(who.camille, provider_of("p-0"), Vouched(there.issuer, there.subject, second=False))
        officer, administrator = open_page(), open_page(theme="light")
        officer.also = (there.issuer,)
        officer.go("/sign-in/")
        assert faults_in(officer.page) == []
        officer.page.get_by_label("Your ministry").select_option(f"{NAME} 0")
        officer.page.get_by_role("button", name="Continue there").press("Enter")
        expect(officer.page.get_by_role("button", name="Sign out")).to_be_visible()

        administrator.go("/sign-in/?next=/people/")
        administrator.page.get_by_label("Name").fill(enrolled(who.france, "ada", "administrator").username)
        administrator.page.get_by_label("Password").fill(PASSWORD)
        administrator.page.get_by_label("Password").press("Enter")
        expect(administrator.page.get_by_role("heading", name="Who comes in by a ministry")).to_be_visible()
        assert faults_in(administrator.page) == []
        row = administrator.page.get_by_role("row").filter(has_text=there.subject)
        expect(row).to_contain_text(f"{NAME} 0")
        row.get_by_role("button", name="Unlink Camille").press("Enter")
        expect(administrator.page.get_by_text("Done: Camille.")).to_be_visible()
        expect(row).to_have_count(0)
        officer.go("/leads/")
        expect(officer.page.get_by_role("heading", name="Sign in to Fanal")).to_be_visible()
