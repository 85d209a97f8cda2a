"""A page counts no further than it shows."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from fanal.core.access.models import Agency
from fanal.doors.web.counted import AtLeast, count_of, counted_first, page_of

pytestmark = pytest.mark.django_db

SENTENCE = Template(
    "{% load i18n %}{% blocktranslate count n=n %}{{ n }} lead{% plural %}{{ n }} leads{% endblocktranslate %}"
)
"""As pages say it."""


def agencies(number: int) -> None:
    """Admit so many."""
    Agency.objects.bulk_create(Agency(code=f"A{one}", name="A", country="FR") for one in range(number))


@pytest.mark.parametrize(("there", "shown"), [(0, "0 leads"), (1, "1 lead"), (3, "3 leads"), (4, "3+ leads")])
def test_a_count_says_that_there_are_more(there: int, shown: str) -> None:
    agencies(there)
    assert SENTENCE.render(Context({"n": count_of(Agency.objects.all(), 3)})) == shown


def test_no_more_rows_are_counted_than_are_said() -> None:
    with CaptureQueriesContext(connection) as asked:
        count_of(Agency.objects.order_by("name"))
    sentence = asked.captured_queries[0]["sql"]
    assert "LIMIT 100" in sentence
    assert "ORDER BY" not in sentence


@pytest.mark.parametrize("walked", [0, 6, 1_000])
def test_every_page_is_reached_and_says_whether_there_are_more(monkeypatch: pytest.MonkeyPatch, walked: int) -> None:
    monkeypatch.setattr("fanal.doors.web.counted.MOST", 4)
    monkeypatch.setattr("fanal.doors.web.counted.MOST_WALKED", walked)
    agencies(11)
    found, seen = Agency.objects.order_by("pk"), []
    asked: str | None = None
    while True:
        page = page_of(found, 2, asked)
        seen += [agency.pk for agency in page]
        if not page.has_next():
            break
        asked = str(page.next_page_number())
    assert seen == list(found.values_list("pk", flat=True))
    assert (page.number, str(page.paginator.num_pages), str(page.paginator.count)) == (6, "6", "11")
    first = page_of(found, 2, None)
    assert (str(first.paginator.num_pages), str(first.paginator.count)) == ("2+", "4+")


@pytest.mark.parametrize(("there", "shown", "count"), [(0, 0, "0"), (2, 2, "2"), (4, 3, "4"), (5, 3, "4+")])
def test_the_first_are_found_and_all_counted_in_one_go(
    monkeypatch: pytest.MonkeyPatch, there: int, shown: int, count: str
) -> None:
    monkeypatch.setattr("fanal.doors.web.counted.MOST", 4)
    agencies(there)
    in_order = Agency.objects.order_by("-pk")
    first, number = counted_first(in_order, 3)
    assert (len(first), str(number)) == (shown, count)
    assert first == list(in_order[:3])


@pytest.mark.parametrize("asked", ["", "x", "-1", "0", "٣", "9" * 40, None])
def test_what_is_no_page_is_the_first_or_the_last(asked: str | None) -> None:
    agencies(3)
    page = page_of(Agency.objects.order_by("pk"), 2, asked)
    assert page.number in {1, 2}


def test_a_number_that_is_known_only_in_part_is_a_number() -> None:
    assert AtLeast(5) == 5
    assert f"{AtLeast(5)}" == "5+"
