"""Deleted is gone: no copy of the bytes opens with the keys that remain, no index knows them, and the log holds."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection

from desk import content_of, examined, lead_between
from fanal.casework.cases.actions import link, open_case
from fanal.casework.cases.models import Link as CaseLink
from fanal.casework.entries.actions import Evidence, link_contents, open_entry
from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.casework.evidence.scrub import verify_vault
from fanal.casework.leads.actions import judge, search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead, RegionSearch
from fanal.casework.prints.checking import verify_index
from fanal.casework.prints.models import Preview, Print
from fanal.casework.registry.actions import Words, keep_clue
from fanal.casework.registry.models import CluePrint, Sighting
from fanal.casework.retention.actions import propose_deletion
from fanal.casework.retention.models import Deletion, Tombstone
from fanal.core.access.models import User
from fanal.core.approvals.actions import agree
from fanal.core.approvals.models import Proposal
from fanal.core.audit.check import verify
from fanal.core.audit.models import Leaf
from fanal.core.vault import keyring, place
from fanal.core.vault.actions import BlobErased, open_plain
from fanal.core.vault.envelope import DataKey, NotGenuine
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM
from labour import all_done
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60.0
"""Seconds. Where it is quiet it is gone within one, and the number is printed; a busy machine may take longer."""
CANARY = b"A sentence that stands in one file alone, and nowhere else: Lisane."


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def ariane(who: Cast) -> User:
    """A supervisor of France."""
    return enrolled(who.france, "ariane", "supervisor")


@pytest.fixture
def ours(who: Cast, tmp_path: Path) -> Submission:
    """Three pictures and a text of France, of which New Zealand holds the first picture too."""
    folder = folder_of_pictures(tmp_path / "ours", range(3))
    (folder / "canary.txt").write_bytes(CANARY)
    made = submitted(who.france, folder, case="FR-13")
    theirs = submitted(who.new_zealand, folder_of_pictures(tmp_path / "theirs", range(1)), case="NZ-13")
    examined([made, theirs])
    return made


def ordered(ours: Submission, who: Cast) -> Proposal:
    return propose_deletion(f"submission:{ours.pk}", "court", "TA-2026-77", "The court of Foix orders it.", who.camille)


def files_of_the_store() -> dict[str, bytes]:
    """Return all that anyone may have copied of the media store."""
    store = place.store()
    copied = {}
    for name in (item.name for shard in SHARDS for item in store.objects(shard)):
        with closing(store.read(name)) as file:
            copied[name] = file.read()
    return copied


def keys_that_remain() -> Iterator[DataKey]:
    """Yield every key of a content that can still be unwrapped."""
    ring = keyring.load(place.key_file())
    for row in Blob.objects.filter(wrapped_key__isnull=False):
        yield DataKey(ring.unwrap(bytes(row.wrapped_key or b""), bytes(row.sha256)))


def opens(sealed: bytes) -> bool:
    """Tell whether any key that remains opens a copy of an object."""
    for key in keys_that_remain():
        try:
            b"".join(key.opening(BytesIO(sealed)))
        except NotGenuine:
            continue
        return True
    return False


def test_no_copy_of_the_bytes_opens_with_the_keys_that_remain(who: Cast, ariane: User, ours: Submission) -> None:
    gone = {pk: bytes(sha256 or b"") for pk, sha256 in ours.exhibits.values_list("content", "content__sha256")}
    shared = content_of(ours, "0000.jpg").pk
    digest_of_shared = gone.pop(shared)
    named = {bytes(row.sha256): row.name or "" for row in Blob.objects.all()}
    copied = files_of_the_store()
    previews = [bytes(one) for one in Preview.objects.filter(content__in=gone).values_list("sealed", flat=True)]
    assert previews
    assert all(opens(copied[named[sha256]]) for sha256 in gone.values()), "the test can open what is not erased"
    agree(ordered(ours, who).pk, ariane)
    for sha256 in gone.values():
        with pytest.raises(BlobErased):
            open_plain(sha256)
        assert not opens(copied[named[sha256]]), "a copy of the store is of no use"
        assert named[sha256] not in files_of_the_store()
    assert not any(_unsealed(one) for one in previews)
    assert not Preview.objects.filter(content__in=gone).exists()
    with open_plain(digest_of_shared) as plain:
        assert plain.read(), "New Zealand has what it submitted"
    assert Print.objects.filter(content=shared).exists()
    assert CANARY not in b"".join(_files(place.key_file().parent.parent))
    assert "Lisane" not in _rows(exclude=())
    tombs = {bytes(one.sha256 or b"") for one in Tombstone.objects.filter(agency=who.france)}
    assert tombs == {*gone.values(), digest_of_shared}
    erased = {sha256 for leaf in Leaf.objects.filter(action="evidence.erased") for sha256 in _digests(leaf)}
    assert erased == {sha256.hex() for sha256 in gone.values()}
    assert [verify().holds, verify_vault(SYSTEM).holds, verify_index(SYSTEM).holds] == [True, True, True]
    all_done("housekeeping")
    assert [verify().holds, verify_vault(SYSTEM).holds, verify_index(SYSTEM).holds] == [True, True, True]


def _unsealed(sealed: bytes) -> bool:
    for key in keys_that_remain():
        try:
            key.unseal(sealed)
        except NotGenuine:
            continue
        return True
    return False


def _files(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def _rows(exclude: tuple[str, ...]) -> str:
    """Return every row of the database as text."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in exclude]
        told = []
        for name in names:
            cursor.execute(f"SELECT coalesce(string_agg(r::text, chr(10)), '') FROM \"{name}\" r")
            told.append(cursor.fetchone()[0])
    return "\n".join(told)


