"""What a visitor reads when the server fails, or the framework refuses: our words, and nothing of our folders."""

import json
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client

from desk import at_the_desk
from fanal.core.vault.errors import StoreUnavailable
from programs import program
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)

FAULT = StoreUnavailable("The media store /srv/media failed: No space left on device.")


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast, on an empty database."""
    return cast()


def test_a_failing_store_names_no_folder(who: Cast) -> None:
    with mock.patch("fanal.doors.web.home.log_view", side_effect=FAULT):
        page = at_the_desk(who.camille).get("/")
    with mock.patch("fanal.doors.api.leads.log_view", side_effect=FAULT):
        told = program(who.camille).get("/leads")
    assert page.status_code == told.status_code == 503
    for answer in (page, told):
        assert b"/srv" not in answer.content
        assert b"FANAL_" not in answer.content
        assert b"a part of the server fails" in answer.content
    assert json.loads(told.content)["code"] == "vault.store_unavailable"


def test_a_method_that_is_not_for_an_address_is_a_problem_as_all_others(who: Cast) -> None:
    told = program(who.camille).ask("PATCH", "/leads")
    assert (told.status_code, told.headers["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in told.headers["Allow"]
    assert json.loads(told.content)["code"] == "api.method"


def test_a_form_of_another_site_is_refused_on_a_page_of_ours(who: Cast) -> None:
    page = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "camille"})
    assert page.status_code == 403
    assert b"This form is not from a page that is open now." in page.content
    assert b"CSRF verification failed" not in page.content
