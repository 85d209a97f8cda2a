"""The one entry behind the wall: a file in, findings out."""

import struct
import warnings
import zlib
from dataclasses import replace
from typing import BinaryIO

import av

from fanal.engine.fingerprint.added import discover
from fanal.engine.fingerprint.camera import camera_prints
from fanal.engine.fingerprint.maker import Form, Maker
from fanal.engine.fingerprint.region import Region
from fanal.engine.media.archive import archive_findings
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.image import read_image
from fanal.engine.media.kinds import HEAD_BYTES, UNKNOWN, Kind, sniff
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.region import read_region
from fanal.engine.media.serving import prints_for
from fanal.engine.media.video import read_recording

__all__ = ["examine", "prints_of"]


def examine(file: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS, region: Region | None = None) -> Findings:
    """Return what a file is and holds: facts, prints and small previews. With a region: the prints of that part alone.

    `file` is open for reading and can seek; `name` is only words. A file whose kind is known but not read (a document,
    a playlist) gives findings of the family `other`. An archive gives facts alone: `unpack` gives its members.
    Raises MediaRefused and nothing else.
    """
    try:
        with warnings.catch_warnings():
            # A decoder's warnings carry the file's words and would be printed by the hundred thousand.
            warnings.simplefilter("ignore")
            return _examined(file, name, limits, region)
    except MediaRefused:
        raise
    except MemoryError:
        raise MediaRefused(Refusal.OUT_OF_MEMORY) from None
    except av.FFmpegError as fault:
        # What FFmpeg means by it: the file would not fit.
        no_memory = isinstance(fault, MemoryError | OSError) and getattr(fault, "errno", None) == 12
        raise MediaRefused(Refusal.OUT_OF_MEMORY if no_memory else Refusal.MALFORMED) from None
    except Exception:  # noqa: BLE001 - the boundary of all decoders: whatever they raise, and its words, stays here
        raise MediaRefused(Refusal.MALFORMED) from None


def prints_of(
    file: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS, region: Region | None = None, *, technique: str
) -> Findings:
    """Return what a file is, and the prints that one added technique makes of it or of a region; nothing else.

    Raises MediaRefused and nothing else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _served(file, name, limits, region, discover().maker(technique))
    except MediaRefused:
        raise
    except MemoryError:
        raise MediaRefused(Refusal.OUT_OF_MEMORY) from None
    except Exception:  # noqa: BLE001 - another's code, or a decoder within it: its words stay here
        raise MediaRefused(Refusal.TECHNIQUE_FAILED) from None


def _served(file: BinaryIO, name: str, limits: Limits, region: Region | None, maker: Maker) -> Findings:
    file.seek(0)
    kind = sniff(file.read(HEAD_BYTES), name)
    file.seek(0)
    facts = None
    if region is None and (Form.FACTS in maker.forms or kind == UNKNOWN):
        whole = _read(file, kind, limits)
        facts = whole.facts if Form.FACTS in maker.forms else None
        kind = kind if kind != UNKNOWN else Kind(whole.media_type, whole.family)
        file.seek(0)
    prints = prints_for(maker, file, kind, limits, facts, region)
    return Findings(kind.media_type, kind.family, prints=prints)


def _examined(file: BinaryIO, name: str, limits: Limits, region: Region | None) -> Findings:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise MediaRefused(Refusal.EMPTY)
    kind = sniff(head, name)
    file.seek(0)
    if region is not None:
        return read_region(file, kind, limits, region)
    findings = _read(file, kind, limits)
    size = (findings.width, findings.height) if findings.width and findings.height else None
    return replace(findings, prints=(*findings.prints, *camera_prints(findings.facts, size)))


def _read(file: BinaryIO, kind: Kind, limits: Limits) -> Findings:
    if kind == UNKNOWN:
        return _probe(file, limits)
    if not kind.reader:
        return Findings(kind.media_type, kind.family)
    if kind.family == "image":
        return read_image(file, kind, limits)
    if kind.family == "archive":
        return archive_findings(file, kind, limits)
    return read_recording(file, kind, limits)


def _probe(file: BinaryIO, limits: Limits) -> Findings:
    """Ask FFmpeg about a file whose first bytes tell nothing; what it cannot decode either is of unknown kind."""
    try:
        return read_recording(file, UNKNOWN, limits)
    except MediaRefused as refused:
        if refused.refusal == Refusal.MALFORMED:
            raise MediaRefused(Refusal.UNKNOWN_KIND) from None
        raise
    except (av.FFmpegError, ValueError, OSError, struct.error, zlib.error):
        raise MediaRefused(Refusal.UNKNOWN_KIND) from None
