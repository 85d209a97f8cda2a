"""`fanal fingerprint`: what files are, and what they are comparable by."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli.origin import origin_of
from fanal.doors.cli.reading import open_reader, questions, read_with_progress
from fanal.engine.fingerprint.prints import IN_THUMBNAIL, of_technique

PDQ = "pdq/1"

if TYPE_CHECKING:
    from fanal.engine.match.files.seen import Seen


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(fingerprint)


def fingerprint(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders and archives.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a file.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read every file anew; keep nothing.")] = False,
) -> None:
    """Print digests, fingerprints and facts of files. Needs no database.

    With --json also what the facts tell: `taken` (when, how that is known, and doubts), `place` (country, nearest town,
    borders that are near), `devices` (camera and lens by their serial numbers), and `thumbnail`, the fingerprint of an
    embedded thumbnail that shows something else than its picture.

    A file that cannot be read is a line with an error. Ends with 1 only if no file could be read.
    """
    readable = False
    with open_reader(cache=not no_cache) as reader:
        for held in read_with_progress(reader, questions(paths), "Fingerprinting"):
            for seen in held:
                readable |= seen.fault is None
                sys.stdout.write((json.dumps(plain(seen), ensure_ascii=False) if as_json else line(seen)) + "\n")
    if not readable:
        raise typer.Exit(1)


def plain(seen: "Seen") -> dict[str, Any]:
    """Return what is known of a file as JSON knows it; what does not apply is left out."""
    known = seen.knowledge
    if known is None or seen.digests is None:
        fault = seen.fault
        found: dict[str, Any] = {"path": seen.name, **_digests(seen)}
        return {**found, "error": {"code": fault.code, "message": fault.message} if fault else None}
    found = {"path": seen.name, "kind": known.family, "media_type": known.media_type, **_digests(seen)}
    sizes = {"width": known.width, "height": known.height, "duration": known.duration}
    found |= {name: value for name, value in sizes.items() if value is not None}
    for still in (p for p in of_technique(known.prints, PDQ) if p.time is None):
        found["pdq"] = {"hash": still.data.hex(), "quality": still.quality}
    for thumbnail in (p for p in of_technique(known.prints, PDQ) if p.time == IN_THUMBNAIL):
        found["thumbnail"] = {"hash": thumbnail.data.hex(), "quality": thumbnail.quality}
    frames = [
        {"time": p.time, "pdq": {"hash": p.data.hex(), "quality": p.quality}}
        for p in of_technique(known.prints, PDQ)
        if p.time is not None and p.time >= 0
    ]
    if frames:
        found["frames"] = frames
    return found | origin_of(known)


def line(seen: "Seen") -> str:
    """Return what is known of a file in one line for people: SHA-256, kind, PDQ or frames, name."""
    if seen.knowledge is None or seen.digests is None:
        return f"{'-' * 12}  cannot be read  {seen.name}: {seen.fault.message if seen.fault else ''}"
    prints = of_technique(seen.prints, PDQ)
    first = f"pdq {prints[0].data.hex()[:16]}… quality {prints[0].quality}" if prints else "no fingerprint"
    what = f"{len(prints)} frames" if prints and prints[0].time is not None else first
    return f"{seen.digests.sha256.hex()[:12]}  {seen.knowledge.media_type}  {what}  {seen.name}"


def _digests(seen: "Seen") -> dict[str, Any]:
    digests = seen.digests
    if digests is None:
        return {}
    return {
        "sha256": digests.sha256.hex(),
        "sha1": digests.sha1.hex(),
        "md5": digests.md5.hex(),
        "size": digests.size,
    }
