"""A submission can be shown to named agencies: they see it, and for all others it is as if it were not."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from fanal.casework.evidence.actions import Delivery, open_submission
from fanal.casework.evidence.models import Submission, Visibility
from fanal.casework.evidence.queries import named_agencies, visible_contents, visible_submissions
from fanal.core.access.models import Agency
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Invalid
from world import cast, submitted

pytestmark = pytest.mark.django_db


def folder_with_a_file(where: Path) -> Path:
    where.mkdir()
    (where / "file").write_bytes(b"for two")
    return where


def test_named_agencies_see_it_and_others_do_not(fresh_data: Path, tmp_path: Path) -> None:
    people = cast()
    shown = submitted(
        people.france,
        folder_with_a_file(tmp_path / "named"),
        visibility=Visibility.NAMED,
        named=(people.new_zealand, people.france, people.britain),
    )

    for agency in (people.france, people.new_zealand, people.britain):
        assert list(visible_submissions(agency)) == [shown]
        assert visible_contents(agency).count() == 1
    assert not visible_submissions(people.australia).exists()
    assert not visible_contents(people.australia).exists()

    assert named_agencies(people.france, shown) == ["GB", "NZ"]
    assert named_agencies(people.britain, shown) == ["GB"]  # whom else it was shown to is the owner's to say


def test_a_named_agency_that_is_no_longer_connected_sees_it_no_more(fresh_data: Path, tmp_path: Path) -> None:
    people = cast()
    folder = folder_with_a_file(tmp_path / "named")
    submitted(people.france, folder, visibility=Visibility.NAMED, named=(people.britain,))
    Agency.objects.filter(pk=people.britain.pk).update(connected=False)

    assert not visible_submissions(Agency.objects.get(pk=people.britain.pk)).exists()


def test_whom_it_is_shown_to_must_be_clear() -> None:
    people = cast()
    for visibility, named in (
        (Visibility.NAMED, ()),
        (Visibility.NAMED, (people.france,)),
        (Visibility.OWN, (people.britain,)),
        (Visibility.ALL_CONNECTED, (people.britain,)),
    ):
        delivery = Delivery(agency=people.france, label="x", origin="x", visibility=visibility, named=named)
        with pytest.raises(Invalid):
            open_submission(delivery, SYSTEM)
    assert not Submission.objects.exists()


def test_the_table_keeps_no_names_that_do_not_count() -> None:
    people = cast()
    opened = open_submission(Delivery(agency=people.france, label="x", origin="x"), SYSTEM)
    for visibility, named in (("own", [people.britain.pk]), ("named", [])):
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.filter(pk=opened.pk).update(visibility=visibility, named=named)


def test_the_same_files_for_others_are_another_submission() -> None:
    people = cast()
    first, second = (
        open_submission(
            Delivery(
                agency=people.france, label="x", origin="x", visibility=Visibility.NAMED, named=(people.britain, other)
            ),
            SYSTEM,
        )
        for other in (people.australia, people.new_zealand)
    )
    assert first.pk != second.pk
