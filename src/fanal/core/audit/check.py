"""Verifies the log in place: leaves against hashes, subtrees and checkpoints, and the table against the second sink.

The two sinks are two witnesses: whoever removes the end of the table and signs what is left is betrayed by the file,
and whoever changes the file by the table. Takes 32 bytes of memory a leaf.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from django.db import transaction

from fanal.core.audit import entry, place, queries
from fanal.core.audit.actions import record, sign_checkpoint
from fanal.core.audit.copy import note_of
from fanal.core.audit.entry import moment
from fanal.core.audit.errors import AuditUnavailable
from fanal.core.audit.keys import signing_key
from fanal.core.audit.models import Checkpoint, Leaf, Node
from fanal.core.audit.report import Report
from fanal.core.audit.sink import FileSink
from fanal.core.audit.witnessing import seen_by_witnesses
from fanal.engine.merkle.checkpoint import open_checkpoint
from fanal.engine.merkle.hashing import HASH_SIZE, leaf_hash, node_hash
from fanal.engine.merkle.replay import Claim, Fault, claims_of, walk
from fanal.kit.actor import Actor

CHUNK = 2000


def verify(folders: Sequence[Path] = ()) -> Report:
    """Sign a checkpoint, then verify everything up to it.

    `folders`: where the second sink's segments are, if more machines than this one append. Raises OSError when the key
    or a folder cannot be read.
    """
    sinks = [FileSink(folder) for folder in folders or (place.sink_folder(),)]
    faults = _sign()
    opener = partial(open_checkpoint, key=signing_key(place.key_file()).verifier)
    points = list(Checkpoint.objects.order_by("id").values_list("note", flat=True))
    own, more = claims_of(points, opener, "the table", growing=True)
    noted, others = _claims_of_sinks(sinks)
    kept, still_more = claims_of(noted, opener, "the second sink", growing=False)
    # What was appended since the checkpoint waits for the next one.
    size = max((claim.size for claim in own), default=0)
    ahead = [claim for claim in (*kept, *others) if claim.size > size]
    faults += [*more, *still_more, *_gone(ahead)]

    hashes = bytearray()
    upto = [claim for claim in (*own, *kept, *others) if claim.size <= size]
    state, fault = walk(_leaves(size), _collect(_hashes(size), hashes), upto, entry.fault)
    faults += [fault] if fault else []
    faults += _subtrees(hashes, size)
    orphans, missing = _second_sink(sinks, hashes)
    seen, forged = seen_by_witnesses()
    told = tuple(str(one) for one in seen)
    return Report(state.size, state.frontier.root(), len(own), (*faults, *missing, *forged), orphans, told)


def note_verified(report: Report, actor: Actor) -> None:
    """Log that the log was verified. One that does not hold is left as it was found. Raises AuditUnavailable."""
    if report.holds:
        with transaction.atomic():
            record("audit.verified", actor=actor, subject="audit", detail={"leaves": report.size})


def verifier_key() -> str:
    """Return the public key of the log as others write it down. Raises OSError, MalformedNote."""
    return str(signing_key(place.key_file()).verifier)


def _sign() -> list[Fault]:
    """Sign what was appended; a log that cannot be signed is verified all the same."""
    try:
        sign_checkpoint()
    except AuditUnavailable as refused:
        return [Fault(f"No checkpoint could be signed. {refused}")]
    return []


def _leaves(size: int) -> Iterator[bytes]:
    rows = Leaf.objects.filter(index__lt=size).order_by("index").values_list("entry", "at")
    for text, at in rows.iterator(CHUNK):
        # The column is for asking questions by time; the leaf is what was signed.
        yield text.encode() if f'"at":"{moment(at)}"' in text else b""


def _hashes(size: int) -> Iterator[bytes]:
    rows = Leaf.objects.filter(index__lt=size).order_by("index").values_list("hash", flat=True)
    return (bytes(value) for value in rows.iterator(CHUNK))


def _collect(hashes: Iterable[bytes], into: bytearray) -> Iterator[bytes]:
    for value in hashes:
        into += value
        yield value


def _subtrees(hashes: bytearray, size: int) -> list[Fault]:
    """Compare the stored complete subtrees with those that the leaves' hashes make, level by level."""
    level, below = 0, bytes(hashes)
    while len(below) >= 2 * HASH_SIZE:
        level += 1
        above = bytearray()
        rows = Node.objects.filter(level=level, position__lt=size >> level).order_by("position")
        stored = rows.values_list("position", "hash").iterator(CHUNK)
        for position in range(len(below) // (2 * HASH_SIZE)):
            left = position * 2 * HASH_SIZE
            middle = left + HASH_SIZE
            value = node_hash(below[left:middle], below[middle : middle + HASH_SIZE])
            found = next(stored, None)
            if found is None or found[0] != position or bytes(found[1]) != value:
                first, last = position << level, ((position + 1) << level) - 1
                return [Fault(f"The subtree over the leaves {first} to {last} is not what they make.", first, last)]
            above += value
        below = bytes(above)
    return []


def _claims_of_sinks(sinks: Iterable[FileSink]) -> tuple[list[str], list[Claim]]:
    """Return the signed notes and the unsigned statements of what was committed."""
    notes: dict[str, None] = {}
    kept: dict[tuple[int, bytes], None] = {}
    for sink in sinks:
        for line in sink.lines():
            note = note_of(line) if line.startswith(b'{"checkpoint"') else None
            if note is not None:
                notes[note] = None
            elif line.startswith(b'{"kept"'):
                kept.update(_kept(line))
    return list(notes), [Claim(size, root, "the second sink") for size, root in kept]


def _kept(untrusted_line: bytes) -> dict[tuple[int, bytes], None]:
    try:
        said = json.loads(untrusted_line)["kept"]
        return {(int(said["size"]), bytes.fromhex(said["root"])): None}
    except (ValueError, TypeError, KeyError):
        return {}


def _gone(ahead: Sequence[Claim]) -> list[Fault]:
    """Return a fault if the second sink counts leaves that the table has not."""
    longest = max(ahead, key=lambda claim: claim.size, default=None)
    held = queries.size()
    if longest is None or longest.size <= held:
        return []
    gone = f"The leaves from {held} on are gone from the table: {longest.by} counts {longest.size}."
    return [Fault(gone, held, longest.size - 1)]


def _second_sink(sinks: Iterable[FileSink], hashes: bytearray) -> tuple[int, list[Fault]]:
    """Return the number of orphans, and a fault for the first leaf of the table that the second sink has not."""
    size = len(hashes) // HASH_SIZE
    present, differs = bytearray(size), bytearray(size)
    orphans = 0
    for index, value in _leaves_of_sinks(sinks):
        if index >= size:
            continue
        if value == hashes[index * HASH_SIZE : (index + 1) * HASH_SIZE]:
            present[index] = 1
        else:
            differs[index] = 1
            orphans += 1
    missing = present.find(0)
    if missing < 0:
        return orphans, []
    how = "has another leaf" if differs[missing] else "has no leaf"
    return orphans, [Fault(f"The second sink {how} {missing} than the table has.", missing, missing)]


def _leaves_of_sinks(sinks: Iterable[FileSink]) -> Iterator[tuple[int, bytes]]:
    for sink in sinks:
        for line in sink.lines():
            if line.startswith(b'{"action"'):
                index = _index_of(line)
                if index is not None:
                    yield index, leaf_hash(line)


def _index_of(untrusted_line: bytes) -> int | None:
    try:
        index = json.loads(untrusted_line)["index"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return index if isinstance(index, int) and index >= 0 else None
