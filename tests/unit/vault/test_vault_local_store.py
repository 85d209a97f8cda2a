"""What only the folder store promises: rights, the order of syncs, and plain words when the disk fails."""

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from fanal.core.vault import crash, place
from fanal.core.vault.errors import StorageFull, StoreUnavailable
from fanal.core.vault.local import LocalStore
from fanal.kit.errors import Invalid

NAME = "ab" + 30 * "c"


@pytest.fixture(params=[True, False], ids=["nameless", "named"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> LocalStore:
    """The store with and without nameless files."""
    return replace(LocalStore.at(str(tmp_path / "media")), unnamed=request.param)


def content(store: LocalStore) -> bytes:
    """Return the bytes of the one object."""
    with store.read(NAME) as stream:
        return stream.read()


def test_nobody_else_can_read_anything(store: LocalStore) -> None:
    with store.create(NAME) as sink:
        sink.write(b"x")
    for path in [store.folder, *store.folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_bytes_are_synced_before_the_name_and_the_name_before_settle_returns(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    with store.create(NAME) as sink:
        sink.write(b"warm")
    store.delete(NAME)
    monkeypatch.setattr(os, "fsync", watched)
    crash.watch(lambda point: seen.append(point) if point in ("store.named", "store.settled") else None)
    try:
        with store.create(NAME) as sink:
            sink.write(b"x")
        store.settle([NAME])
    finally:
        crash.watch(None)
    assert seen == ["file", "store.named", "folder", "store.settled"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StoreUnavailable)],
)
@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_failing_disk_is_told_in_our_words(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int, kind: type[Exception]
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(kind, match="media store"), store.create(NAME) as sink:
        sink.write(b"x")
    monkeypatch.undo()
    assert not store.exists(NAME)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
    with store.create(NAME) as sink:
        sink.write(b"room again")
    assert content(store) == b"room again"


def test_a_kernel_that_takes_less_than_it_is_given_loses_nothing(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:3])))
    with store.create(NAME) as sink:
        sink.write(b"0123456789")
    monkeypatch.undo()
    assert content(store) == b"0123456789"


@pytest.mark.parametrize("url", ["", "media", "file://other-host/x", "ftp://host/x", "s3://"])
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="no media store"):
        place.open_store(url)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="Not a directory"):
        LocalStore.at(str(tmp_path / "file" / "media"))
