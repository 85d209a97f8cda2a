"""Bytes and their rows: stored once, opened whole, erased for good, swept and checked."""

import io
import os
import random
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from fanal.core.vault import actions, batches, crash, envelope, place, plain, queries, rows, sealing
from fanal.core.vault.errors import (
    BlobDamaged,
    BlobErased,
    BlobMissing,
    KeyRefused,
    KeysLost,
    SealExpired,
    SourceUnreadable,
    StorageFull,
)
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS
from fanal.engine.fingerprint.digest import DigestPass
from fanal.kit import clock, settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_data")]
NOW = timedelta(seconds=-5)
"""A grace that lets nothing live."""
committed = pytest.mark.django_db(transaction=True)
"""For what happens only once a transaction is over."""


def put(data: bytes) -> bytes:
    """Store bytes; return their SHA-256."""
    with transaction.atomic():
        return actions.put(data).sha256


def opened(sha256: bytes) -> bytes:
    """Return the plain bytes of a content."""
    with actions.open_plain(sha256) as file:
        return file.read()


def names() -> set[str]:
    """Return the names of all objects in the store."""
    return {item.name for shard in SHARDS for item in place.store().objects(shard)}


def object_of(sha256: bytes) -> Path:
    """Return the file of a content's object."""
    name = Blob.objects.get(sha256=sha256).name
    assert name is not None
    return settings.read().data / "media" / name[:2] / name[2:]


