"""Deliveries: cut off and begun again, submitted twice, known by digest first."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanal.casework.evidence.actions import Delivery, close_submission, conclude_delivery, open_submission, receive
from fanal.casework.evidence.delivery import Step, deliver
from fanal.casework.evidence.intake import Received
from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.casework.evidence.progress import progress_of
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.jobs import queries as jobs
from fanal.core.vault.actions import open_plain, seal_one
from fanal.core.vault.models import Blob
from fanal.engine.fingerprint.digest import Digests
from fanal.kit.errors import Conflict
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def given(folder: Path, **files: bytes) -> Path:
    """Fill a folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def delivery(agency: Agency, folder: Path, hash_only: bool = False) -> Delivery:
    return Delivery(agency=agency, label=folder.name, origin=str(folder), hash_only=hash_only)


def delivered(said: Delivery, *roots: Path) -> tuple[Submission, list[Step]]:
    """Deliver without telling the submitter, as if the command had been killed at its very end."""
    actor = operator_of(said.agency)
    submission = open_submission(said, actor)
    return submission, list(deliver(submission, roots or [Path(said.origin)], actor))


def test_every_file_is_an_exhibit_and_equal_bytes_one_content(fresh_data: Path, tmp_path: Path) -> None:
    folder = given(tmp_path / "phone", a=b"one", b=b"two", c=b"one", d=b"")
    submission, (step,) = delivered(delivery(cast().france, folder))
    assert (step.received, step.known, step.skipped, step.bytes) == (4, 0, 0, 9)
    assert submission.exhibits.count() == 4
    assert sorted(content.size or 0 for content in Content.objects.all()) == [0, 3, 3]
    submission.refresh_from_db()
    assert submission.state == Submission.State.RECEIVED


def test_begun_again_it_goes_on_where_it_was_cut_off(fresh_data: Path, tmp_path: Path) -> None:
    said = delivery(cast().france, given(tmp_path / "phone", a=b"one", b=b"two"))
    actor = operator_of(said.agency)
    first = open_submission(said, actor)
    next(deliver(first, [Path(said.origin)], actor))
    again, steps = delivered(said)
    assert again.pk == first.pk
    assert [(step.received, step.skipped) for step in steps] == [(0, 2)]
    assert Exhibit.objects.count() == 2


def test_killed_before_its_answer_it_is_not_doubled_either(fresh_data: Path, tmp_path: Path) -> None:
    said = delivery(cast().france, given(tmp_path / "phone", a=b"one"))
    first, _ = delivered(said)
    given(Path(said.origin), b=b"came later")
    again, steps = delivered(said)
    assert again.pk == first.pk
    assert [(step.received, step.skipped) for step in steps] == [(1, 1)]
    again.refresh_from_db()
    assert (again.state, again.exhibits.count()) == (Submission.State.RECEIVED, 2)


def test_once_concluded_the_same_folder_is_another_submission_without_new_contents(
    fresh_data: Path, tmp_path: Path
) -> None:
    france = cast().france
    folder = given(tmp_path / "phone", a=b"one", b=b"two")
    first = submitted(france, folder)
    second, (step,) = delivered(delivery(france, folder))
    assert first.pk != second.pk
    assert (step.received, step.known) == (2, 2)
    assert (Exhibit.objects.count(), Content.objects.count(), Blob.objects.count()) == (4, 2, 2)


def test_a_file_that_changed_since_it_was_cut_off_is_kept_too(fresh_data: Path, tmp_path: Path) -> None:
    said = delivery(cast().france, given(tmp_path / "phone", a=b"before"))
    delivered(said)
    (tmp_path / "phone" / "a").write_bytes(b"after, and longer")
    submission, _ = delivered(said)
    assert sorted(submission.exhibits.values_list("path", "content__size")) == [("a", 6), ("a", 17)]


def test_other_words_make_another_submission(fresh_data: Path, tmp_path: Path) -> None:
    who, folder = cast(), given(tmp_path / "phone", a=b"one")
    first = open_submission(delivery(who.france, folder), operator_of(who.france))
    other = open_submission(delivery(who.france, folder, hash_only=True), operator_of(who.france))
    foreign = open_submission(delivery(who.australia, folder), operator_of(who.australia))
    assert len({first.pk, other.pk, foreign.pk}) == 3


