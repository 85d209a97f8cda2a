"""What every answer of the desk holds to, whoever asks and whatever is away."""

import logging
from pathlib import Path

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from fanal.core.access.models import Role
from fanal.doors.web.problems import ProblemMiddleware
from fanal.kit.errors import StorageFull
from world import PASSWORD, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(name: str) -> Client:
    """Sign in and return the browser."""
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def test_no_browser_keeps_a_page(fresh_data: Path) -> None:
    cast()
    desk = signed_in("mere")

    assert desk.get("/")["Cache-Control"] == "no-store"
    assert desk.get("/leads/")["Cache-Control"] == "no-store"
    style = desk.get("/static/web/desk.css")
    assert "max-age" in style["Cache-Control"]
    style.close()


def test_an_auditor_sees_no_material(fresh_data: Path) -> None:
    agency = cast().new_zealand
    enrolled(agency, "aroha", Role.AUDITOR)

    for page in ("/leads/", "/submissions/", "/contents/1/previews/1/"):
        assert signed_in("aroha").get(page).status_code == 403


def test_signing_in_leads_back_to_pages_not_to_deeds(fresh_data: Path) -> None:
    desk = Client()

    assert desk.get("/leads/?state=any").headers["Location"] == "/sign-in/?next=%2Fleads%2F%3Fstate%3Dany"
    deed = "/leads/00000000-0000-7000-8000-000000000000/judge/"
    assert desk.post(deed).headers["Location"] == "/sign-in/"


def test_a_database_that_is_away_is_said_without_asking_it(caplog: pytest.LogCaptureFixture) -> None:
    answer = answered(OperationalError("connection to server at db.example failed"))

    assert answer.status_code == 503
    assert b"db.example" not in answer.content
    assert b"database does not answer" in answer.content
    assert caplog.records[0].levelno == logging.ERROR


def test_what_the_server_could_not_do_is_in_its_log(caplog: pytest.LogCaptureFixture) -> None:
    assert answered(StorageFull("No room is left.")).status_code == 507
    assert "507" in caplog.text


def answered(fault: Exception) -> HttpResponse:
    """Return the answer to a request during which this went wrong."""
    request = RequestFactory().get("/")
    answer = ProblemMiddleware(lambda _: HttpResponse()).process_exception(request, fault)
    assert answer is not None
    return answer
