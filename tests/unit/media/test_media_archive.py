"""Archives: members streamed, names made safe, limits kept."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fanal.engine.media.archive import unpack
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.refusals import Refusal
from hostile.archive_bombs import links_out, locked
from hostile.wellformed import taped, zipped

MEMBERS = {"a/one.bin": bytes(range(256)) * 9000, "b/ünï.txt": b"two", "empty": b""}


def taken(data: bytes, name: str = "x", limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes]:
    return {member.path: b"".join(member.chunks) for member in unpack(io.BytesIO(data), name, limits)}


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Refusal:
    with pytest.raises(MediaRefused) as refused:
        taken(data, limits=limits)
    return refused.value.refusal


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_in_every_method(method: int) -> None:
    assert taken(zipped(MEMBERS, method)) == MEMBERS


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_tar_in_every_form(form: int, pack: object) -> None:
    members = {**MEMBERS, "long/" + "n" * 90 + "/name": b"x"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_580_000_000
            archive.addfile(info, io.BytesIO(data))
    assert callable(pack)
    assert taken(pack(out.getvalue())) == members


def test_times_and_sizes() -> None:
    (member,) = unpack(io.BytesIO(zipped({"a": b"bytes"})), "x")
    assert (member.size, member.modified) == (5, datetime(2020, 2, 3, 4, 5, 6))  # noqa: DTZ001 - a ZIP knows no zone
    (member,) = unpack(io.BytesIO(taped({"a": b"bytes"})), "x")
    assert member.modified == datetime.fromtimestamp(1_580_000_000, UTC)


def test_members_left_unread_are_passed_over() -> None:
    for data in (zipped(MEMBERS), taped(MEMBERS), gzip.compress(taped(MEMBERS))):
        assert [member.path for member in unpack(io.BytesIO(data), "x")] == list(MEMBERS)


def test_chunks_are_bounded() -> None:
    small = replace(DEFAULT_LIMITS, chunk_bytes=1000)
    for data in (zipped(MEMBERS), taped(MEMBERS), gzip.compress(MEMBERS["a/one.bin"])):
        for member in unpack(io.BytesIO(data), "x", small):
            assert all(len(chunk) <= 1000 for chunk in member.chunks)


def test_a_compressed_file_is_an_archive_of_one() -> None:
    assert taken(gzip.compress(b"text " * 99) + gzip.compress(b"more"), "dir/notes.txt.gz") == {
        "notes.txt": b"text " * 99 + b"more"
    }


def test_names_are_kept_but_can_do_no_harm() -> None:
    names = list(taken(zipped({"../../etc/passwd": b"1", "gpj\u202eexe.bin": b"2", "n" * 5000: b"3"})))
    assert names[0] == "../../etc/passwd"
    assert names[1] == "gpj\ufffdexe.bin"
    assert len(names[2]) == DEFAULT_LIMITS.name_length


def test_links_and_devices_are_left_out_and_counted() -> None:
    links = links_out()
    assert taken(links) == {}
    assert examine(io.BytesIO(links), "x").facts["links_skipped"] == 4


def test_a_locked_archive_says_so() -> None:
    assert refusal(locked()) == Refusal.ENCRYPTED
    assert examine(io.BytesIO(locked()), "x").facts["members_encrypted"] == 1


def test_one_damaged_member_costs_only_itself() -> None:
    data = zipped({"a": b"good", "b": b"spoiled bytes", "c": b"good too"}, zipfile.ZIP_STORED)
    ends: dict[str, bytes | Refusal] = {}
    for member in unpack(io.BytesIO(data.replace(b"spoiled", b"spoilt!", 1)), "x"):
        try:
            ends[member.path] = b"".join(member.chunks)
        except MediaRefused as refused:
            ends[member.path] = refused.refusal
    assert ends == {"a": b"good", "b": Refusal.MALFORMED, "c": b"good too"}


def test_limits() -> None:
    data = zipped({str(number): b"x" * 1000 for number in range(20)})
    tape = taped({str(number): b"x" * 1000 for number in range(20)})
    for each in (data, tape):
        assert refusal(each, replace(DEFAULT_LIMITS, archive_members=10)) == Refusal.TOO_MANY_MEMBERS
        assert refusal(each, replace(DEFAULT_LIMITS, output_bytes=5000)) == Refusal.TOO_MUCH_OUTPUT
        assert refusal(each, replace(DEFAULT_LIMITS, member_bytes=999)) == Refusal.TOO_MUCH_OUTPUT
    swollen = gzip.compress(bytes(4 << 20))
    assert refusal(swollen, replace(DEFAULT_LIMITS, ratio=100, ratio_floor=1 << 20)) == Refusal.TOO_MUCH_OUTPUT


def test_what_is_no_archive() -> None:
    assert refusal(b"words, nothing else") == Refusal.UNKNOWN_KIND
    assert refusal(b"") == Refusal.EMPTY
    assert refusal(gzip.compress(b"cut off" * 99)[:-20]) == Refusal.MALFORMED
    assert refusal(taped(MEMBERS)[:5000]) == Refusal.MALFORMED