def test_digests_first_then_the_bytes(fresh_data: Path, tmp_path: Path) -> None:
    who, folder = cast(), given(tmp_path / "phone", a=b"some bytes")
    before = jobs.unfinished(["examine"])
    hashes, _ = delivered(delivery(who.france, folder, hash_only=True))
    content = Content.objects.get()
    assert (content.state, content.blob_id, Blob.objects.count()) == (Content.State.HASH_ONLY, None, 0)
    assert progress_of(hashes).finished
    assert jobs.unfinished(["examine"]) == before
    submitted(who.australia, folder)
    content.refresh_from_db()
    assert content.state == Content.State.STORED
    assert jobs.unfinished(["examine"]) == before + 1
    with open_plain(bytes(content.sha256 or b"")) as plain:
        assert plain.read() == b"some bytes"
    assert progress_of(hashes).finished, "whether anyone has the bytes is not told"


def test_the_bytes_first_then_digests(fresh_data: Path, tmp_path: Path) -> None:
    who, folder = cast(), given(tmp_path / "phone", a=b"some bytes")
    submitted(who.france, folder)
    delivered(delivery(who.australia, folder, hash_only=True))
    assert Content.objects.get().state == Content.State.STORED


def test_a_closed_submission_takes_no_more(fresh_data: Path, tmp_path: Path) -> None:
    said = delivery(cast().france, given(tmp_path / "phone", a=b"one"))
    submission, _ = delivered(said)
    sealed = seal_one(b"late")
    with pytest.raises(Conflict, match="closed"):
        receive(submission, [Received("late", sealed.digests)], [sealed], operator_of(said.agency))
    assert Exhibit.objects.count() == 1


def test_a_delivery_that_goes_on_is_not_concluded(fresh_data: Path, tmp_path: Path) -> None:
    said = delivery(cast().france, given(tmp_path / "phone", a=b"one"))
    actor = operator_of(said.agency)
    submission = open_submission(said, actor)
    conclude_delivery(submission)
    assert open_submission(said, actor).pk == submission.pk
    close_submission(submission, actor)
    conclude_delivery(submission)
    assert open_submission(said, actor).pk != submission.pk


def test_a_digest_given_twice_in_a_batch_is_one_content(fresh_data: Path, tmp_path: Path) -> None:
    france = cast().france
    submission = open_submission(delivery(france, tmp_path), operator_of(france))
    one = Digests(md5=b"m" * 16, sha1=b"s" * 20, sha256=b"x" * 32, size=5)
    items = [Received(f"{n}\0.jpg", one, held=False, modified=datetime(2020, 1, n, tzinfo=UTC)) for n in (1, 2, 2)]
    written = receive(submission, items, [], operator_of(france))
    assert (len(written.contents), written.new_exhibits) == (1, 3)
    assert sorted(submission.exhibits.values_list("path", flat=True)) == ["1\\x00.jpg", "2\\x00.jpg"]


UNREADABLE = """
import os, sys
import django
django.setup()
os.setgid(65534), os.setuid(65534)
from pathlib import Path
from fanal.casework.evidence.found import walk
from fanal.core.vault.sealing import _pieces
from fanal.core.vault.errors import SourceUnreadable
for item in walk([Path(sys.argv[1])]):
    try:
        with _pieces(item.path) as pieces:
            print(item.name, len(b"".join(pieces)))
    except SourceUnreadable:
        print(item.name, "unreadable")
    except AttributeError:
        print(item.name, "left out")
"""


def test_files_and_folders_that_may_not_be_read_are_named(fresh_data: Path, tmp_path: Path) -> None:
    if os.getuid() == 0:
        for folder in (tmp_path, *tmp_path.parents[:-2]):
            folder.chmod(0o755)
    folder = given(tmp_path / "phone", a=b"one", b=b"two")
    (folder / "b").chmod(0)
    (folder / "c").mkdir(mode=0)
    if os.getuid() == 0:  # root may read all: another user walks
        ran = subprocess.run([sys.executable, "-c", UNREADABLE, str(folder)], capture_output=True, text=True)
        assert ran.stdout.splitlines() == ["a 3", "b unreadable", "c/ left out"], ran.stderr
        return
    submission, (step,) = delivered(delivery(cast().france, folder))
    assert [item.name for item in step.left_out] == ["c/", "b"]
    assert submission.exhibits.count() == 1
