"""A person links their account with their ministry's provider, by keyboard, and comes in by it from then on."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser import Watched
from fanal.core.access.models import ProviderLink
from fanal.core.audit.models import Leaf
from ministry import NAME, Ministry, believed_by, ministry
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ministry]:
    """A provider that the operator believes."""
    with ministry() as opened:
        believed_by(monkeypatch, opened.issuer)
        yield opened


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
    desk.go("/leads/")
    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    assert '"by":"provider"' in Leaf.objects.filter(action="access.signed_in").latest("index").entry

    desk.go("/account/")
    page.get_by_role("button", name="Sign in by it no longer").press("Enter")
    expect(page.get_by_role("button", name=f"Link with {NAME}")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=f"Continue with {NAME}").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This did not let you in.")