def _digests(leaf: Leaf) -> list[str]:
    return list(json.loads(leaf.entry)["detail"]["sha256"])


def test_what_was_made_of_them_goes_too(who: Cast, ariane: User, ours: Submission, tmp_path: Path) -> None:
    others = submitted(who.britain, folder_of_pictures(tmp_path / "others", range(1, 3), edit=True))
    examined([others])
    first, second = content_of(ours, "0001.jpg"), content_of(ours, "0002.jpg")
    there = content_of(others, "0001.jpg")
    lead = lead_between(first, there, 2)
    judge(lead.pk, "same", who.edith)
    clue = keep_clue(second.pk, Box(0.1, 0.1, 0.5, 0.5), "clue", Words("Bottle of Lisane"), who.camille, shared=True)
    said = {"technique": "local/1", "confidence": 0.9, "why": "11 points."}
    Sighting.objects.create(clue=clue, content=there, created_at=clock.now(), **said)
    CluePrint.objects.create(clue=clue, technique="pdq/1", data=b"x")
    search_region(first.pk, Box(0.1, 0.1, 0.5, 0.5), who.camille)
    asked = search_region(there.pk, Box(0.1, 0.1, 0.5, 0.5), who.edith)
    hits = [{"content": one.pk, "confidence": 0.9, "why": "", "detail": {}} for one in (first, there)]
    RegionSearch.objects.filter(pk=asked.pk).update(hits=hits, state="done")
    entry = open_entry("series", "FR-S-1", who.camille, [first.pk])
    link_contents(entry.pk, [there.pk], "same", who.edith, Evidence(lead=lead.pk))
    case = open_case("The room", who.camille)
    for kind, thing in (("exhibit", ours.exhibits.all()[1].pk), ("lead", lead.pk), ("content", first.pk)):
        link(case.pk, kind, thing, who.camille)
    agree(ordered(ours, who).pk, ariane)
    assert [one.kind for one in CaseLink.objects.all()] == ["content"], "which nobody sees any more"
    assert (Lead.objects.count(), Sighting.objects.count(), CluePrint.objects.count()) == (0, 0, 0)
    (search,) = RegionSearch.objects.all()
    assert [hit["content"] for hit in search.hits] == [there.pk]
    assert "Lisane" not in _rows(exclude=("audit_leaf",))
    kept = set(Print.objects.values_list("content", flat=True).distinct())
    assert kept == {content_of(ours_shared(who), ".jpg").pk, *others.exhibits.values_list("content", flat=True)}


def ours_shared(who: Cast) -> Submission:
    return Submission.objects.get(agency=who.new_zealand)


POINTS = ("erase.exhibits_removed", "erase.key_destroyed", "erase.keys_destroyed", "erase.told", "retention.logged")


class Cut(Exception):
    """What stops a process in the middle."""


@pytest.mark.parametrize("point", POINTS)
def test_cut_off_anywhere_it_has_not_begun(who: Cast, ariane: User, ours: Submission, point: str) -> None:
    proposal, before = ordered(ours, who), (Exhibit.objects.count(), Leaf.objects.count(), Print.objects.count())

    def cut(reached: str) -> None:
        if reached == point:
            raise Cut

    crash.watch(cut)
    from fanal.core.vault import crash as vault_crash

    vault_crash.watch(cut)
    try:
        with pytest.raises(Cut):
            agree(proposal.pk, ariane)
    finally:
        crash.watch(None)
        vault_crash.watch(None)
    assert (Exhibit.objects.count(), Leaf.objects.count(), Print.objects.count()) == before
    assert verify_vault(SYSTEM).holds
    agree(proposal.pk, ariane)
    assert Deletion.objects.count() == 1


def test_objects_that_a_dead_process_left_are_deleted_by_a_job(
    who: Cast, ariane: User, ours: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fanal.core.vault import actions as vault

    before = set(files_of_the_store())
    with monkeypatch.context() as dead:
        dead.setattr(vault, "_delete_erased", lambda name: None)
        agree(ordered(ours, who).pk, ariane)
    assert set(files_of_the_store()) == before, "the process died before it deleted anything"
    all_done("housekeeping")
    assert len(set(files_of_the_store())) == len(before) - 3


WATCHES = """
import sys, time
import django
django.setup()
from fanal.casework.prints.queries import live_index
from fanal.core.access.asking import EVERYBODY, process_asks_for
process_asks_for(EVERYBODY)
index = live_index()
index.refresh()
before = len(index)
print("ready", before, flush=True)
while len(index) == before:
    time.sleep(0.01)
    index.refresh()
print("gone", len(index), time.time(), flush=True)
"""


def test_it_is_gone_from_the_index_of_another_process(who: Cast, ariane: User, ours: Submission) -> None:
    proposal, gone = ordered(ours, who), Print.objects.filter(technique="pdq/1", content__in=_alone(ours)).count()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "fanal.project.settings"}
    command = [sys.executable, "-c", WATCHES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as other:
        assert other.stdout is not None
        _, before = other.stdout.readline().split()
        began = time.time()
        agree(proposal.pk, ariane)
        done = time.time()
        _, after, at = other.stdout.readline().split()
        other.wait(PATIENCE)
    assert int(before) - int(after) == gone > 0
    sys.stdout.write(f"the agreement took {done - began:.3f} s; gone elsewhere {float(at) - done:+.3f} s after it\n")


def _alone(ours: Submission) -> list[int]:
    shared = content_of(ours, "0000.jpg").pk
    return [pk for pk in Content.objects.filter(exhibits__submission=ours).values_list("pk", flat=True) if pk != shared]
