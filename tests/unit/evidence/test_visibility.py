"""Who sees what: own submissions, and those visible to all who are connected; the rest is as if it were not."""

from pathlib import Path
from uuid import UUID

import pytest

from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.evidence.queries import (
    own_contents,
    sightings,
    visible_content,
    visible_contents,
    visible_exhibits,
    visible_submission,
    visible_submissions,
)
from fanal.core.access.actions import admit_agency
from fanal.core.access.models import Agency
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import NotFound
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db

NOWHERE = UUID(int=0)


def delivered(agency: Agency, folder: Path, visibility: Visibility, **files: bytes) -> Submission:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return submitted(agency, folder, visibility=visibility)


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """France keeps one submission to itself and shows another; both hold one file that is the same."""
    people = cast()
    delivered(people.france, tmp_path / "own", Visibility.OWN, secret=b"secret", both=b"both")
    delivered(people.france, tmp_path / "shown", Visibility.ALL_CONNECTED, public=b"public", both=b"both")
    return people


def labels(agency: Agency) -> set[str]:
    return {submission.label for submission in visible_submissions(agency)}


def content_of(path: str) -> Content:
    return Content.objects.filter(exhibits__path=path).distinct().get()


def test_its_own_agency_sees_all(who: Cast) -> None:
    assert labels(who.france) == {"own", "shown"}
    assert visible_contents(who.france).count() == own_contents(who.france).count() == 3


def test_a_connected_agency_sees_what_is_visible_to_all(who: Cast) -> None:
    assert labels(who.britain) == {"shown"}
    assert set(visible_exhibits(who.britain).values_list("path", flat=True)) == {"public", "both"}
    assert own_contents(who.britain).count() == 0
    both = content_of("both")
    assert [exhibit.submission.label for exhibit in sightings(who.britain, [both.pk])[both.pk]] == ["shown"]


def test_an_agency_that_is_not_connected_sees_only_its_own(who: Cast, tmp_path: Path) -> None:
    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    assert labels(apart) == set()
    delivered(apart, tmp_path / "theirs", Visibility.OWN, both=b"both")
    assert labels(apart) == {"theirs"}
    assert visible_contents(apart).count() == 1
    assert len(sightings(apart, [content_of("both").pk])[content_of("both").pk]) == 1


def test_foreign_is_answered_as_absent(who: Cast) -> None:
    secret = content_of("secret")
    hidden = Submission.objects.get(label="own")
    with pytest.raises(NotFound) as foreign:
        visible_submission(who.britain, hidden.pk)
    with pytest.raises(NotFound) as absent:
        visible_submission(who.britain, NOWHERE)
    assert vars(foreign.value) == vars(absent.value)
    with pytest.raises(NotFound) as foreign:
        visible_content(who.britain, secret.pk)
    with pytest.raises(NotFound) as absent:
        visible_content(who.britain, secret.pk + 10_000)
    assert vars(foreign.value) == vars(absent.value)
    assert sightings(who.britain, [secret.pk]) == {}
