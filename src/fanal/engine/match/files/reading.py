"""Reads files into what matching needs: digests, then the cache, then the wall; archives member by member."""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from fanal.engine.fingerprint.digest import DigestPass, Digests, digest_file
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.files.cache import SeenCache
from fanal.engine.match.files.seen import Fault, Knowledge, Seen
from fanal.engine.match.files.walk import Found
from fanal.engine.match.techniques import added
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.member import Member

logger = logging.getLogger(__name__)

Source = Path | BinaryIO
ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Question:
    """A file to read, or a region of a picture in it."""

    found: Found
    region: Region | None = None


class Examiner(Protocol):
    """Who looks into files: the sandbox, and in tests whoever stands in for it. Both raise MediaRefused."""

    def examine(self, source: Source, name: str, *, region: Region | None = None) -> Findings:
        """Return what a file is and holds; with a region, what that part of the picture holds."""
        ...

    def prints_of(self, source: Source, name: str, technique: str, *, region: Region | None = None) -> Findings:
        """Return the prints that an added technique makes of a file, or of a part of a picture."""
        ...

    def unpack(self, source: Source, name: str) -> Iterator[Member]:
        """Yield the members of an archive."""
        ...


class Reader:
    """Reads files with an examiner, each content once as long as the cache remembers it. Safe to call from threads."""

    def __init__(self, examiner: Examiner, cache: SeenCache | None = None) -> None:
        self._examiner = examiner
        self._cache = cache
        # One archive at a time: each may lay a member of many gigabytes in the temporary folder.
        self._unpacking = Lock()

    def read(self, question: Question) -> list[Seen]:
        """Return the file, and after an archive its members. Never raises for what a file holds or lacks."""
        found = question.found
        try:
            place = str(found.path.resolve(strict=True))
            digests = digest_file(found.path)
        except (OSError, RuntimeError) as error:
            return [Seen(found.name, str(found.path.absolute()), fault=_unreadable(error))]
        if question.region is not None:
            return [self._region(found, place, question.region)]
        seen = self._examined(found.path, found.name, place, digests)
        if seen.knowledge is None or seen.knowledge.family != ARCHIVE:
            return [seen]
        with self._unpacking:
            return [seen, *self._members(found.path, seen, depth=1)]

    def _region(self, found: Found, place: str, region: Region) -> Seen:
        """Return what a part of a picture holds. It has no digests: a part is no file."""
        try:
            known = _knowledge(self._examiner.examine(found.path, found.name, region=region))
            known = self._with_added(known, found.path, found.name, region)
        except MediaRefused as refused:
            return Seen(found.name, place, fault=_fault(refused))
        except OSError as error:
            return Seen(found.name, place, fault=_unreadable(error))
        width, height = (known.width or 0) - region.x, (known.height or 0) - region.y
        if width < 1 or height < 1:
            return Seen(found.name, place, fault=Fault("region.outside", "The region lies outside the picture."))
        part = replace(known, width=min(width, region.width), height=min(height, region.height))
        return Seen(found.name, place, None, part, corner=(region.x, region.y))

    def _examined(self, source: Source, name: str, place: str, digests: Digests) -> Seen:
        knowledge = self._cache.get(digests.sha256) if self._cache else None
        if knowledge is None:
            try:
                knowledge = self._with_added(_knowledge(self._examiner.examine(source, name)), source, name)
            except MediaRefused as refused:
                return Seen(name, place, digests, fault=_fault(refused))
            except OSError as error:
                return Seen(name, place, digests, fault=_unreadable(error))
            if self._cache:
                self._cache.put(digests.sha256, knowledge)
        return Seen(name, place, digests, knowledge)

    def _with_added(self, known: Knowledge, source: Source, name: str, region: Region | None = None) -> Knowledge:
        """Return what is known with the prints of added techniques. One that fails is said."""
        prints = known.prints
        for technique in added():
            if known.family in technique.reads:
                try:
                    prints += self._examiner.prints_of(source, name, technique.name, region=region).prints
                except MediaRefused as refused:
                    logger.warning("%s has no fingerprint by %s: %s", name, technique.name, refused.message)
        return replace(known, prints=prints)

    def _members(self, source: Source, archive: Seen, depth: int) -> list[Seen]:
        """Return the members of an archive; those that are archives are unpacked after it, never while it is open."""
        seen: list[Seen] = []
        nested: list[tuple[BinaryIO, Seen]] = []
        try:
            for number, member in enumerate(self._examiner.unpack(source, archive.name)):
                file, found = self._member(member, archive, number)
                seen.append(found)
                if found.knowledge is not None and found.knowledge.family == ARCHIVE:
                    nested.append((file, found))
                else:
                    file.close()
        except MediaRefused as refused:
            seen.append(Seen(f"{archive.name}/", f"{archive.place}/", fault=_fault(refused)))
        for file, found in nested:
            with closing(file):
                if depth < DEFAULT_LIMITS.archive_depth:
                    file.seek(0)
                    seen += self._members(file, found, depth + 1)
        return seen

    def _member(self, member: Member, archive: Seen, number: int) -> tuple[BinaryIO, Seen]:
        name, place = f"{archive.name}/{member.path}", f"{archive.place}/{number}"
        file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
        digests = DigestPass()
        try:
            for chunk in member.chunks:
                digests.update(chunk)
                file.write(chunk)
        except MediaRefused as refused:
            return file, Seen(name, place, fault=_fault(refused))
        file.flush()
        file.seek(0)
        return file, self._examined(file, name, place, digests.result())


def read_each(reader: Reader, files: Iterable[Question], threads: int) -> Iterator[list[Seen]]:
    """Read files on several threads and yield what each holds, in their order."""
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(reader.read, files)
    finally:
        # Whoever stops listening, by Ctrl-C or a closed pipe, does not wait for what was still to be read.
        pool.shutdown(cancel_futures=True)


def _knowledge(findings: Findings) -> Knowledge:
    return Knowledge(
        findings.family,
        findings.media_type,
        findings.width,
        findings.height,
        findings.duration,
        findings.prints,
        findings.facts,
    )


def _fault(refused: MediaRefused) -> Fault:
    return Fault(refused.code, refused.message)


def _unreadable(error: OSError | RuntimeError) -> Fault:
    # A link that leads to itself is told as a RuntimeError, without the system's words.
    words = getattr(error, "strerror", None) or "It is a link that leads to itself"
    return Fault("file.unreadable", f"{words}.")
