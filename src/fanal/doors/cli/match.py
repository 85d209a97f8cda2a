"""`fanal match`: compare files with a folder, without any database."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.reading import open_reader, questions, read_with_progress
from fanal.kit.errors import Invalid, NotFound
from fanal.kit.machine import cores

if TYPE_CHECKING:
    from fanal.engine.match.files.answers import Answer
    from fanal.engine.match.files.reading import Question, Reader
    from fanal.engine.match.files.seen import Seen


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)


def match(
    queries: Annotated[
        list[Path] | None, typer.Argument(metavar="QUERY...", help="Files, folders and archives to look for.")
    ] = None,
    *,
    against: Annotated[Path, typer.Option(metavar="REF", help="The folder, file or archive to look in.")],
    region: Annotated[
        str | None, typer.Option(metavar="X,Y,W,H", help="Look for this part of the query pictures only, in pixels.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Lines of path,x,y,w,h: each is one query.")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Also read and compare text: needs the extra `ocr`, and a second a picture.")
    ] = False,
    ubiquitous: Annotated[
        Path | None,
        typer.Option(metavar="PATTERNS", help="Pictures of what is seen everywhere, such as a watermark: not counted."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read every file anew; keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a query.")] = False,
) -> None:
    """Find copies of files in a folder, altered ones too. Needs no database.

    Prints one answer a query, its matches surest first. A file that cannot be read is an answer with an error; the
    command ends with 1 only if no query could be read.
    """
    asked = _asked(queries or [], region, regions)
    if not against.exists():
        raise NotFound(f"There is nothing at {against}.", next_step="Name an existing folder after --against.")
    if ubiquitous is not None and not ubiquitous.exists():
        raise NotFound(f"There is nothing at {ubiquitous}.", next_step="Name pictures after --ubiquitous.")
    readable = False
    with open_reader(cache=not no_cache, text=text) as reader:
        for answer in _answers(reader, asked, against, ubiquitous):
            readable |= answer.fault is None
            sys.stdout.write(json.dumps(answer.plain(), ensure_ascii=False) + "\n" if as_json else _for_people(answer))
    if not readable:
        raise typer.Exit(1)


def _asked(queries: Sequence[Path], region: str | None, regions: Path | None) -> "list[Question]":
    from fanal.engine.fingerprint.region import Region
    from fanal.engine.match.files.reading import Question

    asked = questions(queries)
    if region is not None:
        try:
            box = Region.parse(region)
        except Invalid as error:
            raise typer.BadParameter(error.message, param_hint="--region") from None
        asked = [Question(question.found, box) for question in asked]
    if regions is not None:
        asked += _listed(regions)
    if not asked:
        raise typer.BadParameter("name at least one file to look for, or a list with --regions")
    return asked


def _listed(regions: Path) -> "list[Question]":
    """Return the queries of a CSV file, with or without a line of headings. Raises NotFound, Invalid."""
    from fanal.engine.fingerprint.region import Region
    from fanal.engine.match.files.reading import Question
    from fanal.engine.match.files.walk import Found

    try:
        rows = [row for row in csv.reader(regions.read_text("utf-8-sig").splitlines()) if row]
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The list {regions} cannot be read.", next_step="Name a CSV file in UTF-8.") from error
    listed = []
    for number, row in enumerate(rows, 1):
        if number == 1 and row[1:] == ["x", "y", "w", "h"]:
            continue
        if len(row) != 5:
            raise Invalid(f"Line {number} of {regions} is not path,x,y,w,h.")
        listed.append(Question(Found(Path(row[0]), row[0]), Region.parse(",".join(row[1:]))))
    return listed


def _answers(
    reader: "Reader", asked: "Sequence[Question]", against: Path, ubiquitous: Path | None
) -> "Iterator[Answer]":
    from fanal.engine.match.files.folder import Folder

    reference = read_with_progress(reader, questions([against]), "Reading the reference")
    there = [seen for held in reference for seen in held]
    _tell_faults(there)
    named = questions([ubiquitous]) if ubiquitous else []
    patterns = [seen for held in read_with_progress(reader, named, "Reading the patterns") for seen in held]
    _tell_faults(patterns)
    folder = Folder(there, patterns)
    for held in read_with_progress(reader, asked, "Looking"):
        for seen in held:
            yield folder.ask(seen, threads=cores())


def _tell_faults(there: "Sequence[Seen]") -> None:
    for seen in there:
        if seen.fault is not None:
            sys.stderr.write(f"fanal: {seen.name} cannot be compared with: {seen.fault.message}\n")


def _for_people(answer: "Answer") -> str:
    lines = [answer.query]
    if answer.fault is not None:
        lines.append(f"  cannot be read: {answer.fault.message}")
    elif not answer.matches:
        lines.append("  nothing like it")
    if answer.caution:
        lines.append(f"  note: {answer.caution}")
    for found in answer.matches:
        mark = "found" if found.accepted else "maybe"
        lines.append(f"  {mark}  {found.confidence:.1%}  {found.reference}\n         {found.why}")
    return "\n".join(lines) + "\n"
