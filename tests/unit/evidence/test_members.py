"""What lay in archives: each member an exhibit of the submission, whatever the archive is like."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.core.access.models import Agency
from fanal.core.jobs import queries as jobs
from fanal.core.jobs.worker import run_worker
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.refusals import Refusal
from world import cast, picture, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def jpeg(seed: int) -> bytes:
    buffer = io.BytesIO()
    picture(seed, (160, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2020, 5, 4, 3, 2, 2)), data)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


def nested(depth: int) -> bytes:
    data = zipped(("heart.jpg", jpeg(1)))
    for level in range(depth - 1, 0, -1):
        data = zipped((f"level {level}.zip", data))
    return data


def worked(agency: Agency, folder: Path) -> Submission:
    submission = submitted(agency, folder)
    run_worker(until_idle=True)
    assert jobs.shelf() == []
    return submission


def test_members_of_every_kind_of_archive(fresh_data: Path, tmp_path: Path) -> None:
    """One run of the workers for all: to start them is what takes time."""
    inner = tmp_path / "phone"
    inner.mkdir()
    twice = [("same.txt", b"one"), ("same.txt", b"two"), ("same.txt", b"one")]
    with pytest.warns(UserWarning, match="Duplicate name"):
        (inner / "twice.zip").write_bytes(zipped(*twice))
    (inner / "tape.tar.gz").write_bytes(tarred(("caf\udce9.jpg", jpeg(1)), ("empty", b"")))
    (inner / "deep.zip").write_bytes(nested(DEFAULT_LIMITS.archive_depth + 2))
    locked = bytearray(zipped(("locked.txt", b"secret"), ("open.txt", b"public")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    (inner / "locked.zip").write_bytes(bytes(locked))
    damaged = bytearray(zipped(("good.txt", b"good one"), ("bad.txt", b"bad one!")))
    damaged[damaged.index(b"bad one!")] ^= 0xFF
    (inner / "damaged.zip").write_bytes(bytes(damaged))
    (inner / "alone.jpg").write_bytes(jpeg(1))
    (inner / "empty").touch()

    submission = worked(cast().france, inner)

    def members(archive: str) -> list[tuple[str, int]]:
        found = Exhibit.objects.filter(submission=submission, parent__path=archive)
        return sorted((path, size or 0) for path, size in found.values_list("path", "content__size"))

    assert members("twice.zip") == [("same.txt", 3)] * 3
    sizes = Exhibit.objects.filter(parent__path="twice.zip").values("content").distinct().count()
    assert sizes == 2, "equal bytes in one archive are one content"
    assert [path for path, _ in members("tape.tar.gz")] == ["café.jpg", "empty"]
    assert [path for path, _ in members("locked.zip")] == ["open.txt"]
    assert [path for path, _ in members("damaged.zip")] == ["good.txt"]
    depths = Exhibit.objects.filter(submission=submission).order_by("-depth").values_list("depth", flat=True)
    assert depths[0] == DEFAULT_LIMITS.archive_depth
    refusals = dict(Content.objects.filter(state=Content.State.SHELVED).values_list("exhibits__path", "refusal"))
    assert refusals["locked.zip"] == Refusal.ENCRYPTED
    assert refusals["empty"] == Refusal.EMPTY
    assert Refusal.TOO_DEEP in refusals.values()
    same = Content.objects.get(exhibits__path="alone.jpg")
    assert set(same.exhibits.values_list("path", flat=True)) == {"alone.jpg", "café.jpg"}
    assert Exhibit.objects.filter(parent__path="twice.zip").first().modified_at.year == 2020  # type: ignore[union-attr]
