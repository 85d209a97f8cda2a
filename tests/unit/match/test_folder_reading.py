"""Reading files: digests, the cache, archives, and what cannot be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from fanal.engine.fingerprint.digest import digest_file
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.files.cache import SeenCache, default_folder
from fanal.engine.match.files.reading import Question, Reader, read_each
from fanal.engine.match.files.seen import Knowledge, Seen
from fanal.engine.match.files.walk import Found, walk
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal


class Stand:
    """Stands in for the sandbox: a text file whose first word says what it is; `archive` lists its members."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def examine(self, source: Path | BinaryIO, name: str, *, region: Region | None = None) -> Findings:
        self.asked.append(name)
        words = _text(source).split()
        if words[:1] == ["bad"]:
            raise MediaRefused(Refusal.MALFORMED)
        family = words[0] if words else "other"
        return Findings(f"{family}/test", family, 100, 50, prints=(Print("pdq/1", bytes(32), 80, None, bytes(224)),))

    def prints_of(
        self, source: Path | BinaryIO, name: str, technique: str, *, region: Region | None = None
    ) -> Findings:
        raise NotImplementedError

    def unpack(self, source: Path | BinaryIO, name: str) -> Iterator[Member]:
        for line in _text(source).splitlines()[1:]:
            path, _, content = line.partition("=")
            if path == "locked":
                yield Member(path, None, None, _locked())
            elif path == "end":
                raise MediaRefused(Refusal.TOO_MUCH_OUTPUT)
            else:
                yield Member(path, None, None, iter([content.replace("|", "\n").replace("~", "=").encode()]))


def _text(source: Path | BinaryIO) -> str:
    return source.read_text() if isinstance(source, Path) else source.read().decode()


def _locked() -> Iterator[bytes]:
    yield b"some"
    raise MediaRefused(Refusal.ENCRYPTED)


def read(reader: Reader, path: Path, region: Region | None = None) -> list[Seen]:
    return reader.read(Question(Found(path, path.name), region))


def test_a_file_is_known_by_its_digests_and_prints(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("image one")
    (seen,) = read(Reader(Stand()), tmp_path / "a")
    assert seen.digests == digest_file(tmp_path / "a")
    assert seen.knowledge is not None
    assert (seen.name, seen.knowledge.family, seen.fault) == ("a", "image", None)


def test_a_damaged_file_keeps_its_digests(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("bad")
    (seen,) = read(Reader(Stand()), tmp_path / "a")
    assert seen.digests is not None
    assert seen.fault is not None
    assert seen.fault.code == "media.malformed"


def test_files_that_are_not_there_or_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("absent", "loop"):
        (seen,) = read(Reader(Stand()), tmp_path / name)
        assert seen.fault is not None
        assert seen.fault.code == "file.unreadable"


def test_the_cache_spares_the_second_decode_of_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("image one")
    (tmp_path / "c").write_text("bad")
    stand, cache = Stand(), SeenCache(tmp_path / "cache")
    first = read(Reader(stand, cache), tmp_path / "a")
    second = read(Reader(stand, cache), tmp_path / "b")
    assert stand.asked == ["a"]
    assert first[0].knowledge == second[0].knowledge
    for _ in range(2):
        read(Reader(stand, cache), tmp_path / "c")
    assert stand.asked == ["a", "c", "c"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"family": 1}', b"\xff\xff"])
def test_a_damaged_entry_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    cache = SeenCache(tmp_path)
    cache.put(bytes(32), Knowledge("image", "image/png", prints=(Print("pdq/1", b"1", 3, 4.5, b"2"),)))
    assert cache.get(bytes(32)) == Knowledge("image", "image/png", prints=(Print("pdq/1", b"1", 3, 4.5, b"2"),))
    (entry,) = (path for path in tmp_path.rglob("*") if path.is_file())
    entry.write_bytes(damage)
    assert cache.get(bytes(32)) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    SeenCache(tmp_path / "file").put(bytes(32), Knowledge("image", "image/png"))


def test_the_cache_lies_where_the_user_wants_caches(tmp_path: Path) -> None:
    assert default_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "fanal" / "seen"
    assert default_folder({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache" / "fanal" / "seen"


def test_members_of_archives_and_of_archives_in_them(tmp_path: Path) -> None:
    (tmp_path / "z").write_text("archive\na.jpg=image a\nlocked=\ninner.zip=archive|b.jpg~image b\nc.jpg=bad")
    seen = read(Reader(Stand()), tmp_path / "z")
    assert [(one.name, one.fault.code if one.fault else None) for one in seen] == [
        ("z", None),
        ("z/a.jpg", None),
        ("z/locked", "media.encrypted"),
        ("z/inner.zip", None),
        ("z/c.jpg", "media.malformed"),
        ("z/inner.zip/b.jpg", None),
    ]
    assert len({one.place for one in seen}) == len(seen)


def test_an_archive_that_oversteps_keeps_what_came_before(tmp_path: Path) -> None:
    (tmp_path / "z").write_text("archive\na.jpg=image a\nend")
    seen = read(Reader(Stand()), tmp_path / "z")
    assert [one.name for one in seen] == ["z", "z/a.jpg", "z/"]
    assert seen[-1].fault is not None
    assert seen[-1].fault.code == "media.too_much_output"


def test_a_region_has_no_digests_and_knows_its_corner(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("image one")
    (seen,) = read(Reader(Stand()), tmp_path / "a", Region(90, 10, 30, 20))
    assert seen.digests is None
    assert seen.corner == (90, 10)
    assert seen.knowledge is not None
    assert (seen.knowledge.width, seen.knowledge.height) == (10, 20)
    (outside,) = read(Reader(Stand()), tmp_path / "a", Region(100, 0, 5, 5))
    assert outside.fault is not None
    assert outside.fault.code == "region.outside"


def test_answers_keep_the_order_of_the_questions(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}").write_text(f"image {number}")
    asked = [Question(found) for found in walk([tmp_path])]
    names = [seen[0].name for seen in read_each(Reader(Stand()), asked, threads=4)]
    assert names == [str(tmp_path / f"{number:02}") for number in range(20)]


def test_walking_skips_what_is_no_file_and_names_what_is_absent(tmp_path: Path) -> None:
    import os

    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to(tmp_path)
    found = [one.name for one in walk([tmp_path, tmp_path / "absent"])]
    assert found == [str(tmp_path / "round"), str(tmp_path / "folder" / "a"), str(tmp_path / "absent")][1:]
