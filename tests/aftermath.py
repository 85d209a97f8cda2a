"""What must hold of evidence after any accident, and the folders that accidents happen to."""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import connection

from fanal.casework.evidence.found import FoundFile, walk
from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.casework.evidence.progress import progress_of
from fanal.casework.leads.matching import resembling
from fanal.casework.leads.models import Lead
from fanal.core.jobs import queries as jobs
from fanal.core.vault import actions as vault
from fanal.core.vault import place
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS
from world import edited, picture

FILES_A_FOLDER = 8
MEMBERS = ("inside/copy.jpg", "inside/note.txt", "inside/other.jpg", "inside/again.jpg")


IN_COMPANY = {"local/1"}
"""What it says of a pair depends on what else is there then: what many pictures have in common counts for little."""


def seized_folder(folder: Path, seed: int) -> Path:
    """Fill a folder with what a phone holds: pictures, edited copies, duplicates, an archive, odd and empty files."""
    folder.mkdir(parents=True)
    size = (200, 150)
    first, second = picture(seed, size), picture(seed + 1_000_000, size)
    first.save(folder / "a first.jpg", quality=90)
    edited(first, scale=0.9).save(folder / "b copy.jpg", quality=80)
    second.save(folder / "c second.jpg", quality=90)
    (folder / "d duplicate.jpg").write_bytes((folder / "a first.jpg").read_bytes())
    (folder / "e empty").touch()
    (folder / "g large.bin").write_bytes(hashlib.sha256(str(seed).encode()).digest() * 5000)
    picture(7, size).save(folder / "h shared.jpg", quality=90)
    with zipfile.ZipFile(folder / "i archive.zip", "w") as archive:
        archive.writestr(MEMBERS[0], (folder / "b copy.jpg").read_bytes())
        archive.writestr(MEMBERS[1], f"note {seed}")
        buffer = folder / "other.tmp"
        edited(second, scale=0.9).save(buffer, "JPEG", quality=80)
        archive.writestr(MEMBERS[2], buffer.read_bytes())
        archive.writestr(MEMBERS[3], (folder / "a first.jpg").read_bytes())
        buffer.unlink()
    return folder


def files_of(folder: Path) -> list[FoundFile]:
    """Return the files of a folder in the order in which they are delivered."""
    return [item for item in walk([folder]) if isinstance(item, FoundFile)]


def nothing_half_made() -> None:
    """Assert what holds at every moment: whatever has a row has its bytes, and no original is of zero length."""
    exhibits = Exhibit.objects.filter(content__blob__isnull=True).exclude(content__state=Content.State.HASH_ONLY)
    assert not exhibits.exists(), "an exhibit without bytes"
    stored = {item.name: item.size for shard in SHARDS for item in place.store().objects(shard)}
    held = list(Blob.objects.filter(name__isnull=False).values_list("name", "size"))
    assert [name for name, size in held if stored.get(name or "", 0) <= size] == [], "a row whose bytes are not there"
    shelved = Content.objects.filter(state=Content.State.EXAMINED, media_type="")
    assert not shelved.exists(), "examined, and nothing said of it"


def acknowledged_is_kept(folder: Path, notes: Path) -> int:
    """Assert that each file which was acknowledged is an exhibit with its very bytes; return how many those are."""
    done = max((int(line) for line in notes.read_text().split()), default=0) if notes.exists() else 0
    for file in files_of(folder)[:done]:
        data = file.path.read_bytes()
        digest = hashlib.sha256(data).digest()
        found = Exhibit.objects.filter(submission__label=folder.name, path=file.name, parent=None)
        assert [bytes(exhibit.content.sha256 or b"") for exhibit in found.select_related("content")] == [digest]
        with vault.open_plain(digest) as plain:
            assert plain.read() == data
    return done


def all_is_well(folders: Sequence[Path]) -> None:
    """Assert what holds once all was delivered and worked on: each file once, nothing waits, nothing is left over."""
    for folder in folders:
        submission = Submission.objects.get(label=folder.name)
        paths = Counter(submission.exhibits.filter(parent=None).values_list("path", flat=True))
        assert paths == Counter(file.name for file in files_of(folder))
        members = Counter(submission.exhibits.filter(parent__isnull=False).values_list("path", flat=True))
        assert members == Counter(MEMBERS)
        progress = progress_of(submission)
        assert progress.finished, progress
    nothing_half_made()
    assert jobs.unfinished() == 0
    assert [entry for entry in jobs.shelf() if entry.code != "x"] == []
    digests = [bytes(sha256 or b"") for sha256 in Content.objects.values_list("sha256", flat=True)]
    assert len(digests) == len(set(digests)) == Blob.objects.count()
    leads_are_those_of_an_undisturbed_run(folders)
    vault.sweep(timedelta(seconds=-5))
    left = {item.name for shard in SHARDS for item in place.store().objects(shard)}
    assert left == set(Blob.objects.values_list("name", flat=True)), "objects that belong to nobody after one sweep"
    assert list(vault.check()) == []


def leads_are_those_of_an_undisturbed_run(folders: Sequence[Path]) -> None:
    """Assert that the leads are exactly what the rows say, as if all had been compared at the end."""
    everything = Content.objects.filter(state=Content.State.EXAMINED).values_list("id", flat=True)
    expected = {
        _pair(proposal.contents)
        for proposal in resembling(everything)
        if {said.technique for said in proposal.findings} - IN_COMPANY
    }
    leads = Lead.objects.exclude(technique="exact/1").values_list("left", "right", "findings")
    found = [_pair((left, right)) for left, right, said in leads if {one["technique"] for one in said} - IN_COMPANY]
    more, fewer = Counter(found) - Counter(expected), Counter(expected) - Counter(found)
    assert (more, fewer) == (Counter(), Counter()), "leads that should not be, and leads that are missing"
    for folder in folders:
        assert _linked(folder) >= {("a first.jpg", "b copy.jpg"), ("c second.jpg", MEMBERS[2])}


def _linked(folder: Path) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT one.path, two.path FROM leads_lead AS lead
              JOIN evidence_exhibit AS one ON one.content_id IN (lead.left_id, lead.right_id)
              JOIN evidence_exhibit AS two ON two.content_id IN (lead.left_id, lead.right_id)
              JOIN evidence_submission AS submission ON submission.id = one.submission_id
             WHERE one.submission_id = two.submission_id AND one.content_id <> two.content_id
               AND submission.label = %s
            """,
            [folder.name],
        )
        return set(cursor.fetchall())


def _pair(contents: Iterable[int]) -> tuple[int, int]:
    first, second = sorted(contents)
    return first, second
