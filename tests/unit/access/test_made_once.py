"""A question is written as SQL once, and asked for whoever asks with what they ask for: nothing of another's stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import QuerySet

from fanal.casework.evidence.models import Content, Exhibit, Submission, Visibility
from fanal.casework.evidence.queries import visible_exhibits, visible_submissions
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.database.reading import reading
from fanal.core.access.models import Agency
from fanal.kit.actor import SYSTEM
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """France keeps one, names one to Australia and shows one to all."""
    people = cast()
    for name, visibility, named in (
        ("kept", Visibility.OWN, ()),
        ("named", Visibility.NAMED, (people.australia,)),
        ("shown", Visibility.ALL_CONNECTED, ()),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.bin").write_bytes(name.encode())
        submitted(people.france, tmp_path / name, visibility=visibility, named=named)
    return people


def test_each_agency_is_answered_what_it_sees_by_a_statement_that_is_written_once(who: Cast) -> None:
    written: list[bool] = []

    @made_once
    def paths(agency: Agency, contents: list[int]) -> QuerySet[Exhibit, str]:
        written.append(agency.connected)
        seen = visible_exhibits(agency).filter(Among("content_id", contents))
        return seen.order_by("path").values_list("path", flat=True)

    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    every = list(Content.objects.values_list("pk", flat=True))
    expected = {
        who.france: ["kept.bin", "named.bin", "shown.bin"],
        who.australia: ["named.bin", "shown.bin"],
        who.britain: ["shown.bin"],
        apart: [],
    }
    for _ in range(2):
        for agency, names in expected.items():
            assert paths(agency, every) == names
    assert written == [True, False]
    assert paths(who.france, []) == []
    one = Exhibit.objects.get(path="named.bin").content_id
    assert paths(who.france, [one]) == ["named.bin"]
    with reading():
        assert paths(who.australia, [*every, -1]) == ["named.bin", "shown.bin"]
        assert paths(who.britain, every) == ["shown.bin"]


def test_rows_come_with_what_was_joined_and_counted(who: Cast) -> None:
    @made_once
    def of_submission(submission: UUID, sha256s: list[bytes]) -> QuerySet[Exhibit]:
        found = Exhibit.objects.filter(Among("content__sha256", sha256s), submission=submission)
        return found.select_related("submission__agency", "content")

    for made in Submission.objects.all():
        digests = [bytes(one or b"") for one in Content.objects.values_list("sha256", flat=True)]
        (exhibit,) = of_submission(made.pk, digests)
        assert exhibit == Exhibit.objects.get(submission=made)
        assert (exhibit.submission.agency, exhibit.submission) == (who.france, made)
        assert bytes(exhibit.content.sha256 or b"") in digests


def test_threads_ask_at_once_each_by_its_own_connection(who: Cast) -> None:
    @made_once
    def paths(agency: Agency) -> QuerySet[Exhibit, str]:
        return visible_exhibits(agency).order_by("path").values_list("path", flat=True)

    def ask(agency: Agency) -> list[str]:
        from django.db import connection

        try:
            with asking_for_everybody():
                return paths(agency)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, [who.france, who.australia, who.britain] * 8))
    assert answers == [["kept.bin", "named.bin", "shown.bin"], ["named.bin", "shown.bin"], ["shown.bin"]] * 8


def test_a_question_that_leaves_out_a_value_is_refused(who: Cast) -> None:
    @made_once
    def everything(agency: Agency) -> QuerySet[Exhibit]:
        return Exhibit.objects.exclude(path=agency.code)

    with pytest.raises(TypeError, match="leaves out a value"):
        everything(who.france)


def test_a_list_of_words_is_refused(who: Cast) -> None:
    @made_once
    def labelled(agency: Agency, labels: list[str]) -> QuerySet[Submission]:
        return visible_submissions(agency).filter(label__in=labels)

    with pytest.raises(TypeError, match="at every later call"):
        labelled(who.france, ["one"])  # type: ignore[arg-type]  # what is refused here


def test_a_moment_is_a_value_and_what_nobody_can_be_told_is_nothing(who: Cast) -> None:
    @made_once
    def since(agency: Agency, moment: datetime) -> QuerySet[Exhibit, str]:
        return visible_exhibits(agency).filter(received_at__gte=moment).order_by("path").values_list("path", flat=True)

    @made_once
    def of_the_connected(agency: Agency, contents: list[int]) -> QuerySet[Exhibit]:
        found = visible_exhibits(agency).filter(Among("content_id", contents))
        return found if agency.connected else found.none()

    second = Exhibit.objects.get(path="named.bin")
    assert since(who.france, second.received_at) == ["named.bin", "shown.bin"]
    assert since(who.france, second.received_at + timedelta(days=1)) == []
    assert since(who.britain, second.received_at) == ["shown.bin"]

    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    assert of_the_connected(apart, [second.content_id]) == []
    assert of_the_connected(who.australia, [second.content_id]) == [second]


def test_a_number_whose_column_cannot_hold_what_stands_for_it_is_asked_each_time(who: Cast) -> None:
    @made_once
    def as_wide(width: int) -> QuerySet[Content]:
        return Content.objects.filter(width=width)

    one = Exhibit.objects.get(path="named.bin").content
    Content.objects.filter(pk=one.pk).update(width=640)
    assert as_wide(641) == []
    assert as_wide(640) == [one]
