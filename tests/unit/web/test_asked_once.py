"""A page asks no question of entries and cases twice: what it knows of them goes from part to part."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk import content_of
from fanal.casework.cases.actions import link
from fanal.casework.entries.actions import link_entries, open_entry
from fanal.core.access.models import User
from rooms import room_of_two
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


def asked_twice(officer: User, path: str) -> list[str]:
    """Open a page, and return the questions of entries and cases that were asked more than once."""
    client = Client()
    client.force_login(officer)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    said = Counter(one["sql"] for one in asked.captured_queries if re.search(r' FROM "(entries|cases)_', one["sql"]))
    return [question for question, times in said.items() if times > 1]


def test_pages_of_an_entry_and_of_its_case_ask_nothing_of_them_twice(who: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    names = [f"IMG_{number:04}.jpg" for number in range(3)]
    for name in names:
        (folder / name).write_bytes(name.encode())
    given = submitted(who.new_zealand, folder)
    contents = [content_of(given, name).pk for name in names]
    series = open_entry("series", "NZ-S-1", who.mere, contents)
    victim = open_entry("victim", "NZ-V-1", who.mere, contents[:1])
    link_entries(victim.pk, series.pk, "same", who.mere)
    case = room_of_two(who.mere, who.camille)
    for kind, one in (("content", contents[0]), ("entry", victim.pk)):
        link(case.pk, kind, one, who.mere)
    for path in (f"/registry/{victim.pk}/", "/registry/", f"/cases/{case.pk}/"):
        assert asked_twice(who.mere, path) == []