@pytest.mark.parametrize("size", [0, 1, 100_000, sealing.SMALL, sealing.SMALL + 1, sealing.SMALL + 3_000_000])
@pytest.mark.parametrize("kind", ["bytes", "path", "file"])
def test_what_is_put_is_opened(size: int, kind: str, dice: random.Random, tmp_path: Path) -> None:
    data = dice.randbytes(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    with path.open("rb") as file, transaction.atomic():
        sources: dict[str, actions.Source] = {"bytes": data, "path": path, "file": file}
        stored = actions.put(sources[kind])
    expected = DigestPass()
    expected.update(data)
    digests = expected.result()
    assert (stored.sha256, stored.sha1, stored.md5, stored.size) == (
        digests.sha256,
        digests.sha1,
        digests.md5,
        size,
    )
    assert stored.fresh
    assert opened(stored.sha256) == data
    assert size < 64 or data[:64] not in object_of(stored.sha256).read_bytes()


def test_a_known_content_adds_nothing() -> None:
    with transaction.atomic():
        first = actions.put(b"twice")
    before = names()
    with transaction.atomic():
        second = actions.put(io.BytesIO(b"twice"))
    assert (first.fresh, second.fresh) == (True, False)
    assert names() == before
    assert Blob.objects.count() == 1


@committed
def test_large_known_contents_leave_no_second_object(dice: random.Random) -> None:
    data = dice.randbytes(sealing.SMALL + 1)
    put(data)
    before = names()
    put(data)
    assert names() == before


@committed
def test_nothing_is_stored_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        actions.put(b"x")
    with pytest.raises(TransactionManagementError):
        actions.store_rows(actions.seal_all([b"x"]))  # type: ignore[arg-type]
    with pytest.raises(TransactionManagementError):
        actions.erase(bytes(32))


def test_bytes_are_in_the_store_before_the_row_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    crash.watch(seen.append)
    try:
        put(b"in order")
    finally:
        crash.watch(None)
    order = ["seal.digested", "store.first_bytes", "store.synced", "store.named", "store.settled", "rows.inserted"]
    assert [point for point in seen if point in order] == order


@committed
def test_a_batch_answers_in_order_and_seals_equal_bytes_once(tmp_path: Path, dice: random.Random) -> None:
    put(b"known before")
    large = dice.randbytes(sealing.SMALL + 7)
    path = tmp_path / "large"
    path.write_bytes(large)
    sources: list[actions.Source] = [b"a", path, b"b", b"a", b"known before", b"", path]
    outcomes = actions.seal_all(sources)
    sealed = [item for item in outcomes if isinstance(item, actions.Sealed)]
    assert len(sealed) == len(sources)
    with transaction.atomic():
        stored = actions.store_rows(sealed)
    assert [item.fresh for item in stored] == [True, True, True, False, False, True, False]
    assert [item.size for item in stored] == [1, len(large), 1, 1, 12, 0, len(large)]
    assert Blob.objects.count() == 5
    assert names() == set(Blob.objects.values_list("name", flat=True))
    assert opened(stored[1].sha256) == large


def test_many_files_in_many_batches(tmp_path: Path, dice: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_COUNT", 7)
    monkeypatch.setattr(batches, "BATCH_BYTES", 50_000)
    paths = [tmp_path / str(number) for number in range(60)]
    for path in paths:
        path.write_bytes(dice.randbytes(dice.randrange(20_000)))
    outcomes = actions.seal_all(paths)
    with transaction.atomic():
        stored = actions.store_rows([item for item in outcomes if isinstance(item, actions.Sealed)])
    assert [opened(item.sha256) for item in stored] == [path.read_bytes() for path in paths]


def test_a_source_that_cannot_be_read_is_an_outcome(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    outcomes = actions.seal_all([tmp_path / "none", b"good", tmp_path, tmp_path / "pipe"])
    assert [type(item) for item in outcomes] == [
        SourceUnreadable,
        actions.Sealed,
        SourceUnreadable,
        SourceUnreadable,
    ]
    assert str(tmp_path / "none") in str(outcomes[0])
    with pytest.raises(SourceUnreadable), transaction.atomic():
        actions.put(tmp_path / "none")


def test_a_rolled_back_batch_is_discarded_and_what_has_rows_stays() -> None:
    kept = actions.seal_all([b"kept"])
    lost = actions.seal_all([b"lost"])
    with transaction.atomic():
        actions.store_rows([item for item in kept if isinstance(item, actions.Sealed)])
    actions.discard([*kept, *lost])
    assert names() == set(Blob.objects.values_list("name", flat=True))
    assert len(names()) == 1


def test_a_full_disk_keeps_nothing_and_room_again_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = os.write, [0]

    def full(descriptor: int, data: bytes) -> int:
        calls[0] += 1
        if calls[0] > 12:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    named: list[str] = []
    crash.watch(lambda point: named.append(point) if point == "store.named" else None)
    monkeypatch.setattr(os, "write", full)
    try:
        with pytest.raises(StorageFull, match="No room is left") as caught:
            actions.seal_all([b"%d" % number for number in range(40)])
    finally:
        crash.watch(None)
    assert caught.value.status == 507
    assert named, "some objects were whole before the disk was full"
    # monkeypatch.undo() would take back the data folder of this test as well.
    monkeypatch.setattr(os, "write", write)
    assert names() == set()
    assert opened(put(b"room")) == b"room"


def test_sealed_bytes_that_waited_too_long_get_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = actions.seal_one(b"slow")
    later = clock.monotonic() + rows.FRESH_FOR + 1
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    with pytest.raises(SealExpired), transaction.atomic():
        actions.store_rows([sealed])


def test_an_opened_content_cannot_be_changed_and_has_no_name(dice: random.Random) -> None:
    sha256 = put(dice.randbytes(1000))
    with actions.open_plain(sha256) as file:
        assert file.seekable()
        assert "memfd" in str(Path(f"/proc/self/fd/{file.fileno()}").readlink())
        with pytest.raises(OSError, match="not permitted"):
            os.write(file.fileno(), b"x")
        with pytest.raises(OSError, match="not permitted"):
            os.ftruncate(file.fileno(), 0)


def test_large_contents_are_opened_in_a_file_without_a_name(
    monkeypatch: pytest.MonkeyPatch, dice: random.Random, fresh_data: Path
) -> None:
    monkeypatch.setattr(plain, "IN_MEMORY", 1000)
    data = dice.randbytes(5000)
    with actions.open_plain(put(data)) as file:
        assert "(deleted)" in str(Path(f"/proc/self/fd/{file.fileno()}").readlink())
        assert file.read() == data
    assert list((fresh_data / "plain").iterdir()) == []


def test_an_unknown_content_says_so() -> None:
    with pytest.raises(BlobMissing):
        actions.open_plain(bytes(32))
    with transaction.atomic(), pytest.raises(BlobMissing):
        actions.erase(bytes(32))


def test_an_altered_object_does_not_open(dice: random.Random) -> None:
    sha256 = put(dice.randbytes(10_000))
    path = object_of(sha256)
    sealed = path.read_bytes()
    for _ in range(30):
        altered = bytearray(sealed)
        altered[dice.randrange(len(sealed))] ^= 1 << dice.randrange(8)
        path.write_bytes(altered)
        with pytest.raises(BlobDamaged, match=sha256.hex()):
            actions.open_plain(sha256)
    path.unlink()
    with pytest.raises(BlobDamaged, match="gone"):
        actions.open_plain(sha256)


def test_an_object_or_key_of_another_content_does_not_open() -> None:
    one, two = put(b"one"), put(b"two")
    object_of(one).write_bytes(object_of(two).read_bytes())
    with pytest.raises(BlobDamaged):
        actions.open_plain(one)
    Blob.objects.filter(sha256=one).update(wrapped_key=Blob.objects.get(sha256=two).wrapped_key)
    with pytest.raises(KeyRefused):
        actions.open_plain(one)


@committed
def test_many_contents_are_opened_with_one_question_and_what_was_erased_since_says_so() -> None:
    one, two, gone = put(b"one"), put(b"two"), put(b"gone before")
    with transaction.atomic():
        actions.erase(gone)
    held = actions.holdings([one, two, gone, bytes(32)])
    assert held.keys() == {one, two}
    with CaptureQueriesContext(connection) as asked, held[one].open() as file:
        assert file.read() == b"one"
        assert actions.unseal(one, held[one].seal(b"preview")) == b"preview"
    assert len([each for each in asked if "vault_blob" in each["sql"]]) == 1, "unsealing asks; opening does not"
    with transaction.atomic():
        actions.erase(two)
    with pytest.raises(BlobErased, match="erased"):
        held[two].open()
    object_of(one).unlink()
    with pytest.raises(BlobDamaged, match="gone"):
        held[one].open()


def test_derivatives_are_sealed_under_the_contents_own_key() -> None:
    one, two = put(b"one"), put(b"two")
    sealed = actions.seal(one, b"preview")
    assert b"preview" not in sealed
    assert actions.unseal(one, sealed) == b"preview"
    with pytest.raises(BlobDamaged):
        actions.unseal(two, sealed)
    assert actions.unseal_all([(one, sealed), (bytes(32), b""), (two, actions.seal(two, b"2"))]) == [
        b"preview",
        None,
        b"2",
    ]


@committed
def test_erasing_destroys_bytes_and_derivatives_for_good() -> None:
    sha256, other = put(b"to be erased"), put(b"stays")
    preview = actions.seal(sha256, b"preview")
    path, sealed = object_of(sha256), object_of(sha256).read_bytes()
    with transaction.atomic():
        actions.erase(sha256)
        assert path.exists(), "the bytes go only once the key is gone for good"
    assert not path.exists()
    path.write_bytes(sealed)  # an object brought back from a backup helps nobody
    for attempt in (
        lambda: actions.open_plain(sha256),
        lambda: actions.unseal(sha256, preview),
        lambda: actions.seal(sha256, b"x"),
    ):
        with pytest.raises(BlobErased, match="erased"):
            attempt()
    assert actions.unseal_all([(sha256, preview)]) == [None]
    with transaction.atomic():
        actions.erase(sha256)
    assert opened(other) == b"stays"
    assert queries.holdings() == queries.Holdings(contents=1, plain_bytes=5, erased=1)
    row = Blob.objects.get(sha256=sha256)
    assert (row.wrapped_key, row.name) == (None, None)
    assert row.size == 12


def test_a_rolled_back_erasure_erases_nothing() -> None:
    sha256 = put(b"kept after all")
    with transaction.atomic():
        actions.erase(sha256)
        transaction.set_rollback(True)
    assert opened(sha256) == b"kept after all"


def test_erased_bytes_that_are_seized_again_are_stored_again() -> None:
    sha256 = put(b"again")
    preview = actions.seal(sha256, b"preview")
    with transaction.atomic():
        actions.erase(sha256)
    with transaction.atomic():
        assert actions.put(b"again").fresh
    assert opened(sha256) == b"again"
    with pytest.raises(BlobDamaged):
        actions.unseal(sha256, preview)


def test_what_is_erased_while_it_is_submitted_again_is_not_taken_as_known() -> None:
    sha256 = put(b"race")
    sealed = actions.seal_one(b"race")
    assert sealed.name is None
    with transaction.atomic():
        actions.erase(sha256)
    with pytest.raises(SealExpired, match="erased while"), transaction.atomic():
        actions.store_rows([sealed])


def test_the_sweep_takes_orphans_names_what_is_missing_and_spares_the_young(fresh_data: Path) -> None:
    kept, gone = put(b"kept"), put(b"gone")
    object_of(gone).unlink()
    orphans = [item for item in actions.seal_all([b"orphan 1", b"orphan 2"]) if isinstance(item, actions.Sealed)]
    report = actions.sweep()
    assert (report.orphans, report.missing) == (0, (gone,))
    (fresh_data / "media" / "tmp" / "left").write_bytes(b"half")
    report = actions.sweep(NOW)
    assert (report.objects, report.orphans, report.leavings, report.missing) == (3, 2, 1, (gone,))
    assert report.orphan_bytes > 0
    assert opened(kept) == b"kept"
    assert not any(place.store().exists(item.name or "") for item in orphans)
    assert actions.sweep(NOW).orphans == 0


def test_check_finds_a_flipped_bit_in_each_of_200_contents(dice: random.Random) -> None:
    outcomes = actions.seal_all([dice.randbytes(dice.randrange(1, 3000)) for _ in range(220)])
    with transaction.atomic():
        stored = actions.store_rows([item for item in outcomes if isinstance(item, actions.Sealed)])
    assert list(queries.check_all()) == []
    harmed = {item.sha256 for item in dice.sample(stored, 200)}
    for sha256 in harmed:
        path = object_of(sha256)
        sealed = bytearray(path.read_bytes())
        sealed[dice.randrange(len(sealed))] ^= 1 << dice.randrange(8)
        path.write_bytes(sealed)
    seen: list[int] = []
    faults = list(queries.check_all(seen.append))
    assert {fault.sha256 for fault in faults} == harmed
    assert len(faults) == 200
    assert all(fault.code == "vault.damaged" and fault.sha256.hex() in fault.message for fault in faults)
    assert seen == [220]


def test_check_compares_all_three_digests_and_goes_on_after_a_lost_object() -> None:
    one, two, three, four = (put(b"%d" % number) for number in range(4))
    Blob.objects.filter(sha256=one).update(md5=bytes(16))
    Blob.objects.filter(sha256=two).update(sha1=bytes(20))
    object_of(three).unlink()
    assert {fault.sha256 for fault in actions.check()} == {one, two, three}
    assert opened(four) == b"3"


def test_rotation_rewraps_keys_and_touches_no_object() -> None:
    contents = [put(b"%d" % number) for number in range(5)]
    preview = actions.seal(contents[0], b"preview")
    before = {path: path.read_bytes() for path in map(object_of, contents)}
    primary = actions.rotate_keys()
    new = put(b"new")
    assert actions.retire_keys() == 0
    assert actions.rewrap() == 5
    assert actions.rewrap() == 0
    assert actions.retire_keys() == 1
    assert set(Blob.objects.values_list("key_id", flat=True)) == {primary}
    assert {path: path.read_bytes() for path in before} == before
    assert [opened(sha256) for sha256 in (*contents, new)] == [b"0", b"1", b"2", b"3", b"4", b"new"]
    assert actions.unseal(contents[0], preview) == b"preview"


def test_lost_keys_are_told_and_no_new_ones_are_made_over_them() -> None:
    sha256 = put(b"locked")
    place.key_file().unlink()
    for attempt in (
        lambda: actions.open_plain(sha256),
        lambda: actions.seal_all([b"x"]),
        lambda: list(actions.check()),
    ):
        with pytest.raises(KeysLost, match="are not in"):
            attempt()
    assert not place.key_file().exists()


def test_what_the_store_holds_tells_nothing() -> None:
    sha256 = put(b"secret" * 100)
    path = object_of(sha256)
    sealed = path.read_bytes()
    assert sha256.hex()[:8] not in str(path)
    assert b"secret" not in sealed
    with closing(place.store().read(path.parent.name + path.name)) as stream, pytest.raises(envelope.NotGenuine):
        list(envelope.DataKey.new().opening(stream))
