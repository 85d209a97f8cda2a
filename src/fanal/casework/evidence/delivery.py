"""Deliver files: walk, seal several at a time, write each batch, and say what happened to every file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fanal.casework.evidence.actions import Received, close_submission, receive
from fanal.casework.evidence.found import FoundFile, LeftOut, digests_of, walk
from fanal.casework.evidence.models import Submission
from fanal.casework.evidence.paths import key_of_file
from fanal.casework.evidence.queries import known_elsewhere, received_keys
from fanal.core.vault.actions import Sealed, discard, seal_all
from fanal.engine.fingerprint.digest import Digests
from fanal.kit import crash
from fanal.kit.actor import Actor
from fanal.kit.errors import FanalError

FILES_A_BATCH = 64
BYTES_A_BATCH = 256 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """What became of some files. Whatever is counted in `received` is durable."""

    received: int = 0
    known: int = 0
    """Contents among them that lie in other submissions which the agency may see: more would tell others' secrets."""
    skipped: int = 0
    """Files that the submission held already, from before it was cut off."""
    bytes: int = 0
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Taken:
    """One file as it was taken in; `sealed` None: only its digests."""

    file: FoundFile
    digests: Digests
    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    files: list[FoundFile]
    left_out: list[LeftOut]


def deliver(submission: Submission, roots: Sequence[Path], actor: Actor) -> Iterator[Step]:
    """Submit all files below the roots, batch by batch, and close the submission; yield what became of each batch.

    May be cut off anywhere and begun again. A file that cannot be read is left out and named. Raises StorageFull,
    AuditUnavailable and other Unavailable errors: what was yielded before is kept, and the delivery can go on later.
    """
    held = received_keys(submission)
    take_in = _digest if submission.hash_only else _seal
    for batch in _batches(walk(roots)):
        fresh = [file for file in batch.files if key_of_file(file.name, file.size, file.modified) not in held]
        yield _write(submission, take_in(fresh), actor, batch, skipped=len(batch.files) - len(fresh))
    crash.here("deliver.all_kept")
    close_submission(submission, actor)


def _seal(files: Sequence[FoundFile]) -> list[_Taken | LeftOut]:
    outcomes = zip(files, seal_all([file.path for file in files]), strict=True)
    return [
        _Taken(file, outcome.digests, outcome) if isinstance(outcome, Sealed) else LeftOut(file.name, outcome.message)
        for file, outcome in outcomes
    ]


def _digest(files: Sequence[FoundFile]) -> list[_Taken | LeftOut]:
    outcomes = ((file, digests_of(file)) for file in files)
    return [digests if isinstance(digests, LeftOut) else _Taken(file, digests) for file, digests in outcomes]


def _write(
    submission: Submission, outcomes: Sequence[_Taken | LeftOut], actor: Actor, batch: _Batch, skipped: int
) -> Step:
    taken = [item for item in outcomes if isinstance(item, _Taken)]
    received = [
        Received(item.file.name, item.digests, held=item.sealed is not None, modified=item.file.modified)
        for item in taken
    ]
    known = 0
    crash.here("deliver.sealed")
    if received:
        sealed = [item.sealed for item in taken if item.sealed is not None]
        try:
            written = receive(submission, received, sealed, actor)
        except FanalError:
            # Refused, so rolled back. After any other fault the commit may yet come through: the sweep will tell.
            discard(sealed)
            raise
        known = known_elsewhere(submission, written.contents)
    return Step(
        received=len(received),
        known=known,
        skipped=skipped,
        bytes=sum(item.digests.size for item in received),
        left_out=(*batch.left_out, *(item for item in outcomes if isinstance(item, LeftOut))),
    )


def _batches(found: Iterable[FoundFile | LeftOut]) -> Iterator[_Batch]:
    """Cut what is found into batches that are neither too many files nor too many bytes to be lost by a cut."""
    stream = iter(found)
    while True:
        batch, size = _Batch([], []), 0
        for item in islice(stream, FILES_A_BATCH):
            if isinstance(item, LeftOut):
                batch.left_out.append(item)
                continue
            batch.files.append(item)
            size += item.size
            if size >= BYTES_A_BATCH:
                break
        if not batch.files and not batch.left_out:
            return
        yield batch
