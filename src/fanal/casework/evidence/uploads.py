"""Files that come in over the network, piece by piece: cut off anywhere, they go on where they stood.

Pieces are kept sealed in the database, under a key of the upload's own, until the file is whole and goes to the vault.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.db import transaction

from fanal.casework.evidence.actions import receive
from fanal.casework.evidence.chunks import ChunkReader
from fanal.casework.evidence.errors import DamagedPiece, DamagedUpload, Incomplete, WrongOffset
from fanal.casework.evidence.intake import Received
from fanal.casework.evidence.models import Exhibit, Piece, Submission, Upload
from fanal.casework.evidence.paths import as_text, key_of_file
from fanal.casework.evidence.queries import own_submission
from fanal.core.access.models import Agency
from fanal.core.audit.actions import record
from fanal.core.vault.actions import Sealed, discard, seal_one
from fanal.core.vault.parts import PartsKey
from fanal.kit import clock
from fanal.kit.actor import SYSTEM, Actor
from fanal.kit.errors import Conflict, FanalError, Invalid, NotFound
from fanal.kit.ids import new_id

MOST_BYTES_A_PIECE = 8 << 20
WAITED_FOR = timedelta(days=7)
"""An upload that nobody goes on with for so long is given up; one that is whole is forgotten, its exhibit stays."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that is about to be sent."""

    path: str
    size: int
    sha256: bytes
    modified: datetime | None = None


@transaction.atomic
def begin_upload(agency: Agency, submission: UUID, file: Announced, actor: Actor) -> Upload:
    """Begin to receive a file, or say how far it is; one that the submission holds already is whole.

    Raises NotFound for a submission that is not the agency's own, Conflict for one that takes no files now.
    """
    held = _lock_submission(own_submission(agency, submission))
    key = key_of_file(as_text(file.path), file.size, file.modified)
    upload = Upload.objects.select_for_update().filter(submission=held, path_key=key).first()
    if upload is None:
        upload = _new_upload(held, file, key)
    elif bytes(upload.sha256) != file.sha256:
        _begin_anew(upload, file.sha256)
    detail = {"upload": str(upload.pk), "size": upload.size, "offset": upload.offset}
    record("evidence.upload_begun", actor=actor, subject=f"submission:{held.pk}", detail=detail)
    return upload


def _lock_submission(submission: Submission) -> Submission:
    held = Submission.objects.select_for_update().get(pk=submission.pk)
    if held.hash_only:
        raise Conflict("This submission takes digests, not files.", next_step="Open one without hash_only.")
    if held.state != Submission.State.RECEIVING:
        raise Conflict("This submission is closed.", next_step="Open a new submission for more files.")
    return held


def _new_upload(submission: Submission, file: Announced, key: bytes) -> Upload:
    now, number = clock.now(), new_id()
    there = Exhibit.objects.filter(submission=submission, path_key=key, content__sha256=file.sha256).exists()
    return Upload.objects.create(
        id=number,
        submission=submission,
        path=as_text(file.path),
        path_key=key,
        size=file.size,
        modified_at=file.modified,
        sha256=file.sha256,
        wrapped_key=PartsKey.new(number.bytes).wrapped,
        offset=file.size if there else 0,
        touched_at=now,
        completed_at=now if there else None,
    )


def _begin_anew(upload: Upload, sha256: bytes) -> None:
    """Have the bytes of a file that was changed since take the place of what was sent of it before."""
    if upload.completed_at is not None:
        raise Conflict("This submission holds another file of this name, size and time.")
    upload.pieces.all().delete()
    upload.sha256, upload.offset = sha256, 0
    upload.save(update_fields=["sha256", "offset"])


def upload_of(agency: Agency, upload: UUID) -> Upload:
    """Return an upload of the agency's own. Raises NotFound alike for what is not there and what is another's."""
    found = Upload.objects.filter(pk=upload, submission__agency=agency).first()
    if found is None:
        raise NotFound("There is no such upload.")
    return found


