"""Routes of uploads: announce a file, send it in pieces, ask how far it is, say that it is whole."""

import base64
import binascii
import re
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router, Schema
from pydantic import AwareDatetime, Field

from fanal.casework.evidence import uploads
from fanal.casework.evidence.models import Upload
from fanal.core.access.queries import actor_for
from fanal.core.access.roles import Right
from fanal.core.access.tokens import still_good
from fanal.doors.api.caller import SUBMIT, ApiRequest
from fanal.doors.api.digests import Sha256
from fanal.doors.api.once import Key, once
from fanal.doors.api.problems import Unknown
from fanal.kit.errors import Invalid

router = Router(tags=["uploads"])
CONTENT_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")
BYTES = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
Offset = Annotated[
    int, Header(..., alias="Upload-Offset", ge=0, le=2**62, description="Where the piece begins, in bytes.")
]
PieceDigest = Annotated[
    str, Header(..., alias="Content-Digest", max_length=200, description="SHA-256 of the piece: `sha-256=:BASE64:`.")
]


class FileAnnounced(Schema):
    """A file that is about to be sent."""

    path: Annotated[str, Field(min_length=1, max_length=4000)]
    size: Annotated[int, Field(ge=0, le=2**62)]
    sha256: Sha256
    modified: AwareDatetime | None = None


class UploadTold(Schema):
    """How far a file has come. It is evidence once it is complete."""

    id: UUID
    offset: int
    size: int
    complete: bool
    most_bytes_a_piece: int = uploads.MOST_BYTES_A_PIECE


@router.post("/submissions/{uuid:submission}/files", response={201: UploadTold}, auth=SUBMIT)
@once(201)
def begin(request: ApiRequest, submission: UUID, idempotency_key: Key, file: FileAnnounced) -> UploadTold:
    """Announce a file; one that was announced before tells how far it is."""
    announced = uploads.Announced(file.path, file.size, bytes.fromhex(file.sha256), file.modified)
    caller = request.auth
    return _told(uploads.begin_upload(caller.agency, submission, announced, actor_for(caller.user, Right.SUBMIT)))


@router.api_operation(["GET", "HEAD"], "/uploads/{uuid:upload}", response=UploadTold, auth=SUBMIT)
def show(request: ApiRequest, response: HttpResponse, upload: UUID) -> UploadTold:
    """Tell how far an upload is; its offset is in the header `Upload-Offset` too."""
    told = _told(uploads.upload_of(request.auth.agency, upload))
    response.headers["Upload-Offset"] = str(told.offset)
    return told


@router.put("/uploads/{uuid:upload}/bytes", response=UploadTold, auth=SUBMIT, openapi_extra=BYTES)
def write(request: ApiRequest, upload: UUID, offset: Offset, digest: PieceDigest) -> UploadTold:
    """Send the next piece. A piece that is damaged or out of place changes nothing; the answer says where to go on."""
    piece = request.read(uploads.MOST_BYTES_A_PIECE + 1)
    if not still_good(request.auth.token):  # a piece may have been long on its way
        raise Unknown("Nobody is known by this token.")
    return _told(uploads.write_piece(request.auth.agency, upload, offset, piece, _digest(digest)))


@router.post("/uploads/{uuid:upload}/complete", response={200: UploadTold}, auth=SUBMIT)
@once(200)
def complete(request: ApiRequest, upload: UUID, idempotency_key: Key) -> UploadTold:
    """Say that all was sent. When this is answered, the file is evidence and survives anything."""
    return _told(uploads.complete_upload(request.auth.agency, upload, actor_for(request.auth.user, Right.SUBMIT)))


@router.delete("/uploads/{uuid:upload}", response={204: None}, auth=SUBMIT)
def abandon(request: ApiRequest, upload: UUID) -> HttpResponse:
    """Drop what was sent of a file that is not complete."""
    uploads.abandon_upload(request.auth.agency, upload, actor_for(request.auth.user, Right.SUBMIT))
    return HttpResponse(status=204)


def _digest(header: str) -> bytes:
    found = CONTENT_DIGEST.search(header)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error as fault:
        raise Invalid("The Content-Digest cannot be read.", next_step="Write it as sha-256=:BASE64:") from fault


def _told(upload: Upload) -> UploadTold:
    return UploadTold(id=upload.pk, offset=upload.offset, size=upload.size, complete=upload.completed_at is not None)
