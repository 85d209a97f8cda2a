"""Promise 23 behind the doors: nothing sensitive in what workers write, on the shelf of failed work, or in what the
command says when it fails, whatever kind of work or command fails, and however.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import typer

from canaries import Canaries, written
from fanal.casework.cases.models import Case
from fanal.casework.dispatch.models import Delivery, Digest, Webhook
from fanal.casework.entries.models import Entry
from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.casework.leads.models import Lead
from fanal.casework.registry.models import Clue
from fanal.core.access.models import User
from fanal.core.audit import actions as audit
from fanal.core.jobs import queries, registry
from fanal.core.jobs.registry import Attempt, Kind
from fanal.core.jobs.worker import run_worker
from fanal.doors.cli import app
from histories import folders, house, let_out
from programs import secret_of
from ready import Ready

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["written"]

TRIES = 3
OWN = "own"
"""What a person types, who knows nothing of what is there."""
ELSEWHERE = {"demo", "serve", "worker", "migrate", "login", "logout", "watch"}
"""Commands that begin something of their own that does not end, or that speak to a server."""


class Saboteur:
    """Has all that would be logged fail for a while, with words that must not be repeated."""

    def __init__(self, loud: str, record: Callable[..., Any]) -> None:
        self._loud, self._record = loud, record
        self._at_work = False

    def record_all(self, *arguments: Any, **named: Any) -> Any:
        """Write to the log, or fail."""
        if self._at_work:
            raise ValueError(self._loud)
        return self._record(*arguments, **named)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Nothing can be logged meanwhile."""
        self._at_work = True
        try:
            yield
        finally:
            self._at_work = False


def sung_of(canaries: Canaries) -> list[str]:
    """Keep what people, files and machines wrote as canaries too; return what is sensitive in all."""
    for sha256, sha1, md5 in Content.objects.values_list("sha256", "sha1", "md5"):
        for digest in filter(None, (sha256, sha1, md5)):
            canaries.keep(bytes(digest).hex())
    texts = (
        Exhibit.objects.values_list("path"),
        Submission.objects.values_list("source"),
        Clue.objects.values_list("title"),
        Entry.objects.values_list("reference"),
        Webhook.objects.values_list("address"),
        Delivery.objects.values_list("body"),
        Digest.objects.values_list("address"),
    )
    for rows in texts:
        for (text,) in rows:
            if len(text) > 3:
                canaries.keep(text)
    return canaries.sung


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is called refuse, and say so in words of its own."""
    let_out(monkeypatch, 500, "canary-of-a-stranger")


@pytest.fixture
def saboteur(monkeypatch: pytest.MonkeyPatch, loud: str) -> Saboteur:
    """Who sits at the log."""
    made = Saboteur(loud, audit.record_all)
    monkeypatch.setattr(audit, "record_all", made.record_all)
    return made


@pytest.fixture
def canaries(dice: Random) -> Canaries:
    """Words that must not be repeated."""
    return Canaries(dice)


@pytest.fixture
def loud(canaries: Canaries) -> str:
    """What every failure says: words, digests and what a stranger answers."""
    sung = [*(canaries.word() for _ in range(20)), *(canaries.digest() for _ in range(20))]
    return " ".join([*sung, canaries.keep("canary-of-a-stranger")])


def test_work_that_fails_in_any_way_tells_nothing(
    tmp_path: Path,
    fresh_data: Path,
    canaries: Canaries,
    loud: str,
    saboteur: Saboteur,
    written: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house(folders(tmp_path / "seized"))
    tried = set[str]()

    def failing(kind: Kind) -> Callable[..., None]:
        def run(attempt: Attempt, **arguments: Any) -> None:
            tried.add(kind.name)
            if attempt.number == 0:
                raise KeyError(loud)
            if attempt.number == 1:
                with saboteur.at_work():
                    kind.run(attempt, **arguments)
            else:
                kind.run(attempt, **arguments)
            raise OSError(2, loud, loud)

        return run

    for kind in registry.kinds():
        sore = replace(kind, run=failing(kind), attempts=TRIES, pause=0.01)
        monkeypatch.setitem(registry._kinds, kind.name, sore)
    run_worker(until_idle=True, concurrency=1)
    assert {kind.name for kind in registry.kinds() if not kind.name.startswith("trial.")} - tried == set()
    shelf = queries.shelf()
    assert len(shelf) > 5, "nothing failed for good"
    capsys.readouterr()
    assert app.run(Ready(), ["jobs", "list"]) == 0  # type: ignore[arg-type]  # it is prepared
    said, logged = "".join(capsys.readouterr()), written.getvalue()
    sung_of(canaries)
    assert "builtins.KeyError" in logged
    assert "builtins.FileNotFoundError" in logged
    assert "builtins.ValueError" in logged
    assert canaries.seen_in(logged) == []
    assert canaries.seen_in(said) == []
    assert canaries.seen_in(" ".join(f"{one.reason} {one.code} {one.subject}" for one in shelf)) == []


def commands(found: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below one, with the words that call it."""
    below = getattr(found, "commands", None)
    if below is None:
        yield words, found
        return
    for name, command in below.items():
        if name not in ELSEWHERE:
            yield from commands(command, *words, name)


