"""What can be read of an archive becomes exhibits of everyone who submits it, whatever is wrong with the rest."""

import io
import tarfile
from pathlib import Path

import pytest

from fanal.casework.evidence.models import Content, Submission
from fanal.casework.evidence.progress import progress_of
from fanal.core.jobs.worker import run_worker
from world import cast, picture, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def image(seed: int) -> bytes:
    """Draw a small picture and return its file."""
    out = io.BytesIO()
    picture(seed, (160, 120)).save(out, "PNG")
    return out.getvalue()


def torn_tape(members: dict[str, bytes]) -> bytes:
    """Return a TAR of these files in which nonsense follows the last of them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        end = archive.offset
    return out.getvalue()[:end] + b"\xff" * 512


def members(submission: Submission) -> set[str]:
    """Return the paths of what lay in archives."""
    return set(submission.exhibits.filter(parent__isnull=False).values_list("path", flat=True))


def damaged(folder: Path) -> Path:
    """Fill a folder with an archive of two pictures that ends in nonsense."""
    folder.mkdir()
    pictures = {name: image(seed) for seed, name in enumerate(("a.png", "b.png"))}
    (folder / "damaged.tar").write_bytes(torn_tape(pictures))
    return folder


def test_members_before_the_damage_are_exhibits(fresh_data: Path, tmp_path: Path) -> None:
    submission = submitted(cast().new_zealand, damaged(tmp_path / "disk"))

    run_worker(until_idle=True)

    assert members(submission) == {"a.png", "b.png"}
    assert submission.exhibits.get(parent__isnull=True).content.state == Content.State.SHELVED


def test_a_damaged_archive_is_unpacked_for_the_next_who_submits_it(fresh_data: Path, tmp_path: Path) -> None:
    people, folder = cast(), damaged(tmp_path / "disk")
    submitted(people.new_zealand, folder)
    run_worker(until_idle=True)

    again = submitted(people.france, folder)
    before = progress_of(again)
    run_worker(until_idle=True)

    assert before.waiting == 1
    assert members(again) == {"a.png", "b.png"}
    assert progress_of(again).finished
