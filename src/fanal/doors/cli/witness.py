"""`fanal witness`: agencies cosign one another's history, so that nobody can rewrite it alone."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fanal.doors.cli.platform import platform_of

Folder = Annotated[Path, typer.Argument(help="The witness's own folder, on the witness's own machine.")]
Code = Annotated[str, typer.Option(help="Code of the witness's agency, such as FR.")]
To = Annotated[Path, typer.Option(help="A file to write.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    witness = typer.Typer(no_args_is_help=True, help="Cosign the audit log, so that nobody rewrites it alone.")
    for command in (new, admit, ask, sign, keep, watch):
        witness.command()(command)
    app.add_typer(witness, name="witness")


def new(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Name of the key, such as unit.example/witness.")],
    log: Annotated[str, typer.Option(help="Verifier key of the log: `fanal verify audit` says it.")],
) -> None:
    """Make a witness's folder with a key of its own; needs no database."""
    from fanal.core.audit.witness_folder import WitnessFolder
    from fanal.engine.merkle.keys import VerifierKey

    made = WitnessFolder.make(folder, name, VerifierKey.parse(log))
    sys.stdout.write(f"{made.key.verifier}\n")
    sys.stderr.write("Have this key admitted: fanal witness admit KEY --agency CODE\n")


def admit(context: typer.Context, key: Annotated[str, typer.Argument(help="The witness's key.")], agency: Code) -> None:
    """Let an agency's key cosign this log."""
    platform_of(context).prepare()
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.witnessing import admit_witness

    admit_witness(key, agency_by_code(agency).pk, operator_of(None))
    sys.stdout.write(f"{agency} may cosign the log.\n")


def ask(context: typer.Context, agency: Code, to: To) -> None:
    """Write what a witness is to cosign: the newest checkpoint, and the proof that it continues what they saw."""
    platform_of(context).prepare()
    to.write_text(_offered(agency), encoding="utf-8")
    sys.stderr.write(f"The witness answers with: fanal witness sign FOLDER {to} --to ANSWER\n")


def sign(folder: Folder, request: Annotated[Path, typer.Argument(help="What `ask` wrote.")], to: To) -> None:
    """Verify that the log continues what this witness saw, and cosign it; needs no database."""
    from fanal.core.audit.witness_folder import WitnessFolder

    to.write_text(WitnessFolder(folder).cosign(request.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"The log keeps it with: fanal witness keep {to}\n")


def keep(context: typer.Context, answer: Annotated[Path, typer.Argument(help="What `sign` wrote.")]) -> None:
    """Keep a witness's cosignature."""
    platform_of(context).prepare()
    _kept(answer.read_text(encoding="utf-8"))


def watch(context: typer.Context, folder: Folder, agency: Code) -> None:
    """Ask, cosign and keep at once, where the witness's folder lies on a machine that reaches the database."""
    platform_of(context).prepare()
    from fanal.core.audit.witness_folder import WitnessFolder

    _kept(WitnessFolder(folder).cosign(_offered(agency)))


def _offered(agency: str) -> str:
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.core.audit.witnessing import offer, witness_of

    asked = agency_by_code(agency)
    return offer(witness_of(asked.pk), operator_of(asked))


def _kept(note: str) -> None:
    from fanal.core.access.queries import operator_of
    from fanal.core.audit.witnessing import keep_cosignature

    sys.stdout.write(f"{keep_cosignature(note, operator_of(None))}\n")
