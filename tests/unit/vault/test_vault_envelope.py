"""Sealing and opening: every byte counts, every key is bound to its content, wherever the segments end."""

import io
import json
import random
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.core.vault import keyring
from fanal.core.vault.envelope import PIECE, DataKey, NotGenuine
from fanal.core.vault.errors import KeyRefused, KeysLost, StorageFull

# The first segment carries a header of 40 bytes; each segment of a MiB ends with a tag of 16.
FIRST = PIECE - 40 - 16
NEXT = PIECE - 16
BOUNDARIES = [size + step for size in (0, FIRST, PIECE, FIRST + NEXT, 2 * PIECE) for step in (-1, 0, 1)]
SHA256 = bytes(range(32))


def seal(key: DataKey, data: bytes, cut: int = PIECE) -> bytes:
    """Seal `data`, written in pieces of `cut` bytes."""
    sink = io.BytesIO()
    with key.sealing(sink) as stream:
        for start in range(0, len(data), cut):
            stream.write(data[start : start + cut])
    return sink.getvalue()


def unseal(key: DataKey, sealed: bytes) -> bytes:
    """Open `sealed`, whole."""
    return b"".join(key.opening(io.BytesIO(sealed)))


@pytest.mark.parametrize("size", [size for size in BOUNDARIES if size >= 0])
def test_sizes_around_the_ends_of_segments(size: int, dice: random.Random) -> None:
    key, data = DataKey.new(), dice.randbytes(size)
    sealed = seal(key, data)
    assert unseal(key, sealed) == data
    assert len(sealed) == size + 40 + 16 * (1 + max(0, -(-(size - FIRST) // NEXT)))


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 3 * PIECE), cut=st.integers(1, 2 * PIECE), seed=st.integers(0, 2**32))
def test_any_size_in_any_pieces_comes_back(size: int, cut: int, seed: int) -> None:
    key, data = DataKey.new(), random.Random(seed).randbytes(size)
    assert unseal(key, seal(key, data, max(cut, size // 64 + 1))) == data


def test_any_altered_byte_is_noticed(dice: random.Random) -> None:
    key = DataKey.new()
    sealed = bytearray(seal(key, b"what was seized"))
    for place in range(len(sealed)):
        sealed[place] ^= 1 << dice.randrange(8)
        with pytest.raises(NotGenuine):
            unseal(key, bytes(sealed))
        sealed = bytearray(seal(key, b"what was seized"))


def test_altered_bytes_of_large_contents_are_noticed(dice: random.Random) -> None:
    key = DataKey.new()
    sealed = seal(key, dice.randbytes(2 * PIECE + 100))
    for _ in range(40):
        place = dice.randrange(len(sealed))
        altered = sealed[:place] + bytes([sealed[place] ^ 1 << dice.randrange(8)]) + sealed[place + 1 :]
        with pytest.raises(NotGenuine):
            unseal(key, altered)


@pytest.mark.parametrize("kept", [0, 1, 39, 40, 55, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 155])
def test_a_cut_end_is_noticed_even_between_segments(kept: int, dice: random.Random) -> None:
    key = DataKey.new()
    sealed = seal(key, dice.randbytes(2 * PIECE + 100))
    assert len(sealed) > kept
    with pytest.raises(NotGenuine):
        unseal(key, sealed[:kept])


def test_segments_cannot_be_swapped_doubled_or_added(dice: random.Random) -> None:
    key = DataKey.new()
    sealed = seal(key, dice.randbytes(3 * PIECE))
    first, second, third = sealed[:PIECE], sealed[PIECE : 2 * PIECE], sealed[2 * PIECE :]
    for forged in (first + third[:PIECE] + second, first + second + second + third, sealed + b"\0"):
        with pytest.raises(NotGenuine):
            unseal(key, forged)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotGenuine):
        unseal(DataKey.new(), seal(DataKey.new(), b"x"))


def test_a_derivative_is_no_original_and_the_other_way_round() -> None:
    key = DataKey.new()
    assert key.unseal(key.seal(b"preview")) == b"preview"
    with pytest.raises(NotGenuine):
        unseal(key, key.seal(b"preview"))
    with pytest.raises(NotGenuine):
        key.unseal(seal(key, b"original"))


def test_equal_bytes_look_different() -> None:
    key = DataKey.new()
    assert key.seal(b"same") != key.seal(b"same")


def test_what_the_sink_raises_arrives_as_it_is_and_nothing_is_written_after() -> None:
    class Full:
        """A sink with no room."""

        calls = 0

        def write(self, data: bytes, /) -> int:
            """Refuse."""
            self.calls += 1
            raise StorageFull("no room")

    sink = Full()
    with pytest.raises(StorageFull), DataKey.new().sealing(sink) as stream:
        stream.write(bytes(3 * PIECE))
    assert sink.calls == 1


def test_what_the_source_raises_arrives_as_it_is() -> None:
    class Broken(io.BytesIO):
        """A disk that fails."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Fail."""
            raise KeysLost("as an example")

    with pytest.raises(KeysLost):
        list(DataKey.new().opening(Broken()))


def test_a_key_opens_only_for_its_own_content(tmp_path: Path) -> None:
    ring = keyring.make(tmp_path / "keys" / "vault.json")
    key = DataKey.new()
    wrapped = ring.wrap(key.handle, SHA256)
    sealed = seal(key, b"bytes")
    assert unseal(DataKey(ring.unwrap(wrapped, SHA256)), sealed) == b"bytes"
    with pytest.raises(KeyRefused, match="ff00"):
        ring.unwrap(wrapped, b"\xff" + bytes(31))
    with pytest.raises(KeyRefused):
        ring.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), SHA256)
    with pytest.raises(KeyRefused):
        keyring.make(tmp_path / "other" / "vault.json").unwrap(wrapped, SHA256)


def test_the_key_file_is_for_the_server_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.json"
    keyring.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]
    path.chmod(0o640)
    with pytest.raises(KeysLost, match="others can read"):
        keyring.load(path)


def test_of_many_that_make_the_first_key_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.json"
    with ThreadPoolExecutor(8) as threads:
        rings = list(threads.map(lambda _: keyring.make(path), range(8)))
    assert len({ring.primary for ring in rings}) == 1
    assert list(path.parent.iterdir()) == [path]


def test_rotation_keeps_what_was_and_retiring_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.json"
    old = keyring.make(path)
    wrapped = old.wrap(DataKey.new().handle, SHA256)
    new = keyring.rotate(path)
    assert new.primary != old.primary
    assert new.numbers == (old.primary, new.primary)
    rewrapped = new.wrap(new.unwrap(wrapped, SHA256), SHA256)
    with pytest.raises(KeyRefused):
        old.unwrap(rewrapped, SHA256)
    assert keyring.retire(path, {old.primary}).numbers == new.numbers
    left = keyring.retire(path, set())
    assert left.numbers == (new.primary,)
    left.unwrap(rewrapped, SHA256)
    with pytest.raises(KeyRefused):
        left.unwrap(wrapped, SHA256)


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json", json.dumps({"primaryKeyId": 1, "key": []})])
def test_a_spoilt_key_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vault.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysLost, match=r"vault\.json cannot be used"):
        keyring.load(path)


def test_a_key_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeysLost, match="are not in") as caught:
        keyring.load(tmp_path / "vault.json")
    assert "backup" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
