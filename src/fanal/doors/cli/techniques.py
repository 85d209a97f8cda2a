"""`fanal techniques`: what things are compared by, where it comes from, and how far added ones are."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal import __version__
from fanal.doors.cli.platform import platform_of
from fanal.kit.errors import NotFound

if TYPE_CHECKING:
    from fanal.casework.prints.catching_up import Standing

OURS = "fanal"
group = typer.Typer(help="See by what things are compared, and have added techniques catch up.")


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(group, name="techniques")


@group.callback(invoke_without_command=True)
def techniques(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    stored: Annotated[bool, typer.Option("--stored", help="Also how far added ones are; needs the database.")] = False,
) -> None:
    """List all techniques: name and version, the package it comes from, what it reads and finds.

    One that a package promises and that cannot be used is a line with an error, and the command ends with 1.
    """
    if context.invoked_subcommand is not None:
        return
    from fanal.engine.fingerprint.added import discover

    found = [*_listed(), *({"technique": one.entry, **_origin(one)} | _error(one) for one in discover().broken)]
    if stored:
        platform_of(context).prepare()
        found = _with_standings(found)
    for line in found:
        sys.stdout.write((json.dumps(line, ensure_ascii=False) if as_json else _for_people(line)) + "\n")
    if any("error" in line for line in found):
        raise typer.Exit(1)


@group.command()
def compute(
    context: typer.Context,
    technique: Annotated[str, typer.Argument(help="Name and version of an added technique, such as mean-colour/1.")],
) -> None:
    """Have an added technique make its fingerprints of all that is there, now. May be cut off and run again.

    Workers do the same by themselves, a part each minute; what was computed is not computed again.
    """
    platform_of(context).prepare()
    from fanal.casework.prints.catching_up import lacking
    from fanal.casework.prints.retroactive import catch_up_now
    from fanal.engine.match.techniques import added

    if technique not in {one.name for one in added()}:
        raise NotFound(f"There is no added technique {technique}.", next_step="See `fanal techniques`.")
    left = len(lacking(technique))
    sys.stderr.write(f"{left} files to go through.\n")
    for done in catch_up_now(technique):
        left -= done
        sys.stderr.write(f"{max(0, left)} to go.\n")


def _listed() -> list[dict[str, Any]]:
    from fanal.engine.fingerprint.added import discover
    from fanal.engine.match.techniques import OWN, added

    origins = {one.maker.name: {"package": one.package, "release": one.release} for one in discover().added}
    return [
        {
            "technique": one.name,
            **origins.get(one.name, {"package": OURS, "release": __version__}),
            "reads": sorted(one.reads),
            "finds": one.finds,
        }
        for one in (*OWN, *added())
    ]


def _origin(one: Any) -> dict[str, str]:
    return {"package": one.package, "release": one.release}


def _error(one: Any) -> dict[str, Any]:
    return {"error": {"code": "technique.broken", "message": str(one), "next_step": one.next_step}}


def _with_standings(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the list with what is stored, and after it those that left prints behind and are not installed."""
    from fanal.casework.prints.catching_up import standings

    installed = [line["technique"] for line in found if line["package"] != OURS and "error" not in line]
    known = {one.technique: one for one in standings(installed)}
    here = [{**line, **_stored(known[line["technique"]])} if line["technique"] in known else line for line in found]
    gone = [one for one in known.values() if not one.installed]
    return [*here, *({"technique": one.technique, "package": None, **_stored(one), **_absent(one)} for one in gone)]


def _stored(one: "Standing") -> dict[str, Any]:
    return {"asked": one.asked, "refused": one.refused, "prints": one.prints, "lacking": one.lacking}


def _absent(one: "Standing") -> dict[str, Any]:
    message = f"The technique {one.technique} made {one.prints} fingerprints here, and is not installed."
    step = "Install its package again. Its fingerprints and leads stay; nothing new is compared by it."
    return {"error": {"code": "technique.absent", "message": message, "next_step": step}}


def _for_people(line: dict[str, Any]) -> str:
    if "error" in line:
        return f"{line['technique']}  NOT USED\n    {line['error']['message']}\n    {line['error']['next_step']}"
    told = f"{line['technique']}  {line['package']} {line['release']}  reads {', '.join(line['reads'])}"
    told += f"\n    {line['finds']}"
    if "asked" in line:
        told += f"\n    {line['prints']} fingerprints; {line['refused']} refused; {line['lacking']} to go."
    return told
