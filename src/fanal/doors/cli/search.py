"""`fanal search`: pictures and films in which a text can be read, as far as an agency may see them."""

import json
import sys
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(search)


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is written there; wrong letters are forgiven.")],
    agency: Annotated[str, typer.Option(help="Code of the agency that asks, such as NZ.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """List lines of text like the one asked for in what an agency may see, the likest first; the search is logged.

    Where more than 40 files have all its words, the newest files are first.
    """
    platform_of(context).prepare()
    from django.db import transaction

    from fanal.casework.evidence.queries import sightings
    from fanal.casework.readings import queries
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.actions import record

    asking = agency_by_code(agency)
    found = queries.search(asking, text).lines
    contents = sorted({line.content_id for line in found})
    with transaction.atomic():
        detail = {"asked": text[:200], "contents": [str(content) for content in contents]}
        record("readings.searched", actor=operator_of(asking), detail=detail)
    places = sightings(asking, contents)
    for line in found:
        where = [f"{exhibit.submission.agency.code}: {exhibit.path}" for exhibit in places.get(line.content_id, [])]
        plain = {"text": line.text, "confidence": line.confidence, "corners": line.corners, "found": where}
        if line.time is not None:
            plain["time"] = line.time
        sys.stdout.write((json.dumps(plain, ensure_ascii=False) if as_json else f"{line.text}\n  {where[0]}") + "\n")
