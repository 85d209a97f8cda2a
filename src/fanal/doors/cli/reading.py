"""Opens files for the commands that work without a database: the sandbox, the cache, and progress for people."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fanal.engine.match.files.reading import Question, Reader
    from fanal.engine.match.files.seen import Seen


@contextmanager
def open_reader(*, cache: bool) -> Iterator["Reader"]:
    """Yield a reader behind a sandbox of one decoder a core. Raises SandboxUnavailable where no wall can be built."""
    from fanal.engine.match.files.cache import SeenCache, default_folder
    from fanal.engine.match.files.reading import Reader
    from fanal.engine.sandbox.broker import Sandbox
    from fanal.engine.sandbox.policy import policy_named
    from fanal.kit import settings

    with Sandbox(workers=cores(), policy=policy_named(settings.read().sandbox)) as sandbox:
        yield Reader(sandbox, SeenCache(default_folder()) if cache else None)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


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
