"""`fanal verify`: prove that what is kept is what was put there. Alone it proves all; each has its own command."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from fanal.doors.cli.platform import platform_of, tell_thin_wall
from fanal.kit.actor import Actor
from fanal.kit.errors import FanalError

if TYPE_CHECKING:
    from fanal.casework.evidence.scrub import Damage
    from fanal.core.audit.report import Report

verify = typer.Typer(help="Prove that what is kept is what was put there.", invoke_without_command=True)
FAILED = 1
OPERATOR = Actor(kind="operator", reference="terminal")
MOST_SHOWN = 20

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object for each thing that is proved.")]


class Verdict(NamedTuple):
    """What proving one thing found: for people and for programs."""

    holds: bool
    words: str
    plain: dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(verify, name="verify")


@verify.callback()
def everything(context: typer.Context, as_json: AsJson = False) -> None:
    """Prove the audit log, the vault and the index; or one of them."""
    if context.invoked_subcommand is not None:
        if as_json:
            raise typer.BadParameter(f"Say it after the word: fanal verify {context.invoked_subcommand} --json")
        return
    platform_of(context).prepare()
    tell_thin_wall(platform_of(context))
    provers: dict[str, Callable[[], Verdict]] = {
        "audit log": lambda: _audit_verdict(_verified([], None)),
        "vault": _vault,
        "index": _index,
    }
    wrong = [name for name, prove in provers.items() if not _shown(_or_unproven(name, prove), as_json)]
    sys.stderr.write(f"Not proven: {', '.join(wrong)}.\n" if wrong else "Everything holds.\n")
    raise typer.Exit(FAILED if wrong else 0)


@verify.command()
def vault(context: typer.Context, as_json: AsJson = False) -> None:
    """Read every content and compare it with its digests; a damaged one is named with the cases that hold it."""
    platform_of(context).prepare()
    raise typer.Exit(0 if _shown(_vault(), as_json) else FAILED)


@verify.command()
def index(context: typer.Context, as_json: AsJson = False) -> None:
    """Compare the index of fingerprints, and its snapshot on this machine, with the rows."""
    platform_of(context).prepare()
    raise typer.Exit(0 if _shown(_index(), as_json) else FAILED)


@verify.command()
def audit(
    context: typer.Context,
    offline: Annotated[Path | None, typer.Option(help="Prove this copy instead; needs no database.")] = None,
    key: Annotated[str, typer.Option(help="The log's verifier key, for --offline.")] = "",
    kept: Annotated[list[Path] | None, typer.Option(help="Files of checkpoints kept elsewhere, for --offline.")] = None,
    sink: Annotated[list[Path] | None, typer.Option(help="Folders of the second sink on every machine.")] = None,
    export: Annotated[Path | None, typer.Option(help="Verify, then write a copy into this new folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prove the audit log: every leaf, every checkpoint, and that its two sinks agree."""
    if (offline is None) != (not key) or (offline is not None and (export or sink)) or (kept and offline is None):
        raise typer.BadParameter("--offline FOLDER goes with --key VKEY (and --kept); --sink and --export without it.")
    if offline:
        report = _proven_copy(offline, key, kept or [])
    else:
        platform_of(context).prepare()
        report = _verified(sink or [], export)
    raise typer.Exit(0 if _shown(_audit_verdict(report), as_json) else FAILED)


def _shown(verdict: Verdict, as_json: bool) -> bool:
    sys.stdout.write((json.dumps(verdict.plain) if as_json else verdict.words) + "\n")
    return verdict.holds


def _or_unproven(name: str, prove: Callable[[], Verdict]) -> Verdict:
    """Let the other things be proved when one cannot be."""
    try:
        return prove()
    except FanalError as error:
        plain = {"holds": False, "error": {"code": error.code, "message": error.message}}
        return Verdict(False, f"The {name} could not be read: {error.message}\n  {error.hint}", plain)


def _proven_copy(folder: Path, key: str, kept: list[Path]) -> "Report":
    from fanal.core.audit.copy import prove_folder
    from fanal.engine.merkle.keys import VerifierKey

    return prove_folder(folder, VerifierKey.parse(key), kept)


def _verified(folders: list[Path], export: Path | None) -> "Report":
    from fanal.core.audit import check
    from fanal.core.audit import export as copies

    report = check.verify(folders)
    sys.stderr.write(f"The log's verifier key: {check.verifier_key()}\n")
    check.note_verified(report, OPERATOR)
    if export is not None:
        key = copies.export(export, OPERATOR)
        sys.stderr.write(f"Prove the copy anywhere: fanal verify audit --offline {export} --key {key}\n")
    return report


def _audit_verdict(report: "Report") -> Verdict:
    plain = {"verified": "audit", **report.plain()}
    if report.holds:
        root = report.root.hex()
        words = f"The audit log holds: {report.size} leaves, {report.checkpoints} checkpoints, root {root}."
        return Verdict(True, "\n".join([words, *(f"  {seen}" for seen in report.witnessed)]), plain)
    lines = [f"The audit log does not hold: {len(report.faults)} faults.", *(f"  {fault}" for fault in report.faults)]
    if report.first_bad_leaf is not None:
        lines.append(f"First bad leaf: {report.first_bad_leaf}.")
    return Verdict(False, "\n".join(lines), plain)


def _vault() -> Verdict:
    from fanal.casework.evidence.scrub import verify_vault

    report = verify_vault(OPERATOR, _progress)
    damages = [_plain_damage(damage) for damage in report.damages]
    plain = {"verified": "vault", "holds": report.holds, "contents": report.contents, "faults": damages}
    if report.holds:
        return Verdict(True, f"The vault holds: {report.contents} contents, each as it was received.", plain)
    lines = [f"The vault does not hold: {len(damages)} of {report.contents} contents are not what was received."]
    for damage in damages:
        cases = ", ".join(f"{one['agency']} {one['case'] or 'without a case reference'}" for one in damage["custody"])
        lines.append(f"  {damage['sha256']}  {damage['code']}  held by: {cases or 'nobody'}")
    return Verdict(False, "\n".join(lines), plain)


def _plain_damage(damage: "Damage") -> dict[str, Any]:
    custody = [{"agency": place.agency, "case": place.case} for place in damage.custody]
    return {"sha256": damage.sha256.hex(), "code": damage.code, "custody": custody}


def _progress(read: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[Kread {read} of {total} contents" + ("\n" if read >= total else ""))
        sys.stderr.flush()


def _index() -> Verdict:
    from fanal.casework.prints.checking import verify_index

    report = verify_index(OPERATOR)
    plain = {
        "verified": "index",
        "holds": report.holds,
        "prints": report.prints,
        "damaged_snapshots": list(report.damages),
        "differing": list(report.differing),
        "unfound": list(report.unfound),
    }
    if report.holds:
        return Verdict(True, f"The index holds: {report.prints} prints, as the rows say.", plain)
    lines = ["The index does not hold.", *(f"  {damage}" for damage in report.damages)]
    for what, feeds in (("differ from the rows", report.differing), ("do not find themselves", report.unfound)):
        if feeds:
            some = ", ".join(str(feed) for feed in feeds[:MOST_SHOWN])
            lines.append(f"  {len(feeds)} prints {what}: {some}{', …' if len(feeds) > MOST_SHOWN else ''}")
    lines.append("  A damaged snapshot is built again from the rows by the next process that begins with it.")
    return Verdict(False, "\n".join(lines), plain)
