"""Writes a copy of the log to plain files that prove themselves (read and proven by `copy`)."""

from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from fanal.core.audit import copy, place, table
from fanal.core.audit.actions import record, sign_checkpoint
from fanal.core.audit.entry import canonical
from fanal.core.audit.models import Checkpoint, Leaf
from fanal.core.audit.sink import FileSink
from fanal.engine.merkle.checkpoint import peek
from fanal.engine.merkle.errors import MalformedNote
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict

CHUNK = 2000


def export(folder: Path, actor: Actor) -> str:
    """Write a copy of the whole log into an empty or new folder; return its verifier key.

    That it was exported is the last leaf but for those written meanwhile. Raises Conflict for a folder that is not
    empty, AuditUnavailable when it cannot be logged or signed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty.", next_step="Name a new folder.")
    with transaction.atomic():
        record("audit.exported", actor=actor, detail={"folder": folder.name})
    sign_checkpoint()
    points = list(Checkpoint.objects.order_by("id"))
    size = points[-1].size
    rows = Leaf.objects.filter(index__lt=size).order_by("index")
    _write(folder / copy.LEAVES, (entry.encode() for entry in rows.values_list("entry", flat=True).iterator(CHUNK)))
    hashes = rows.values_list("hash", flat=True).iterator(CHUNK)
    _write(folder / copy.HASHES, (bytes(value).hex().encode() for value in hashes))
    _write(folder / copy.CHECKPOINTS, (canonical({"checkpoint": point.note}) for point in points))
    _write(folder / copy.KEPT, _kept(size))
    return points[-1].key


def _kept(size: int) -> Iterable[bytes]:
    """Yield the second sink's checkpoints; one of a longer log was signed after this copy was begun."""
    longest = table.last_checkpoint()
    signed_since = longest.size if longest else size
    for line in FileSink(place.sink_folder()).lines():
        note = copy.note_of(line)
        if note is not None and not size < _size_of(note) <= signed_since:
            yield line


def _size_of(untrusted_note: str) -> int:
    """Return the size a checkpoint states; one that cannot be read goes into the copy, where it will be named."""
    try:
        return peek(untrusted_note)[1].size
    except MalformedNote:
        return 0


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        file.writelines(line + b"\n" for line in lines)
