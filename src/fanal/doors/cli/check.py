"""`fanal check`: ask which files are known somewhere. Only their digests leave this computer."""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from fanal.doors.cli import credentials

FILES_A_QUESTION = 500


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", exists=True)],
    server: Annotated[str, typer.Option(help="The server to ask; the one logged in to without it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """Ask which files are known to an agency that lets you know. Only SHA-256 digests leave this computer."""
    from fanal.doors.cli.remote import Remote

    digested = _digested(paths)
    with Remote(credentials.login_for(server)) as remote:
        while some := list(islice(digested, FILES_A_QUESTION)):
            asked = sorted({told["sha256"] for told in some if "sha256" in told})
            answers = remote.post("/check", {"sha256": asked})["answers"] if asked else []
            known = {one["sha256"]: one for one in answers}
            for told in some:
                _say({**told, **known.get(told.get("sha256"), {})}, as_json)


def _digested(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield each file with its digest, or why it has none."""
    from fanal.casework.evidence.found import LeftOut, digests_of, walk
    from fanal.casework.evidence.paths import as_text

    for found in walk(paths):
        name = as_text(found.name)
        digests = found if isinstance(found, LeftOut) else digests_of(found)
        if isinstance(digests, LeftOut):
            yield {"path": name, "error": {"code": "evidence.left_out", "message": digests.reason}}
        else:
            yield {"path": name, "sha256": digests.sha256.hex()}


def _say(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        line = json.dumps(told, ensure_ascii=False)
    elif "error" in told:
        line = f"left out   {told['path']}: {told['error']['message']}"
    else:
        whom = "; ".join(f"{one['agency']} {one['contact']}".strip() for one in told["contacts"])
        how = "identified" if told["identified"] else "known     "
        line = f"{how} {told['path']}: {whom}" if told["known"] else f"unknown    {told['path']}"
    sys.stdout.write(line + "\n")
