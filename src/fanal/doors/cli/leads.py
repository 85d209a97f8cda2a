"""`fanal leads`: the links an agency may see, surest first."""

import json
import sys
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from fanal.doors.cli.platform import platform_of

if TYPE_CHECKING:
    from fanal.casework.evidence.models import Exhibit
    from fanal.casework.leads.models import Lead


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(leads)


def leads(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Code of the agency that asks, such as NZ.")],
    submission: Annotated[UUID | None, typer.Option(help="Only leads of this submission.")] = None,
    state: Annotated[str, typer.Option(help="open, same, different, unsure or any.")] = "open",
    everything: Annotated[bool, typer.Option("--all", help="Also leads between other agencies.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """List the leads that an agency may see, each with its reason; the listing is logged."""
    platform_of(context).prepare()
    from django.db import transaction

    from fanal.casework.evidence.queries import sightings
    from fanal.casework.leads.queries import counting, leads_concerning, leads_of_submission, visible_leads
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.actions import record

    asking = agency_by_code(agency)
    found = counting(visible_leads(asking) if everything else leads_concerning(asking))
    if submission is not None:
        found = found.filter(pk__in=leads_of_submission(asking, submission).values("pk"))
    if state != "any":
        found = found.filter(state=state)
    shown = list(found.order_by("-confidence", "-created_at", "id")[:limit])
    with transaction.atomic():
        record("leads.seen", actor=operator_of(asking), detail={"leads": [str(lead.pk) for lead in shown]})
    places = sightings(asking, {content for lead in shown for content in (lead.left_id, lead.right_id)})
    if as_json:
        for lead in shown:
            sys.stdout.write(json.dumps(_plain(lead, places)) + "\n")
    else:
        _table(shown, places)


def _where(exhibits: "list[Exhibit]") -> list[str]:
    return [f"{exhibit.submission.agency.code}: {exhibit.path}" for exhibit in exhibits]


def _plain(lead: "Lead", places: "dict[int, list[Exhibit]]") -> dict[str, object]:
    return {
        "lead": str(lead.pk),
        "technique": lead.technique,
        "confidence": lead.confidence,
        "distance": lead.distance,
        "state": lead.state,
        "left": _where(places.get(lead.left_id, [])),
        "right": _where(places.get(lead.right_id, [])),
        "why": lead.why,
    }


def _table(shown: "list[Lead]", places: "dict[int, list[Exhibit]]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for heading in ("sure", "first", "second", "why"):
        table.add_column(heading, overflow="fold")
    for lead in shown:
        left, right = _where(places.get(lead.left_id, [])), _where(places.get(lead.right_id, []))
        if lead.left_id == lead.right_id:
            left, right = left[:1], left[1:]
        sides = ("\n".join(left[:3]), "\n".join(right[:3]))
        table.add_row(f"{int(lead.confidence * 100)} %", Text(sides[0]), Text(sides[1]), Text(lead.why))
    Console().print(table)
