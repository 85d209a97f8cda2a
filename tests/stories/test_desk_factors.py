"""A passkey at the desk, from a virtual authenticator: it is made, it signs in alone, and it is the second step."""

import pytest
from playwright.sync_api import CDPSession, expect

from browser import Watched
from fanal.core.access.models import Factor
from fanal.core.audit.models import Leaf
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)


def authenticator(desk: Watched, *, verified: bool = True) -> tuple[CDPSession, str]:
    """Plug an authenticator into the browser, which verifies its person or not."""
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    asked = {**kind, "isUserVerified": verified, "automaticPresenceSimulation": True}
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": asked})["authenticatorId"]


def test_a_passkey_signs_in(desk: Watched) -> None:
    camille, page = cast().camille, desk.page
    session, key = authenticator(desk)
    desk.sign_in(camille)
    desk.go("/account/")
    page.get_by_label("Name of the device").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator("ul code").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Laptop")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    assert '"by":"passkey"' in Leaf.objects.filter(action="access.signed_in").latest("index").entry

    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Name").fill("camille")
    page.get_by_label("Password").fill(PASSWORD)
    desk.press("Enter")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    # A person whom the key does not verify is not let in; neither is a key that shows an older count than before.
    page.get_by_role("button", name="Sign out").click()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey did not work.")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    Factor.objects.update(used_step=1_000_000)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey did not work.")
    Factor.objects.update(used_step=0)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
