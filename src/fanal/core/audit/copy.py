"""A copy of the log in plain files, and its proof. Needs no database, no server and no private key.

leaves.jsonl        a leaf a line, byte for byte what was hashed
hashes.txt          the hash of each leaf, in hexadecimal: they tell which leaf was changed
checkpoints.jsonl   {"checkpoint": signed note} a line, as the log kept them
kept.jsonl          the same from the second sink, or from anyone who kept some
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fanal.core.audit import entry
from fanal.core.audit.report import Report
from fanal.engine.merkle.checkpoint import Checkpoint, open_checkpoint
from fanal.engine.merkle.hashing import HASH_SIZE
from fanal.engine.merkle.keys import VerifierKey
from fanal.engine.merkle.replay import Walk, claims_of, walk
from fanal.kit.errors import NotFound

LEAVES, HASHES, CHECKPOINTS, KEPT = "leaves.jsonl", "hashes.txt", "checkpoints.jsonl", "kept.jsonl"


@dataclass(frozen=True, slots=True)
class Copy:
    """A log as found somewhere: nothing of it is trusted."""

    leaves: Iterable[bytes]
    hashes: Iterable[bytes]
    checkpoints: Sequence[str]
    kept: Sequence[str] = ()
    """Checkpoints that somebody else kept: the second sink, a witness, an auditor."""


def prove(copy: Copy, opener: Callable[[str], Checkpoint], start: Walk | None = None) -> Report:
    """Play the log again and compare it with all its checkpoints.

    `opener` opens a signed note with the log's key. `start`: what was proven before of the same log; leaves and hashes
    of the copy begin after it.
    """
    own, faults = claims_of(copy.checkpoints, opener, "the log", growing=True)
    others, more = claims_of(copy.kept, opener, "those kept elsewhere", growing=False)
    state, fault = walk(copy.leaves, copy.hashes, [*own, *others], entry.fault, start)
    found = (*faults, *more, *([fault] if fault else []))
    return Report(state.size, state.frontier.root(), len(own), found)


def prove_folder(folder: Path, key: VerifierKey, kept: Sequence[Path] = ()) -> Report:
    """Prove the copy in a folder, with checkpoints kept elsewhere if there are. Raises NotFound when it is no copy."""
    if not (folder / LEAVES).is_file() or not (folder / HASHES).is_file() or not (folder / CHECKPOINTS).is_file():
        raise NotFound(f"{folder} is no copy of an audit log.", next_step="Name a folder that `--export` has written.")
    elsewhere = [path for path in (folder / KEPT, *kept) if path in kept or path.is_file()]
    notes = [note for path in elsewhere for note in read_notes(path)]
    leaves = _lines(folder / LEAVES)
    hashes = (_hash(line) for line in _lines(folder / HASHES))
    copy = Copy(leaves, hashes, list(read_notes(folder / CHECKPOINTS)), notes)
    return prove(copy, partial(open_checkpoint, key=key))


def read_notes(path: Path) -> Iterator[str]:
    """Yield the notes of a file of checkpoints; a line that is none comes as it is, so that it is found to be none."""
    for line in _lines(path):
        yield note_of(line) or line.decode("utf-8", "replace")


def note_of(untrusted_line: bytes) -> str | None:
    """Return the note in a line of checkpoints, or None."""
    try:
        value = json.loads(untrusted_line)
    except (ValueError, RecursionError):
        return None
    note = value.get("checkpoint") if isinstance(value, dict) and len(value) == 1 else None
    return note if isinstance(note, str) else None


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from (line.removesuffix(b"\n") for line in file)


def _hash(untrusted_line: bytes) -> bytes:
    """Return the bytes of a line in hexadecimal; what is none can be no leaf's hash."""
    try:
        found = bytes.fromhex(untrusted_line.decode("ascii"))
    except ValueError:
        return b""
    return found if len(found) == HASH_SIZE else b""
