"""`fanal text`: what can be read in pictures and films, and where it points to."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli.reading import open_reader, questions, read_with_progress

if TYPE_CHECKING:
    from fanal.engine.match.files.seen import Seen
    from fanal.engine.text.line import Line, Page


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(text)


def text(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders and archives.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a file.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read every file anew; keep nothing.")] = False,
) -> None:
    """Print what can be read in pictures and films, and the countries it points to. Needs the extra `ocr`, no database.

    A file that cannot be read is a line with an error. Ends with 1 only if no file could be read.
    """
    readable = False
    with open_reader(cache=not no_cache, text=True) as reader:
        for held in read_with_progress(reader, questions(paths), "Reading"):
            for seen in held:
                readable |= seen.fault is None
                sys.stdout.write(json.dumps(plain(seen), ensure_ascii=False) + "\n" if as_json else _for_people(seen))
    if not readable:
        raise typer.Exit(1)


def plain(seen: "Seen") -> dict[str, Any]:
    """Return what was read in a file as JSON knows it."""
    from fanal.engine.text.line import SURE
    from fanal.engine.text.pointers import pointers_in
    from fanal.engine.text.stored import pages_of

    if seen.fault is not None:
        return {"path": seen.name, "error": {"code": seen.fault.code, "message": seen.fault.message}}
    pages = pages_of(seen.prints)
    sure = [line.text for page in pages for line in page.lines if line.confidence >= SURE]
    pointers = [
        {"kind": str(one.kind), "country": one.country, "quote": one.quote, "weight": one.weight, "why": one.reason}
        for one in pointers_in(sure)
    ]
    return {"path": seen.name, "pages": [_page(page) for page in pages], "pointers": pointers}


def _page(page: "Page") -> dict[str, Any]:
    time = {} if page.time is None else {"time": page.time}
    return {**time, "width": page.width, "height": page.height, "lines": [_line(line) for line in page.lines]}


def _line(line: "Line") -> dict[str, Any]:
    from fanal.engine.text.language import language_of
    from fanal.engine.text.script import script_of

    said = {"script": script_of(line.text), "language": language_of(line.text)}
    return {
        "text": line.text,
        "confidence": line.confidence,
        "direction": line.direction,
        "corners": [list(corner) for corner in line.corners],
        **{name: value for name, value in said.items() if value is not None},
    }


def _for_people(seen: "Seen") -> str:
    found = plain(seen)
    lines = [found["path"]]
    if seen.fault is not None:
        lines.append(f"  cannot be read: {seen.fault.message}")
    elif not found["pages"]:
        lines.append("  no text was read")
    for page in found.get("pages", ()):
        lines += [f"  {line['confidence']:.0%}  {line['text']}" for line in page["lines"]]
    lines += [f"  {one['country']}  {one['why']}" for one in found.get("pointers", ())]
    return "\n".join(lines) + "\n"
