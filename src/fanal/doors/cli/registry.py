"""`fanal registry`: series, victims, suspects, places and objects, on the server that an officer is logged in to."""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from fanal.doors.cli.logged_in import AsJson, Server, listed, logged_in
from fanal.kit.errors import Invalid

DIGEST = re.compile(r"[0-9a-f]{64}")
EntryId = Annotated[str, typer.Argument(help="The entry, as listed.")]
Files = Annotated[list[str] | None, typer.Option("--content", help="A SHA-256 or a file: only its digest leaves.")]
Note = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    registry = typer.Typer(no_args_is_help=True, help="Series, victims, suspects, places and objects.")
    commands: dict[str, Callable[..., None]] = {
        "list": show_all,
        "show": show,
        "timeline": timeline,
        "countries": countries,
        "open": begin,
        "link": link,
        "state": state,
        "merge": merge,
        "split": split,
        "country": judge_country,
        "undo": undo,
    }
    for name, command in commands.items():
        registry.command(name)(command)
    app.add_typer(registry, name="registry")


def show_all(
    kind: Annotated[str, typer.Option(help="series, victim, suspect, place or object.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List the entries that your agency may see, newest first."""
    with logged_in(server) as remote:
        for entry in listed(remote, f"/entries?kind={kind}" if kind else "/entries", limit):
            _say(entry, f"{entry['id']}  {entry['kind']:8} {entry['agency']:4} {entry['reference']}", as_json)


def show(entry: EntryId, server: Server = "") -> None:
    """Tell of one entry, in JSON: what is stated and linked, and what was done with it."""
    with logged_in(server) as remote:
        sys.stdout.write(json.dumps(remote.get(f"/entries/{entry}"), ensure_ascii=False) + "\n")


def timeline(
    entry: EntryId,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1_000,
    server: Server = "",
    as_json: AsJson = False,
) -> None:
    """List the contents of an entry in the order in which they were made, with the age of a victim then."""
    with logged_in(server) as remote:
        for point in listed(remote, f"/entries/{entry}/timeline", limit):
            age = "" if point["youngest"] is None else f"  {point['youngest']}-{point['oldest']}"
            _say(point, f"{(point['made_at'] or '?')[:10]:10}  {point['content'] or '-'}{age}", as_json)


def countries(entry: EntryId, server: Server = "", as_json: AsJson = False) -> None:
    """Tell to which countries an entry points, and why."""
    with logged_in(server) as remote:
        for one in remote.get(f"/entries/{entry}/countries")["items"]:
            why = "; ".join(f"{reason['kind']} {reason['quote']}".strip() for reason in one["reasons"][:5])
            _say(one, f"{one['country']}  {one['score']:.2f}  {one['verdict'] or '-'}  {why}", as_json)


def begin(
    kind: Annotated[str, typer.Argument(help="series, victim, suspect, place or object.")],
    reference: Annotated[str, typer.Argument(help="The number of your own file, such as NZ-2015-0441. Never a name.")],
    content: Files = None,
    note: Note = "",
    server: Server = "",
) -> None:
    """Open an entry under a reference of your agency."""
    body = {"kind": kind, "reference": reference, "contents": _digests(content), "note": note}
    with logged_in(server) as remote:
        _done(remote.post("/entries", body))


def link(
    entry: EntryId,
    content: Files = None,
    other: Annotated[str, typer.Option("--entry", help="Another entry, instead of contents.")] = "",
    verdict: Annotated[str, typer.Option(help="same, different or unsure.")] = "same",
    note: Note = "",
    server: Server = "",
) -> None:
    """Judge whether contents, or another entry, belong to an entry."""
    what: dict[str, object] = {"entry": other} if other else {"contents": _digests(content)}
    _change(server, entry, "links", {**what, "verdict": verdict, "note": note})


def state(
    entry: EntryId,
    victim: Annotated[str, typer.Option("--state", help="unidentified, identified, safeguarded or deceased.")] = "",
    youngest: Annotated[int | None, typer.Option(help="How old a victim was at least.")] = None,
    oldest: Annotated[int | None, typer.Option(help="How old at most.")] = None,
    known: Annotated[bool, typer.Option("--known", help="The age is known, not estimated.")] = False,
    on: Annotated[str, typer.Option(help="On which day, as 2015-03-01.")] = "",
    country: Annotated[str, typer.Option(help="In which country, as FR.")] = "",
    reference: Annotated[str, typer.Option(help="Under which reference it is known there.")] = "",
    server: Server = "",
) -> None:
    """State how far it is with a victim, how old it was on a day, or to which country an entry belongs."""
    if victim:
        body: dict[str, object] = {"about": "state", "state": victim, "reference": reference}
    elif youngest is not None:
        body = {"about": "age", "youngest": youngest, "oldest": oldest, "known": known}
    else:
        body = {"about": "country"}
    _change(server, entry, "facts", {**body, "on": on, "country": country})


def merge(
    entry: EntryId,
    other: Annotated[str, typer.Argument(help="The entry of the same kind that counts as this one from now on.")],
    server: Server = "",
) -> None:
    """Say that two entries are one. Both keep all that is known of them."""
    _change(server, entry, "merge", {"entry": other})


def split(
    entry: EntryId,
    reference: Annotated[str, typer.Argument(help="The reference of the new entry.")],
    content: Files = None,
    note: Note = "",
    server: Server = "",
) -> None:
    """Take contents out into a new entry of your agency."""
    _change(server, entry, "split", {"contents": _digests(content), "reference": reference, "note": note})


def judge_country(
    entry: EntryId,
    country: Annotated[str, typer.Argument(help="As FR.")],
    reject: Annotated[bool, typer.Option("--reject", help="It is not this country.")] = False,
    server: Server = "",
) -> None:
    """Confirm a likely country of an entry, which is told at once, or reject it."""
    with logged_in(server) as remote:
        verdict = "rejected" if reject else "confirmed"
        _done(remote.post(f"/entries/{entry}/countries", {"country": country, "verdict": verdict}))


def undo(
    deed: Annotated[int, typer.Argument(help="The number of the deed, as each change is answered.")],
    server: Server = "",
) -> None:
    """Let nothing of what your agency did in one deed count any more."""
    with logged_in(server) as remote:
        _done(remote.post(f"/deeds/{deed}/undo"))


def _change(server: str, entry: str, what: str, body: object) -> None:
    """Change an entry as it is now."""
    with logged_in(server) as remote:
        _done(remote.post(f"/entries/{entry}/{what}", body, remote.version(f"/entries/{entry}")))


def _digests(named: list[str] | None) -> list[str]:
    """Return digests, of files where files are named. Raises Invalid for what is neither."""
    return [one if DIGEST.fullmatch(one) else _digest_of(Path(one)) for one in named or []]


def _digest_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise Invalid(f"{path} is no SHA-256 and no file that can be read.") from fault


def _done(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")


def _say(told: dict[str, Any], line: str, as_json: bool) -> None:
    sys.stdout.write((json.dumps(told, ensure_ascii=False) if as_json else line) + "\n")
