"""Fills a database of the size of a national service, by COPY: made once in a folder, and kept between runs.

Everything that pages and calls read is there and hangs together: submissions of every visibility, exhibits (one content
in seven lies in a second submission), contents with digests and facts, prints of PDQ and cameras, glimpses and previews
that open, text, leads of five techniques with reasons and points, judgements, clues and sightings, entries with links,
cases, claims, alerts, and a log that verifies. What is not there: the bytes of originals, which no page opens; prints
of local features and sound; and a picture of its own for each content: sixteen drawn ones, sealed under sixteen keys,
stand for all, but each content has its own wrapped key, as pages must open it.
"""

import json
import os
from pathlib import Path
from typing import Any

from officers_casework import STEPS as CASEWORK
from officers_evidence import STEPS as EVIDENCE
from officers_loader import Loader, administrator

EXTRA = """
shared_preload_libraries = 'pg_stat_statements, auto_explain'
compute_query_id = on
pg_stat_statements.track_utility = off
"""


def open_house(folder: Path) -> None:
    """Start the embedded PostgreSQL of a folder, with what measures its queries, and bring its tables up to date."""
    os.environ["FANAL_DATA"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    from fanal.project.entry import House
    from fanal.project.postgres import hold, place

    folder.mkdir(parents=True, exist_ok=True)
    House().prepare()
    extra = place.find(folder).cluster / "extra.conf"
    if not extra.exists() or extra.read_text() != EXTRA:
        extra.write_text(EXTRA)
        extra.chmod(0o644)
        from django.db import connection

        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
        hold.hold(folder).restart()
    with administrator(folder) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def filled(folder: Path, contents: int, leads: int, agencies: int, officers: int) -> dict[str, Any]:
    """Open the database of a folder, filled if it is not; return the people. Raises SystemExit for another size's."""
    size = {"contents": contents, "leads": leads, "agencies": agencies, "officers": officers}
    note = folder / "filled.json"
    if note.exists():
        kept: dict[str, Any] = json.loads(note.read_text())
        if kept["size"] != size:
            raise SystemExit(f"{folder} holds {kept['size']}: name another folder.")
        open_house(folder)
        _propose()
        return kept
    if folder.exists():
        raise SystemExit(f"{folder} is there and holds no finished database: remove it.")
    open_house(folder)
    people = {"size": size, **Loader(folder, contents, leads, agencies, officers).load((*EVIDENCE, *CASEWORK))}
    _propose()
    note.write_text(json.dumps(people))
    note.chmod(0o600)
    return people


def _propose() -> None:
    """Work out which series are proposed to each agency, as a worker does."""
    from fanal.casework.entries.proposed import keep_proposed
    from fanal.core.access.models import Agency

    for agency in Agency.objects.all():
        keep_proposed(agency)
