"""Digests as programs write them: hexadecimal."""

from typing import Annotated

from pydantic import Field

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, 64 hexadecimal digits.")]
Sha1 = Annotated[str, Field(pattern="^[0-9a-f]{40}$")]
Md5 = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


def as_hex(digest: bytes | memoryview | None) -> str | None:
    """Return a digest in hexadecimal; None for one that is not known."""
    return bytes(digest).hex() if digest is not None else None
