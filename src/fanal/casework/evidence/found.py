"""Walk what a unit hands over: every regular file, in a fixed order, with the name it has there."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fanal.casework.evidence.paths import as_text
from fanal.engine.fingerprint.digest import Digests, digest_file
from fanal.kit.errors import Invalid

_TO_ENTER, _TO_LOOK_AT = True, False


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file to submit. `name` is its path below what was handed over."""

    path: Path
    name: str
    size: int
    modified: datetime | None
    """None where the file's time is none that a calendar has."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not submitted, and why: a link, a device, a folder that may not be read."""

    name: str
    reason: str


def unreadable(name: str, problem: OSError) -> LeftOut:
    """Return that a file is left out, as it cannot be read."""
    return LeftOut(name, f"The file cannot be read: {problem.strerror}.")


def digests_of(file: FoundFile) -> Digests | LeftOut:
    """Read a file once and return its digests; a file that cannot be read is left out."""
    try:
        return digest_file(file.path)
    except OSError as problem:
        return unreadable(file.name, problem)


def walk(roots: Sequence[Path]) -> Iterator[FoundFile | LeftOut]:
    """Yield all files below the roots, sorted; links are not followed. Raises Invalid for a root that is not there.

    With one root, names are relative to it; with several, they begin with the root's own name, or, where two roots
    are named alike, with the whole path. A root that is given twice is walked once.
    """
    for root in roots:
        if not root.exists():
            raise Invalid("There is no %(path)s.", next_step="Check the path.", path=as_text(str(root)))
    distinct = {root.absolute(): root for root in roots}
    titles = _titles(list(distinct))
    for path, root in distinct.items():
        if root.is_dir():
            yield from _below(root, f"{titles[path]}/" if len(distinct) > 1 else "")
        else:
            yield _look(root, titles[path])


def _titles(roots: Sequence[Path]) -> dict[Path, str]:
    """Return what the names below each root begin with: no file may take the place of another root's."""
    alike = len({root.name for root in roots}) < len(roots)
    return {root: str(root).lstrip("/") if alike else root.name for root in roots}


def _below(folder: Path, prefix: str) -> Iterator[FoundFile | LeftOut]:
    """Yield what lies below a folder. Seized folders may be nested deeper than Python calls may be."""
    waiting = [(folder, prefix, _TO_ENTER)]
    while waiting:
        path, name, enter = waiting.pop()
        if not enter:
            yield _look(path, name)
            continue
        try:
            entries = sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name), reverse=True)
        except OSError as problem:
            yield LeftOut(name or str(path), f"The folder cannot be read: {problem.strerror}.")
            continue
        for entry in entries:
            enter, end = (_TO_ENTER, "/") if entry.is_dir(follow_symlinks=False) else (_TO_LOOK_AT, "")
            waiting.append((Path(entry.path), f"{name}{entry.name}{end}", enter))


def _look(path: Path, name: str) -> FoundFile | LeftOut:
    try:
        status = path.lstat()
    except OSError as problem:
        return unreadable(name, problem)
    if not stat.S_ISREG(status.st_mode):
        return LeftOut(name, "It is a link or a device, not a file.")
    return FoundFile(path, name, status.st_size, _moment(status.st_mtime))


def _moment(seconds: float) -> datetime | None:
    """Return a file's time; None for one that no calendar has: a seized disk says what its owner let it say."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
