"""`fanal catalogue`: bring reference pictures in, each with a box around a thing and the places it points to."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import platform_of
from fanal.doors.cli.reading import open_reader
from fanal.kit.errors import Invalid, NotFound

if TYPE_CHECKING:
    from fanal.casework.leads.findings import Box
    from fanal.casework.registry.actions import Words
    from fanal.core.access.models import Agency
    from fanal.engine.fingerprint.region import Region
    from fanal.engine.match.files.reading import Reader

COLUMNS = ["path", "x", "y", "w", "h", "title", "countries", "tags"]


@dataclass(frozen=True, slots=True)
class Line:
    """One reference of a list."""

    path: Path
    region: "Region"
    words: "Words"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    catalogue = typer.Typer(no_args_is_help=True, help="Keep reference objects that point to a place.")
    catalogue.command("import")(bring_in)
    catalogue.command("list")(show)
    app.add_typer(catalogue, name="catalogue")


def bring_in(
    context: typer.Context,
    listed: Annotated[
        Path,
        typer.Argument(
            metavar="CSV",
            help="Lines of path,x,y,w,h,title,countries,tags: a box in pixels, then words; spaces between countries, "
            "semicolons between tags. Paths are as seen from the list.",
        ),
    ],
    agency: Annotated[str, typer.Option(help="Code of the agency whose references they are, such as FR.")],
    case: Annotated[str, typer.Option(help="The agency's own reference of this catalogue.")] = "",
) -> None:
    """Submit reference pictures, visible to all connected agencies, and keep the box in each as a catalogue reference.

    Begun again it goes on: what is kept already is not kept twice.
    """
    platform_of(context).prepare()
    from fanal.core.access.queries import agency_by_code

    asking, lines = agency_by_code(agency), _read(listed)
    with open_reader(cache=True) as reader:
        boxes = [_box(reader, line) for line in lines]
    kept = 0
    for path, (line, box) in zip(_submitted(asking, listed, case, lines), zip(lines, boxes, strict=True), strict=True):
        kept += _keep(asking, path, line, box)
    sys.stdout.write(f"{kept} kept, {len(lines) - kept} were there\n")


def show(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Code of the agency that asks, such as NZ.")],
    kind: Annotated[str, typer.Option(help="clue, reference, ubiquitous, withdrawn; all kinds without it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """List the clues and references that an agency may see, and in how many files each is seen; logged."""
    platform_of(context).prepare()
    from django.db import transaction

    from fanal.casework.registry.queries import listed_clues, seen_counts
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.actions import record

    asking = agency_by_code(agency)
    listed = list(listed_clues(asking, kind))
    with transaction.atomic():
        record("registry.seen", actor=operator_of(asking), detail={"clues": [str(clue.pk) for clue in listed]})
    counts = seen_counts(asking, listed)
    for clue in listed:
        known = {"clue": str(clue.pk), "kind": clue.kind, "title": clue.title, "agency": clue.agency.code}
        told = {**known, "countries": clue.countries, "tags": clue.tags, "seen": counts.get(clue.pk, 0)}
        words = f"{clue.agency.code}  {clue.kind:<10}  {clue.title}  ({' '.join(clue.countries)})  seen {told['seen']}"
        sys.stdout.write((json.dumps(told, ensure_ascii=False) if as_json else words) + "\n")


def _read(listed: Path) -> list[Line]:
    """Return the lines of a list, with or without a line of headings. Raises NotFound, Invalid."""
    from fanal.casework.registry.actions import Words
    from fanal.engine.fingerprint.region import Region

    try:
        rows = [row for row in csv.reader(listed.read_text("utf-8-sig").splitlines()) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotFound(f"The list {listed} cannot be read.", next_step="Name a CSV file in UTF-8.") from error
    lines = []
    for number, row in enumerate(rows, 1):
        if number == 1 and row == COLUMNS:
            continue
        if len(row) != len(COLUMNS):
            raise Invalid(f"Line {number} of {listed} is not {','.join(COLUMNS)}.")
        words = Words(row[5], "", row[7].split(";"), row[6].split()).cleaned()
        lines.append(Line(listed.parent / row[0], Region.parse(",".join(row[1:5])), words))
    return lines


def _box(reader: "Reader", line: Line) -> "Box":
    """Return the box of a line as shares of its picture, whose size is found out behind the wall. Raises Invalid."""
    from fanal.casework.leads.findings import Box
    from fanal.engine.match.files.reading import Question
    from fanal.engine.match.files.walk import Found

    known = reader.read(Question(Found(line.path, line.path.name)))[0].knowledge
    if known is None or known.family != "image" or not known.width or not known.height:
        raise Invalid(f"{line.path} is no picture that can be read.")
    x, y, width, height = line.region
    box = Box(x / known.width, y / known.height, width / known.width, height / known.height)
    if not box.fits:
        raise Invalid(f"The box of {line.path.name} lies outside the picture, {known.width} × {known.height} pixels.")
    return box


def _submitted(agency: "Agency", listed: Path, case: str, lines: Sequence[Line]) -> list[int]:
    """Submit the pictures of a list; return the content of each line."""
    from django.db.models import Exists, OuterRef

    from fanal.casework.evidence.actions import Delivery, conclude_delivery, open_submission
    from fanal.casework.evidence.delivery import deliver
    from fanal.casework.evidence.models import Content, Exhibit, Source, Visibility
    from fanal.core.access.queries import operator_of
    from fanal.engine.fingerprint.digest import digest_file

    shown = Visibility.ALL_CONNECTED
    delivery = Delivery(
        agency=agency,
        label=listed.stem,
        origin=str(listed.resolve()),
        case_reference=case,
        source=Source.ONLINE,
        visibility=shown,
    )
    digests = [digest_file(line.path).sha256 for line in lines]
    known = Content.objects.filter(sha256__in=digests, exhibits__submission__agency=agency)
    held = {"agency": agency, "visibility": shown, "hash_only": False}
    with_bytes = Exhibit.objects.filter(**{f"submission__{name}": value for name, value in held.items()})
    if known.filter(Exists(with_bytes.filter(content=OuterRef("pk")))).distinct().count() < len(set(digests)):
        submission = open_submission(delivery, operator_of(agency))
        for _ in deliver(submission, sorted({line.path for line in lines}), operator_of(agency)):
            pass
        conclude_delivery(submission)
    found = {bytes(sha256 or b""): pk for sha256, pk in known.values_list("sha256", "pk")}
    return [found[digest] for digest in digests]


def _keep(agency: "Agency", content: int, line: Line, box: "Box") -> bool:
    """Keep one reference; False where the agency has it already."""
    from fanal.casework.registry.actions import bring_in as keep
    from fanal.casework.registry.models import Clue
    from fanal.core.access.queries import operator_of

    there = Clue.objects.filter(agency=agency, content=content, title=line.words.title, **box._asdict())
    if there.exists():
        return False
    keep(content, box, line.words, agency, operator_of(agency))
    return True
