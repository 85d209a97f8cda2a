"""`fanal verify`: prove that what is kept is what was put there.

Each thing that can be verified is one function here.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import platform_of

if TYPE_CHECKING:
    from fanal.core.audit.report import Report

verify = typer.Typer(help="Prove that what is kept is what was put there.", no_args_is_help=True)
FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(verify, name="verify")


@verify.command()
def audit(
    context: typer.Context,
    offline: Annotated[Path | None, typer.Option(help="Prove this copy instead; needs no database.")] = None,
    key: Annotated[str, typer.Option(help="The log's verifier key, for --offline.")] = "",
    kept: Annotated[list[Path] | None, typer.Option(help="Files of checkpoints kept elsewhere, for --offline.")] = None,
    sink: Annotated[list[Path] | None, typer.Option(help="Folders of the second sink on every machine.")] = None,
    export: Annotated[Path | None, typer.Option(help="Verify, then write a copy into this new folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
) -> None:
    """Prove the audit log: every leaf, every checkpoint, and that its two sinks agree."""
    if (offline is None) != (not key) or (offline is not None and (export or sink)) or (kept and offline is None):
        raise typer.BadParameter("--offline FOLDER goes with --key VKEY (and --kept); --sink and --export without it.")
    report = _proven_copy(offline, key, kept or []) if offline else _verified(context, sink or [], export)
    sys.stdout.write((json.dumps(report.plain()) if as_json else _in_words(report)) + "\n")
    raise typer.Exit(0 if report.holds else FAILED)


def _proven_copy(folder: Path, key: str, kept: list[Path]) -> "Report":
    from fanal.core.audit.copy import prove_folder
    from fanal.engine.merkle.keys import VerifierKey

    return prove_folder(folder, VerifierKey.parse(key), kept)


def _verified(context: typer.Context, folders: list[Path], export: Path | None) -> "Report":
    platform_of(context).prepare()
    from fanal.core.audit import check
    from fanal.core.audit import export as copies
    from fanal.kit.actor import Actor

    report = check.verify(folders)
    sys.stderr.write(f"The log's verifier key: {check.verifier_key()}\n")
    if export is not None:
        key = copies.export(export, Actor(kind="operator", reference="terminal"))
        sys.stderr.write(f"Prove the copy anywhere: fanal verify audit --offline {export} --key {key}\n")
    return report


def _in_words(report: "Report") -> str:
    if report.holds:
        root = report.root.hex()
        return f"The audit log holds: {report.size} leaves, {report.checkpoints} checkpoints, root {root}."
    lines = [f"The audit log does not hold: {len(report.faults)} faults.", *(f"  {fault}" for fault in report.faults)]
    if report.first_bad_leaf is not None:
        lines.append(f"First bad leaf: {report.first_bad_leaf}.")
    return "\n".join(lines)
