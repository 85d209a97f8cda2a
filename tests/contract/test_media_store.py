"""What every media store promises: the local folder with and without nameless files, S3, and the one in memory."""

import random
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from fanal.core.vault import place
from fanal.core.vault.errors import ObjectExists, ObjectMissing
from fanal.core.vault.local import LocalStore
from fanal.core.vault.memory import MemoryStore
from fanal.core.vault.s3 import WHOLE, S3Store
from fanal.core.vault.store import SHARDS, MediaStore, new_name, new_shard
from fanal.kit import clock

KINDS = ("local", "local-named", "s3", "memory")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A server on loopback that speaks S3, with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/media", method="PUT")).close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MediaStore:
    """Each store in turn, empty."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "s3":
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3_server"))
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        return S3Store.at("media", new_name(new_shard()))
    local = LocalStore.at(str(tmp_path / "media"))
    return local if request.param == "local" else replace(local, unnamed=False)


def write(store: MediaStore, name: str, *pieces: bytes) -> None:
    """Store an object whose name is durable too."""
    with store.create(name) as sink:
        for piece in pieces:
            assert sink.write(piece) == len(piece)
    store.settle([name])


def read(store: MediaStore, name: str) -> bytes:
    """Return all bytes of an object."""
    with store.read(name) as stream:
        return stream.read()


@pytest.mark.parametrize("pieces", [(), (b"",), (b"one",), (b"one", b"", b"two"), (bytes(300_000), b"\xff" * 70_001)])
def test_what_is_written_is_read(store: MediaStore, pieces: tuple[bytes, ...]) -> None:
    name = new_name(new_shard())
    write(store, name, *pieces)
    assert store.exists(name)
    assert read(store, name) == b"".join(pieces)


def test_large_objects_come_back_in_pieces(store: MediaStore, dice: random.Random) -> None:
    piece = dice.randbytes(1 << 20)
    name = new_name(new_shard())
    count = (WHOLE >> 20) + 3
    write(store, name, *[piece] * count, b"end")
    with store.read(name) as stream:
        for _ in range(count):
            got = b""
            while len(got) < len(piece):
                got += stream.read(len(piece) - len(got))
            assert got == piece
        assert stream.read(10) == b"end"
        assert stream.read(10) == b""


def test_an_object_is_written_once(store: MediaStore) -> None:
    name = new_name(new_shard())
    write(store, name, b"first")
    with pytest.raises(ObjectExists):
        write(store, name, b"second")
    assert read(store, name) == b"first"


def test_a_large_object_is_written_once_too(store: MediaStore) -> None:
    name = new_name(new_shard())
    write(store, name, b"first")
    with pytest.raises(ObjectExists):
        write(store, name, *[bytes(1 << 20)] * ((WHOLE >> 20) + 1))
    assert read(store, name) == b"first"


def test_of_many_writers_of_one_name_exactly_one_wins(store: MediaStore) -> None:
    name = new_name(new_shard())

    def attempt(number: int) -> bool:
        try:
            write(store, name, b"%d" % number)
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(attempt, range(8)))
    assert sum(won) == 1
    assert read(store, name) == b"%d" % won.index(True)


def write_and_fail(store: MediaStore, name: str, size: int) -> None:
    """Stop in the middle of an object."""
    with store.create(name) as sink:
        sink.write(bytes(size))
        raise KeyboardInterrupt


@pytest.mark.parametrize("size", [10, WHOLE + (1 << 20)])
def test_a_writer_that_fails_leaves_nothing_to_see(store: MediaStore, size: int) -> None:
    name = new_name(new_shard())
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(store, name, size)
    assert not store.exists(name)
    assert list(store.objects(name[:2])) == []
    with pytest.raises(ObjectMissing):
        store.read(name)


def test_deleting_twice_is_deleting_once(store: MediaStore) -> None:
    name = new_name(new_shard())
    write(store, name, b"gone soon")
    assert store.delete(name)
    assert not store.exists(name)
    assert not store.delete(name)
    with pytest.raises(ObjectMissing):
        store.read(name)


def test_objects_are_listed_by_shard(store: MediaStore) -> None:
    begun = clock.now() - timedelta(seconds=2)
    names = {new_name(shard) for shard in ("00", "00", "7f", "ff")}
    for name in names:
        write(store, name, b"12345")
    listed = [item for shard in SHARDS for item in store.objects(shard)]
    assert {item.name for item in listed} == names
    assert {item.size for item in listed} == {5}
    assert all(begun <= item.modified <= clock.now() + timedelta(seconds=2) for item in listed)
    assert {item.name for item in store.objects("00")} == {name for name in names if name.startswith("00")}


def test_leavings_are_cleared_and_objects_are_not(store: MediaStore) -> None:
    name = new_name(new_shard())
    write(store, name, b"stays")
    if isinstance(store, LocalStore):
        (store.folder / "tmp" / "left").write_bytes(b"half")
        assert store.clear_leavings(clock.now() - timedelta(hours=1)) == 0
        assert store.clear_leavings(clock.now() + timedelta(hours=1)) == 1
    assert store.clear_leavings(clock.now() + timedelta(hours=1)) == 0
    assert read(store, name) == b"stays"


def test_the_url_chooses_the_store(tmp_path: Path) -> None:
    assert isinstance(place.open_store((tmp_path / "a b").as_uri()), LocalStore)
    assert (tmp_path / "a b").is_dir()
    assert isinstance(place.open_store("s3://bucket/pre/fix"), S3Store)
