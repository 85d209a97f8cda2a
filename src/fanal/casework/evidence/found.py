"""Walk what a unit hands over: every regular file, in a fixed order, with the name it has there."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fanal.kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file to submit. `name` is its path below what was handed over."""

    path: Path
    name: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not submitted, and why: a link, a device, a folder that may not be read."""

    name: str
    reason: str


def walk(roots: Sequence[Path]) -> Iterator[FoundFile | LeftOut]:
    """Yield all files below the roots, sorted; links are not followed. Raises Invalid for a root that is not there.

    With one root, names are relative to it; with several, they begin with the root's own name.
    """
    for root in roots:
        if not root.exists():
            raise Invalid(f"There is no {str(root)!r}.", next_step="Check the path.")
    for root in roots:
        if not root.is_dir():
            yield _look(root, root.name)
            continue
        prefix = f"{root.absolute().name}/" if len(roots) > 1 else ""
        yield from _below(root, prefix)


def _below(folder: Path, prefix: str) -> Iterator[FoundFile | LeftOut]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as problem:
        yield LeftOut(prefix or str(folder), f"The folder cannot be read: {problem.strerror}.")
        return
    for entry in entries:
        name = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), f"{name}/")
        else:
            yield _look(Path(entry.path), name)


def _look(path: Path, name: str) -> FoundFile | LeftOut:
    try:
        status = path.lstat()
    except OSError as problem:
        return LeftOut(name, f"The file cannot be read: {problem.strerror}.")
    if not stat.S_ISREG(status.st_mode):
        return LeftOut(name, "It is a link or a device, not a file.")
    return FoundFile(path, name, status.st_size, datetime.fromtimestamp(max(0.0, status.st_mtime), UTC))
