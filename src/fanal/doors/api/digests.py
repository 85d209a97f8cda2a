"""Digests as programs write them: hexadecimal; and the contents that they name."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import visible_content_with, visible_contents
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, 64 hexadecimal digits.")]
Sha1 = Annotated[str, Field(pattern="^[0-9a-f]{40}$")]
Md5 = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
SHA256_BYTES = 32


def as_hex(digest: bytes | memoryview | None) -> str | None:
    """Return a digest in hexadecimal; None for one that is not known."""
    return bytes(digest).hex() if digest is not None else None


def content_named(agency: Agency, sha256: str) -> Content:
    """Return the content with this digest. Raises NotFound alike for what is no digest, not there or not to be seen."""
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        digest = b""
    if len(digest) != SHA256_BYTES:
        raise NotFound("There is no such content.")
    return visible_content_with(agency, digest)


def contents_named(agency: Agency, digests: Sequence[str]) -> list[int]:
    """Return the ids of the contents with these digests, each once. Raises NotFound where one may not be seen."""
    wanted = {bytes.fromhex(one) for one in digests}
    found = list(visible_contents(agency).filter(sha256__in=wanted).order_by("pk").values_list("pk", flat=True))
    if len(found) < len(wanted):
        raise NotFound("There is no such content.")
    return found


def digests_of(agency: Agency, contents: Sequence[int]) -> dict[int, str]:
    """Return the digests of visible contents, in hexadecimal, by their ids."""
    found = visible_contents(agency).filter(pk__in=contents, sha256__isnull=False)
    return {pk: bytes(digest).hex() for pk, digest in found.values_list("pk", "sha256") if digest is not None}
