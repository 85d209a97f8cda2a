"""The decoder's side of the wire: findings, members and refusals as bytes."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Fact, Findings, Preview, Print
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox import wire


def findings_said(findings: Findings) -> bytes:
    """Return the answer for one file. Texts lose their control characters and what is longer than the wire carries."""
    return b"".join(
        (
            bytes([wire.FINDINGS]),
            _text(findings.media_type, wire.LONGEST_NAME),
            _text(findings.family, wire.LONGEST_NAME),
            _maybe_number(findings.width),
            _maybe_number(findings.height),
            _maybe_real(findings.duration),
            _maybe_number(findings.frames),
            struct.pack("!I", len(findings.facts)),
            *(_fact(name, value) for name, value in findings.facts.items()),
            struct.pack("!I", len(findings.prints)),
            *map(_print, findings.prints),
            struct.pack("!I", len(findings.previews)),
            *map(_preview, findings.previews),
        )
    )


def refusal_said(refusal: Refusal) -> bytes:
    """Return the answer that refuses the file."""
    return struct.pack("!BH", wire.REFUSED, refusal)


def members_said(members: Iterator[Member]) -> Iterator[bytes]:
    """Yield the answer for an archive, piece by piece; a refusal of the archive itself is for the caller."""
    for member in members:
        yield b"".join(
            (
                bytes([wire.MEMBER]),
                _text(member.path, wire.LONGEST_PATH),
                _maybe_number(member.size),
                _maybe_time(member.modified),
            )
        )
        ending = b"\0"
        try:
            for chunk in member.chunks:
                for start in range(0, len(chunk), wire.LONGEST_CHUNK):
                    piece = chunk[start : start + wire.LONGEST_CHUNK]
                    yield struct.pack("!BI", wire.CHUNK, len(piece)) + piece
        except MediaRefused as error:
            ending = struct.pack("!BH", 1, error.refusal)
        yield bytes([wire.MEMBER_END]) + ending
    yield bytes([wire.END])


def _fact(name: str, value: Fact) -> bytes:
    said = _text(name, wire.LONGEST_NAME)
    if isinstance(value, str):
        return said + bytes([wire.TEXT]) + _text(value, wire.LONGEST_TEXT)
    if isinstance(value, float):
        return said + struct.pack("!Bd", wire.REAL, value)
    return said + struct.pack("!Bq", wire.WHOLE, value)


def _print(each: Print) -> bytes:
    return b"".join(
        (
            _text(each.technique, wire.LONGEST_NAME),
            _bytes(each.data),
            _maybe_number(each.quality),
            _maybe_real(each.time),
            _bytes(each.turned),
        )
    )


def _preview(preview: Preview) -> bytes:
    return _bytes(preview.image) + struct.pack("!II", preview.width, preview.height) + _maybe_real(preview.time)


def _bytes(data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + data


def _text(text: str, longest: int) -> bytes:
    data = wire.CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "replace")[:longest]
    # Cutting may have split a character: what is left of it goes too.
    return _bytes(data.decode("utf-8", "ignore").encode("utf-8"))


def _maybe_number(number: int | None) -> bytes:
    return b"\0" if number is None else struct.pack("!Bq", 1, number)


def _maybe_real(real: float | None) -> bytes:
    return b"\0" if real is None else struct.pack("!Bd", 1, real)


def _maybe_time(time: datetime | None) -> bytes:
    if time is None:
        return b"\0"
    zoned = time.tzinfo is not None
    since = (time if zoned else time.replace(tzinfo=UTC)) - wire.EPOCH
    return struct.pack("!BBq", 1, zoned, since // timedelta(microseconds=1))
