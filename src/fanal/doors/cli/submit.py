"""`fanal submit`: deliver files of an agency, and watch them being examined."""

import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import platform_of
from fanal.kit import clock

if TYPE_CHECKING:
    from fanal.casework.evidence.actions import Delivery
    from fanal.casework.evidence.models import Submission
    from fanal.kit.actor import Actor

SOURCES = ("seized_device", "online", "hotline", "provider_report")
VISIBILITIES = ("own", "all_connected")
HANDLINGS = ("free", "intelligence", "ask_first")
LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 3.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(submit)


def _one_of(choices: Sequence[str]) -> "typer.models.OptionInfo":
    def check(value: str) -> str:
        if value not in choices:
            raise typer.BadParameter(f"Use one of: {', '.join(choices)}.")
        return value

    option: typer.models.OptionInfo = typer.Option(callback=check, help=f"One of: {', '.join(choices)}.")
    return option


def submit(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", exists=True)],
    agency: Annotated[str, typer.Option(help="Code of the agency that submits on this machine, such as NZ.")] = "",
    server: Annotated[str, typer.Option(help="The server to submit to; without it and an agency, the login's.")] = "",
    case: Annotated[str, typer.Option(help="The agency's case reference.")] = "",
    source: Annotated[str, _one_of(SOURCES)] = "seized_device",
    visibility: Annotated[
        str, typer.Option(help="own, all_connected, or named: and the codes of agencies, such as named:FR,GB.")
    ] = "own",
    handling: Annotated[str, _one_of(HANDLINGS)] = "free",
    legal_basis: Annotated[str, typer.Option(help="On what legal basis the files are held.")] = "",
    label: Annotated[str, typer.Option(help="What is delivered, in words; the first name by default.")] = "",
    hash_only: Annotated[bool, typer.Option("--hash-only", help="Submit digests; the bytes stay here.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all files are examined.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """Submit files of an agency: here with --agency, else to the server that this computer is logged in to.

    Cut off at any moment, run it again: nothing is lost or doubled.
    """
    shown, named = _shown_to(visibility)
    opening: dict[str, str | bool | list[str]] = {
        "label": label or paths[0].absolute().name,
        "case_reference": case,
        "source": source,
        "visibility": shown,
        "named": named,
        "handling": handling,
        "legal_basis": legal_basis,
        "hash_only": hash_only,
    }
    if server or not agency:
        _submit_to(server, opening, paths, as_json=as_json, wait=wait)
        return
    platform_of(context).prepare()
    from fanal.casework.evidence.actions import Delivery
    from fanal.casework.evidence.models import Handling, Source, Visibility
    from fanal.core.access.queries import agency_by_code, operator_of

    submitter = agency_by_code(agency)
    delivery = Delivery(
        agency=submitter,
        label=label or paths[0].absolute().name,
        origin="\n".join(str(path.absolute()) for path in paths),
        case_reference=case,
        source=Source(source),
        legal_basis=legal_basis,
        visibility=Visibility(shown),
        named=tuple(agency_by_code(code) for code in named),
        handling=Handling(handling),
        hash_only=hash_only,
    )
    _Run(delivery, operator_of(submitter), as_json).go(paths, wait=wait)


def _submit_to(
    server: str, opening: dict[str, str | bool | list[str]], paths: Sequence[Path], *, as_json: bool, wait: bool
) -> None:
    from fanal.doors.cli.credentials import login_for
    from fanal.doors.cli.remote import Remote
    from fanal.doors.cli.sending import Sending

    with Remote(login_for(server)) as remote:
        Sending(remote, opening, as_json).go(paths, wait=wait)


def _shown_to(visibility: str) -> tuple[str, list[str]]:
    """Return the visibility and the codes of the agencies that it names."""
    kind, _, codes = visibility.partition(":")
    if visibility not in VISIBILITIES and (kind != "named" or not codes):
        raise typer.BadParameter("Use own, all_connected, or named: and codes of agencies, such as named:FR,GB.")
    return kind, [code.strip() for code in codes.split(",")] if codes else []


class _Run:
    """One delivery in the terminal."""

    def __init__(self, delivery: "Delivery", actor: "Actor", as_json: bool) -> None:
        from fanal.casework.evidence.actions import open_submission

        self._actor = actor
        self._as_json = as_json
        self._submission: Submission = open_submission(delivery, actor)
        self._help = Help()

    def go(self, paths: Sequence[Path], *, wait: bool) -> None:
        from fanal.casework.evidence.actions import conclude_delivery
        from fanal.casework.evidence.delivery import deliver

        received = known = skipped = left_out = 0
        for step in deliver(self._submission, paths, self._actor):
            if wait:
                self._help.if_nobody_works()
            received, known, skipped = received + step.received, known + step.known, skipped + step.skipped
            for problem in step.left_out:
                left_out += 1
                self._left_out(problem.name, problem.reason)
            self._say(f"received {received}" + (f", {skipped} were there already" if skipped else ""))
        self._end_line()
        if wait:
            self._wait()
            self._help.end()
        self._result(received, known, skipped, left_out)
        conclude_delivery(self._submission)

    def _wait(self) -> None:
        """Watch until everything is examined and compared; where nothing moves, work here."""
        from fanal.casework.evidence.progress import progress_of
        from fanal.core.jobs.queries import newest, unfinished, unfinished_up_to

        while True:
            # Asked first: a file that waits although no job is left waits on the shelf, and would wait for ever.
            left = unfinished(["examine"])
            progress = progress_of(self._submission)
            if progress.finished or not left:
                break
            self._say(f"examined {progress.done} of {progress.exhibits} ({progress.percent} %)")
            self._help.if_nothing_moves(progress.done)
            time.sleep(LOOK_SECONDS)
        self._say(f"examined {progress.done} of {progress.exhibits} ({progress.percent} %)")
        self._end_line()
        last = newest()
        while left := unfinished_up_to(last, "match"):
            self._say("comparing with everything that was ever submitted")
            self._help.if_nothing_moves(-left)
            time.sleep(LOOK_SECONDS)
        self._end_line()

    def _result(self, received: int, known: int, skipped: int, left_out: int) -> None:
        from fanal.casework.evidence.progress import progress_of
        from fanal.casework.leads.queries import leads_of_submission
        from fanal.casework.retention.queries import deleted_before

        progress = progress_of(self._submission)
        result = {
            "submission": str(self._submission.id),
            "received": received,
            "already_there": skipped,
            "contents_known_before": known,
            "left_out": left_out,
            "files": progress.exhibits,
            "examined": progress.examined,
            "not_readable": progress.shelved,
            "waiting": progress.waiting,
            "deleted_before": deleted_before(self._submission.agency, [self._submission.id]).get(
                self._submission.id, 0
            ),
            "leads": leads_of_submission(self._submission.agency, self._submission.id).count(),
        }
        if self._as_json:
            sys.stdout.write(json.dumps(result) + "\n")
        else:
            width = max(len(name) for name in result)
            lines = (f"{name.replace('_', ' '):<{width}}  {value}" for name, value in result.items())
            sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    def _left_out(self, name: str, reason: str) -> None:
        from fanal.casework.evidence.paths import as_text

        name = as_text(name)
        if self._as_json:
            problem = {"path": name, "error": {"code": "evidence.left_out", "message": reason}}
            sys.stdout.write(json.dumps(problem) + "\n")
        else:
            self._end_line()
            sys.stderr.write(f"left out: {name}: {reason}\n")

    def _say(self, words: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()

    def _end_line(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\n")


class Help:
    """Works in this process, beside the delivery, where no worker does."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._enough = threading.Event()
        self._last: tuple[int, float] | None = None

    def if_nobody_works(self) -> None:
        """Begin to work unless a worker is alive."""
        from fanal.core.jobs.queries import workers_alive

        if self._thread is None and workers_alive() == 0:
            self._begin()

    def if_nothing_moves(self, done: int) -> None:
        """Begin to work when this number stays the same for some seconds: workers are dead, or busy with others."""
        if self._thread is not None:
            return
        now = clock.monotonic()
        if self._last is None or self._last[0] != done:
            self._last = (done, now)
        elif now - self._last[1] > PATIENCE_SECONDS:
            self._begin()
        else:
            self.if_nobody_works()

    def _begin(self) -> None:
        sys.stderr.write("No worker takes the files up, so they are examined here.\n")
        # A daemon: what it has in hand when the command is interrupted is taken up by the next worker.
        self._thread = threading.Thread(target=self._work, name="work", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        from fanal.core.jobs.worker import run_worker

        while not self._enough.wait(LOOK_SECONDS):
            run_worker(until_idle=True)

    def end(self) -> None:
        """Stop working, unless others' jobs keep it: those are left to the next worker."""
        self._enough.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
