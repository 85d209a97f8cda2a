"""Digests without bytes: a hit is found in either order, and they open nothing that another agency keeps to itself."""

from pathlib import Path
from shutil import make_archive

import pytest

from fanal.casework.evidence.actions import Delivery, open_submission
from fanal.casework.evidence.delivery import Step, deliver
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.evidence.progress import progress_of
from fanal.casework.evidence.queries import visible_content
from fanal.casework.leads.queries import visible_leads
from fanal.casework.prints.queries import preview_image
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.audit.models import Leaf
from fanal.core.jobs.worker import run_worker
from fanal.doors.web.tiles import tiles_of
from fanal.kit.errors import NotFound
from world import cast, folder_of_pictures

pytestmark = pytest.mark.django_db(transaction=True)


def delivered(
    agency: Agency, folder: Path, *, hash_only: bool = False, visibility: Visibility = Visibility.ALL_CONNECTED
) -> tuple[Submission, list[Step]]:
    """Deliver a folder and have it worked on."""
    delivery = Delivery(agency, "disk", origin=str(folder), visibility=visibility, hash_only=hash_only)
    submission = open_submission(delivery, operator_of(agency))
    steps = list(deliver(submission, [folder], operator_of(agency)))
    run_worker(until_idle=True)
    return submission, steps


@pytest.mark.parametrize("digests_first", [True, False])
def test_digests_and_bytes_meet_in_either_order(fresh_data: Path, tmp_path: Path, digests_first: bool) -> None:
    people, folder = cast(), folder_of_pictures(tmp_path / "disk", range(1))
    delivered(people.new_zealand, folder, hash_only=digests_first)
    delivered(people.france, folder, hash_only=not digests_first)

    lead = visible_leads(people.britain).get()

    assert lead.left_id == lead.right_id
    assert lead.distance == 0


def test_nothing_is_examined_where_there_are_only_digests(fresh_data: Path, tmp_path: Path) -> None:
    delivered(cast().new_zealand, folder_of_pictures(tmp_path / "disk", range(2)), hash_only=True)

    assert not Leaf.objects.filter(action="prints.examined").exists()


def test_what_was_known_before_counts_only_what_the_agency_may_see(fresh_data: Path, tmp_path: Path) -> None:
    people, folder = cast(), folder_of_pictures(tmp_path / "disk", range(2))
    delivered(people.new_zealand, folder, visibility=Visibility.OWN)
    _, unaware = delivered(people.france, folder)
    _, aware = delivered(people.britain, folder)

    assert sum(step.known for step in unaware) == 0
    assert sum(step.known for step in aware) == 2


def test_digests_open_no_picture_that_another_agency_keeps_to_itself(fresh_data: Path, tmp_path: Path) -> None:
    people, folder = cast(), folder_of_pictures(tmp_path / "disk", range(1))
    held, _ = delivered(people.new_zealand, folder, visibility=Visibility.OWN)
    delivered(people.france, folder, hash_only=True)
    (content,) = held.exhibits.values_list("content", flat=True)

    assert preview_image(people.new_zealand, content, 1)
    with pytest.raises(NotFound):
        preview_image(people.france, content, 1)


def test_whoever_has_digests_learns_nothing_more_of_what_another_agency_keeps(fresh_data: Path, tmp_path: Path) -> None:
    people = cast()
    folder = folder_of_pictures(tmp_path / "disk", range(2))
    make_archive(str(folder / "more"), "zip", folder_of_pictures(tmp_path / "packed", range(2, 4)))
    held, _ = delivered(people.new_zealand, folder, visibility=Visibility.OWN)
    delivered(people.france, folder_of_pictures(tmp_path / "alike", range(2), edit=True))
    digests, _ = delivered(people.france, folder, hash_only=True)

    for content in digests.exhibits.values_list("content", flat=True):
        known, whole = visible_content(people.france, content), visible_content(people.new_zealand, content)
        assert (known.state, known.media_type, known.facts) == (Content.State.HASH_ONLY, "", {})
        assert (known.sha256, known.size) == (whole.sha256, whole.size)
        assert whole.state == Content.State.EXAMINED
        assert tiles_of(people.camille, [whole])[content].glimpse == ""
    assert held.exhibits.count() == 5
    assert digests.exhibits.count() == 3, "the members of an archive are not told"
    progress = progress_of(digests)
    assert (progress.hash_only, progress.examined, progress.finished) == (3, 0, True)
    assert not visible_leads(people.france).exists(), "likeness would tell what the digests stand for"
    assert visible_leads(people.new_zealand).filter(technique="pdq/1").count() == 2