@transaction.atomic
def write_piece(agency: Agency, upload: UUID, offset: int, piece: bytes, sha256: bytes) -> Upload:
    """Keep the next bytes of an upload; durable when this returns. Of two that write at once, one wins.

    Raises NotFound, DamagedPiece for bytes that are not those of the checksum, WrongOffset for bytes that are not the
    next ones, Invalid for none, too many at once, or more than the file has.
    """
    if not 0 < len(piece) <= MOST_BYTES_A_PIECE:
        raise Invalid(
            "A piece has 1 to %(most)s bytes.", next_step="Send the file in smaller pieces.", most=MOST_BYTES_A_PIECE
        )
    held = _lock(agency, upload)
    if hashlib.sha256(piece).digest() != sha256:
        raise DamagedPiece("This piece was damaged on the way.")
    if offset != held.offset or held.completed_at is not None:
        raise WrongOffset("This is not where the upload stands.", told={"offset": held.offset})
    if offset + len(piece) > held.size:
        raise Invalid("This is more than the file was announced to have.")
    Piece.objects.create(upload=held, offset=offset, data=_key(held).seal(piece))
    held.offset, held.touched_at = offset + len(piece), clock.now()
    held.save(update_fields=["offset", "touched_at"])
    return held


@transaction.atomic
def complete_upload(agency: Agency, upload: UUID, actor: Actor) -> Upload:
    """Make an upload that is whole an exhibit: when this returns, the file survives anything. Twice is once.

    Raises NotFound, Incomplete, DamagedUpload when it is not the file that was announced, and what `receive` raises.
    """
    held = _lock(agency, upload)
    if held.completed_at is not None:
        return held
    if held.offset != held.size:
        raise Incomplete("The upload is not whole.", told={"offset": held.offset})
    sealed = seal_one(cast("BinaryIO", ChunkReader(_plain(held))))
    try:
        _receive(held, sealed, actor)
    except FanalError:
        discard([sealed])
        raise
    held.pieces.all().delete()
    held.completed_at = held.touched_at = clock.now()
    held.save(update_fields=["completed_at", "touched_at"])
    return held


def _receive(held: Upload, sealed: Sealed, actor: Actor) -> None:
    if sealed.digests.sha256 != bytes(held.sha256):
        raise DamagedUpload("What came in is not the file that was announced.")
    # The name as it was announced: its key was made of it.
    received = Received(held.path, sealed.digests, modified=held.modified_at)
    receive(held.submission, [received], [sealed], actor)


def _plain(held: Upload) -> Iterator[bytes]:
    pieces = held.pieces.order_by("offset").values_list("data", flat=True)
    yield from _key(held).open_each(bytes(piece) for piece in pieces.iterator(chunk_size=1))


@transaction.atomic
def abandon_upload(agency: Agency, upload: UUID, actor: Actor) -> None:
    """Drop what came in of a file that is not whole. Raises NotFound, Conflict for one that is an exhibit already."""
    held = _lock(agency, upload)
    if held.completed_at is not None:
        raise Conflict("This upload is whole: its file is evidence now.")
    held.delete()
    record("evidence.upload_abandoned", actor=actor, subject=f"submission:{held.submission_id}")


@transaction.atomic
def forget_old_uploads() -> int:
    """Give up what nobody went on with for a week, and forget what is whole; return how many were given up."""
    old = Upload.objects.filter(touched_at__lt=clock.now() - WAITED_FOR)
    old.filter(completed_at__isnull=False).delete()
    given_up = [str(upload) for upload in old.values_list("pk", flat=True)]
    old.delete()
    if given_up:
        record("evidence.upload_abandoned", actor=SYSTEM, detail={"uploads": given_up})
    return len(given_up)


def _lock(agency: Agency, upload: UUID) -> Upload:
    found = upload_of(agency, upload)
    held = Upload.objects.select_for_update(of=["self"]).select_related("submission").filter(pk=found.pk).first()
    if held is None:
        raise NotFound("There is no such upload.")
    return held


def _key(held: Upload) -> PartsKey:
    return PartsKey(bytes(held.wrapped_key), held.pk.bytes)
