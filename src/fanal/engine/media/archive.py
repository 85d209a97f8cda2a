"""Archives as containers of exhibits: members are streamed in bounded chunks and never touch a disk.

`unpack` hands out one level; whoever hands members in again counts the depth (`Limits.archive_depth`).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from fanal.engine.media import tape, zipped
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings
from fanal.engine.media.inflate import COMPRESSIONS, Inflating
from fanal.engine.media.kinds import HEAD_BYTES, TAR, Kind, sniff
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.member import Member
from fanal.engine.media.outflow import Outflow
from fanal.engine.media.refusals import Refusal

__all__ = ["Member", "archive_findings", "unpack"]

_SUFFIXES = (".gz", ".bz2", ".xz")


def unpack(file: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Member]:
    """Yield the files of an archive in its order; take a member's chunks before asking for the next.

    Folders, links and devices are left out; `archive_findings` counts them. A locked or damaged member raises
    MediaRefused when its chunks are read, and the next may be asked for all the same. What concerns the whole archive
    (limits, damage, a password on everything) raises MediaRefused here. Raises MediaRefused and nothing else.
    """
    try:
        for member in _members(file, name, limits):
            yield replace(member, chunks=_guarded(member.chunks))
    except MediaRefused:
        raise
    except MemoryError:
        raise MediaRefused(Refusal.OUT_OF_MEMORY) from None
    except Exception:  # noqa: BLE001 - the boundary of all unpackers: whatever they raise, and its words, stays here
        raise MediaRefused(Refusal.MALFORMED) from None


def _guarded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except MediaRefused:
        raise
    except MemoryError:
        raise MediaRefused(Refusal.OUT_OF_MEMORY) from None
    except Exception:  # noqa: BLE001 - as above, for the bytes of one member
        raise MediaRefused(Refusal.MALFORMED) from None


def _members(file: BinaryIO, name: str, limits: Limits) -> Iterator[Member]:
    size = file.seek(0, 2)
    file.seek(0)
    kind = sniff(file.read(HEAD_BYTES), name)
    file.seek(0)
    outflow = Outflow(limits, size)
    if kind.reader == "zip":
        return zipped.members(file, limits, outflow)
    if kind == TAR:
        return tape.members(tape.Seekable(file), limits, outflow)
    if kind.reader in COMPRESSIONS:
        return _compressed(file, name, kind, limits, outflow)
    raise MediaRefused(Refusal.UNKNOWN_KIND if size else Refusal.EMPTY)


def _compressed(file: BinaryIO, name: str, kind: Kind, limits: Limits, outflow: Outflow) -> Iterator[Member]:
    """A compressed file is a tape archive or a single file without a name of its own."""
    stream = Inflating(file, kind.reader, outflow)
    if sniff(stream.peek(HEAD_BYTES)) == TAR:
        # The stream itself already counts what comes out, so the members are not counted a second time.
        yield from tape.members(tape.Forward(stream), limits, Outflow(limits, None))
        return
    title = zipped.safe_path(name.replace("\\", "/").rsplit("/", 1)[-1], limits)
    for suffix in _SUFFIXES:
        title = title.removesuffix(suffix)
    yield Member(title or "content", None, None, stream.chunks(limits.chunk_bytes))


def archive_findings(file: BinaryIO, kind: Kind, limits: Limits) -> Findings:
    """Return the facts about an archive that can be told without unpacking it."""
    sheet = FactSheet(limits)
    if kind.reader == "zip":
        zipped.facts(file, limits, sheet)
    elif kind == TAR:
        tape.facts(tape.Seekable(file), limits, sheet)
    else:
        sheet.add("compression", kind.reader)
    return Findings(kind.media_type, "archive", facts=sheet.facts)