def filled(command: Any, there: dict[str, str]) -> list[str]:
    """Return something for all that a command must be told, and for whom it asks."""
    given = list[str]()
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            given.append(there.get(parameter.name, OWN))
        elif parameter.required or parameter.name == "agency":
            given.extend((max(parameter.opts, key=len), there.get(parameter.name, OWN)))
    return given


def test_commands_that_fail_in_any_way_repeat_nothing_but_what_was_typed(
    tmp_path: Path,
    fresh_data: Path,
    live_server: Any,
    canaries: Canaries,
    loud: str,
    saboteur: Saboteur,
    written: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house(folders(tmp_path / "seized"))
    sung_of(canaries)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setattr("fanal.doors.cli.remote.PAUSES", (0.01,))
    camille = User.objects.get(username="camille")
    monkeypatch.setattr("sys.stdin", io.StringIO(canaries.keep(secret_of(camille)) + "\n"))
    code = app.run(Ready(), ["login", live_server.url])  # type: ignore[arg-type]  # it is prepared
    assert code == 0, capsys.readouterr().err
    folder, empty = str(tmp_path / "own"), str(tmp_path / "empty")
    there = {
        **dict.fromkeys(("paths", "queries", "against", "listed", "request", "answer"), folder),
        **dict.fromkeys(("to", "into", "folder"), empty),
        "agency": "FR",
        "code": "FR",
        "country": "FR",
        "username": "camille",
        "role": "officer",
        **dict.fromkeys(
            ("alert", "proposal", "rule", "hold", "token"), str(Lead.objects.values_list("pk", flat=True)[0])
        ),
        "entry": str(Entry.objects.all()[0].pk),
        "other": str(Entry.objects.all()[0].pk),
        "case": str(Case.objects.all()[0].pk),
        "deed": "1",
        "key": folder,
        "kind": "victim",
        "outcome": "identified",
        "months": "12",
        "index": "1",
        "job": "1",
        "wanted": "own",
        "submission": str(Submission.objects.filter(agency__code="FR")[0].pk),
        "technique": "local/1",
        "reference": bytes(Content.objects.filter(exhibits__submission__agency__code="FR")[0].sha256 or b"").hex(),
    }
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.jpg").write_bytes(b"own")
    called = unforeseen = 0
    for words, command in commands(typer.main.get_command(app.build())):
        line = [*words, *filled(command, there)]
        capsys.readouterr()
        with saboteur.at_work():
            app.run(Ready(), line)  # type: ignore[arg-type]  # it is prepared
        err = capsys.readouterr().err
        called += 1
        unforeseen += "not foreseen" in err
        assert canaries.seen_in(err) == [], line
        assert "Traceback" not in err, line
    assert called > 60
    assert unforeseen > 10
    assert canaries.seen_in(written.getvalue()) == []
