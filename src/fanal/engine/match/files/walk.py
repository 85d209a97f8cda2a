"""Which files a path on the command line stands for."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Found(NamedTuple):
    """One file on disk."""

    path: Path
    name: str
    """As it is shown: the path as it was given, and what lies below it."""


def walk(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield every regular file of these files and folders, in the order of their names, links to folders not followed.

    A path that is not there is yielded too: the reading of it fails, and says so under its name.
    """
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        else:
            yield Found(path, str(path))


def _below(folder: Path) -> Iterator[Found]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            path = Path(here) / file
            # Sockets, pipes and devices would block or never end.
            if path.is_file() or path.is_symlink():
                yield Found(path, str(path))
