"""Three digests in one pass."""

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.fingerprint.digest import CHUNK, DigestPass, Digests, digest_file


def plainly(data: bytes) -> Digests:
    return Digests(hashlib.md5(data).digest(), hashlib.sha1(data).digest(), hashlib.sha256(data).digest(), len(data))


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_pieces_have_the_digests_of_the_whole(pieces: list[bytes]) -> None:
    digests = DigestPass()
    for piece in pieces:
        digests.update(piece)
    assert digests.result() == plainly(b"".join(pieces))


def test_a_file_longer_than_a_chunk(tmp_path: Path) -> None:
    data = bytes(range(256)) * (CHUNK // 256) + b"and a bit more"
    (tmp_path / "file").write_bytes(data)
    assert digest_file(tmp_path / "file") == plainly(data)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert digest_file(tmp_path / "file") == plainly(b"")
