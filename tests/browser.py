"""A real browser at the desk: Debian's Chromium, watched for whatever a quiet page never does."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from fanal.core.access.models import User
from world import PASSWORD

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")
expect.set_options(timeout=90_000)  # a busy machine is slow; what never comes is still noticed


class Watched:
    """A page, and what went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        self.requests: list[Request] = []
        self.also: tuple[str, ...] = ()
        """Other addresses to which a page may take its reader."""
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._note_request)

    def _note_console(self, message: ConsoleMessage) -> None:
        # An answer of 401 or 404 that a test asks for is told on the console as well.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        self.requests.append(request)
        known = request.url.startswith((self.address, *self.also))
        if urlsplit(request.url).scheme not in {"data", "blob"} and not known:
            self.faults.append(f"request to another host: {request.url}")

    def pictures(self) -> list[str]:
        """Return the addresses of pictures that were asked for."""
        return [urlsplit(request.url).path for request in self.requests if "/previews/" in request.url]

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.address + path)

    def press(self, key: str) -> None:
        """Press a key once the page has loaded: before that its scripts do not listen, and the key goes nowhere."""
        self.page.wait_for_load_state("load")
        self.page.keyboard.press(key)

    def sign_in(self, user: User) -> None:
        """Sign in as a person."""
        self.go("/sign-in/")
        self.page.get_by_label("Name").fill(user.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(self.address + "/")


class Opening(Protocol):
    """Opens a page."""

    def __call__(self, *, theme: str = "dark", width: int = 1280, height: int = 900) -> Watched:
        """Return an empty page of this look and these pixels."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for one file of tests: other files run workers, which need this thread without its event loop."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.fail("The page tests need Debian's chromium: apt-get install chromium", pytrace=False)
    # Playwright runs an event loop in the thread of the tests, and Django would take them for asynchronous.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as play:
            sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
            browser = play.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
            yield browser
            browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[Opening]:
    """Opens pages of the desk; when the test is over, none of them may have complained."""
    watched: list[Watched] = []

    def opening(*, theme: str = "dark", width: int = 1280, height: int = 900) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="light" if theme == "light" else "dark",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        watched.append(Watched(context.new_page(), live_server.url))
        return watched[-1]

    yield opening
    for one in watched:
        one.page.context.close()
    assert [fault for one in watched for fault in one.faults] == []


@pytest.fixture
def desk(open_page: Opening) -> Watched:
    """One dark page of the usual size."""
    return open_page()
