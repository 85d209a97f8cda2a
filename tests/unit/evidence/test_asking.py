"""Questions about evidence cost the same however much there is of it."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fanal.casework.evidence import queries
from fanal.casework.evidence.models import Exhibit, Submission
from fanal.casework.evidence.progress import progress_of, progress_of_each
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def folder_of_copies(folder: Path, copies: int) -> Path:
    """Fill a folder with files that are all the same."""
    folder.mkdir()
    for number in range(copies):
        (folder / f"copy-{number:02}").write_bytes(b"seen everywhere")
    return folder


def test_progress_of_many_submissions_is_one_question(fresh_data: Path, tmp_path: Path) -> None:
    agency = cast().new_zealand
    for number in range(3):
        submitted(agency, folder_of_copies(tmp_path / str(number), number))
    every = list(Submission.objects.order_by("created_at", "id"))

    with CaptureQueriesContext(connection) as asked:
        progress = progress_of_each(every)

    assert len([one for one in asked.captured_queries if one["sql"].startswith("SELECT")]) == 1
    assert [progress[one.pk].exhibits for one in every] == [0, 1, 2]
    assert [progress[one.pk] for one in every] == [progress_of(one) for one in every]


def test_what_lies_everywhere_is_told_of_every_agency_but_not_of_every_copy(
    fresh_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_SIGHTINGS", 2)
    people, folder = cast(), folder_of_copies(tmp_path / "disk", 5)
    for agency in (people.new_zealand, people.france):
        submitted(agency, folder)
    (content,) = set(Exhibit.objects.values_list("content", flat=True))

    found = queries.sightings(people.britain, [content])[content]

    assert [(exhibit.submission.agency.code, exhibit.path) for exhibit in found] == [
        ("NZ", "copy-00"),
        ("NZ", "copy-01"),
        ("FR", "copy-00"),
        ("FR", "copy-01"),
    ]
