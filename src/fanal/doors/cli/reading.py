"""Opens files for the commands that work without a database: the sandbox, the cache, and progress for people."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli.broken import tell_broken
from fanal.kit.machine import cores

if TYPE_CHECKING:
    from fanal.engine.match.files.reading import Question, Reader
    from fanal.engine.match.files.seen import Seen


@contextmanager
def open_reader(*, cache: bool, text: bool = False) -> Iterator["Reader"]:
    """Yield a reader behind a sandbox of one decoder a core; with `text` it also reads what pictures say.

    Raises SandboxUnavailable where no wall can be built, TextUnread where text is asked for and cannot be read.
    """
    from fanal.engine.match.files.cache import SeenCache, default_folder
    from fanal.engine.match.files.reading import Reader
    from fanal.engine.match.files.with_text import WithText
    from fanal.engine.sandbox.broker import Sandbox
    from fanal.engine.sandbox.policy import policy_named
    from fanal.engine.sandbox.reading import reading_sandbox
    from fanal.kit import settings

    tell_broken()
    policy = policy_named(settings.read().sandbox)
    kept = SeenCache(default_folder(), text=text) if cache else None
    with ExitStack() as opened:
        reading = opened.enter_context(reading_sandbox(policy, cores())) if text else None
        sandbox = opened.enter_context(Sandbox(workers=cores(), policy=policy))
        yield Reader(WithText(sandbox, reading) if reading else sandbox, kept)


def questions(paths: Sequence[Path]) -> list["Question"]:
    """Return every file of these files and folders."""
    from fanal.engine.match.files.reading import Question
    from fanal.engine.match.files.walk import walk

    return [Question(found) for found in walk(paths)]


def read_with_progress(reader: "Reader", asked: Sequence["Question"], words: str) -> Iterator[list["Seen"]]:
    """Yield what each file holds, in order; on a terminal, show on standard error how far it is."""
    from fanal.engine.match.files.reading import read_each

    answers = read_each(reader, asked, cores())
    if not sys.stderr.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(answers, words, total=len(asked), console=Console(stderr=True), transient=True)
